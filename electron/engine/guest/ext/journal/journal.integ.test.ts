import assert from 'node:assert/strict'
import { appendFile, mkdir, open, rename, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { KiB, MiB } from '../../../../../shared/units.ts'
import { chanceFrom } from '../../../proof/chance.ts'
import { tool } from '../../mounted.rig.ts'
import { plantFolder } from '../../tree.rig.ts'
import { planted } from '../planted.rig.ts'

const logMagic = Buffer.from([0xc0, 0x3b, 0x39, 0x98])

/** Several transactions: files new, longer, shorter, renamed, removed, and removed but open; blocks of a folder that others take. */
async function work(folder: string): Promise<AsyncDisposable> {
  const chance = chanceFrom(8)
  const sync = () => tool('sync', [folder])
  const file = (name: string) => path.join(folder, name)
  await plantFolder(file('short-lived'), 500)
  await writeFile(file('grows'), chance.bytes(10_000))
  await writeFile(file('escaped'), Buffer.concat([logMagic, chance.bytes(20 * KiB)]))
  await sync()
  await rm(file('short-lived'), { recursive: true })
  await mkdir(file('stays'))
  await appendFile(file('grows'), chance.bytes(100_000))
  await sync()
  for (let n = 0; n < 40; n++) await writeFile(file(`stays/新-${n}`), chance.bytes(6000))
  await truncate(file('grows'), 50_000)
  await rename(file('escaped'), file('stays/escaped'))
  await writeFile(file('orphan'), chance.bytes(30_000))
  const orphan = await open(file('orphan'))
  await rm(file('orphan'))
  await tool('sync', [file('stays'), file('stays/新-39'), folder])
  return orphan
}

type Journal = { readonly name: string; readonly mkfs: readonly string[]; readonly mountOptions?: readonly string[] }

const journals: readonly Journal[] = [
  { name: 'ext4 with sums', mkfs: ['-t', 'ext4'] },
  { name: 'ext4 without sums', mkfs: ['-t', 'ext4', '-O', '^metadata_csum'] },
  { name: 'ext4 that journals contents', mkfs: ['-t', 'ext4', '-b', '1024'], mountOptions: ['data=journal'] },
  {
    name: 'ext4 with a sum for each transaction',
    mkfs: ['-t', 'ext4', '-O', '^metadata_csum'],
    mountOptions: ['journal_checksum'],
  },
  {
    name: 'ext4 whose commits do not wait',
    mkfs: ['-t', 'ext4'],
    mountOptions: ['journal_async_commit', 'data=writeback'],
  },
  { name: 'ext3', mkfs: ['-t', 'ext3', '-b', '1024'] },
  { name: 'ext3 that journals contents', mkfs: ['-t', 'ext3', '-b', '4096'], mountOptions: ['data=journal'] },
]

for (const { name, mkfs, mountOptions = [] } of journals) {
  test(`what stands only in the journal of ${name} is shown as a mount shows it`, async (t) => {
    await using image = await planted(mkfs, work, { sizeBytes: 64 * MiB, mountOptions, whileMounted: true })
    assert.match(
      await tool('debugfs', ['-R', 'ls -l /', image.file]),
      /^((?!stays).)*$/s,
      'the folder lies there already',
    )
    await using fileSystem = await image.open(t.signal)
    assert.deepEqual(fileSystem.notes, ['unclean', 'journal-replayed'])
    assert.ok(fileSystem.overlaid.length > 0)
    await image.compare(fileSystem, 42, t.signal)
  })
}

test('a log that has gone round is followed over its end', async (t) => {
  const rounds = async (folder: string): Promise<void> => {
    for (let n = 0; n < 60; n++) {
      await plantFolder(path.join(folder, `round-${n}`), 60)
      await tool('sync', [folder])
    }
  }
  const mkfs = ['-t', 'ext4', '-b', '1024', '-J', 'size=1', '-N', '8000']
  await using image = await planted(mkfs, rounds, { sizeBytes: 64 * MiB, whileMounted: true })
  await using fileSystem = await image.open(t.signal)
  assert.deepEqual(fileSystem.notes, ['unclean', 'journal-replayed'])
  await image.compare(fileSystem, 3600, t.signal)
})

test('fast commits are told of as changes that are not shown', async (t) => {
  const fill = async (folder: string): Promise<void> => {
    await writeFile(path.join(folder, 'a'), 'a')
    await tool('sync', ['-f', folder])
    await writeFile(path.join(folder, 'b'), 'b')
    await tool('sync', [path.join(folder, 'b')])
  }
  const mkfs = ['-t', 'ext4', '-O', 'fast_commit']
  await using image = await planted(mkfs, fill, { sizeBytes: 64 * MiB, whileMounted: true })
  await using fileSystem = await image.open(t.signal)
  assert.ok(fileSystem.notes.includes('journal-ignored'), fileSystem.notes.join())
})

test('after a freeze nothing is left in the journal', async (t) => {
  const fill = async (folder: string): Promise<void> => {
    await using _orphan = await work(folder)
    await tool('fsfreeze', ['--freeze', folder])
    await tool('fsfreeze', ['--unfreeze', folder])
  }
  await using image = await planted(['-t', 'ext4'], fill, { sizeBytes: 64 * MiB, whileMounted: true })
  await using fileSystem = await image.open(t.signal)
  assert.deepEqual(fileSystem.overlaid, [])
  await image.compare(fileSystem, 42, t.signal)
})
