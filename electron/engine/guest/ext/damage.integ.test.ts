import assert from 'node:assert/strict'
import { link, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { KiB, MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { memoryDisk } from '../../disk/memory.ts'
import { type Chance, chanceFrom } from '../../proof/chance.ts'
import { flippedDisk, truncatedDisk, type Walked, walkAll } from '../damage.rig.ts'
import type { FolderEntry } from '../guest.ts'
import { tool } from '../mounted.rig.ts'
import { plantFolder } from '../tree.rig.ts'
import { openExt } from './ext.ts'
import { type PlantOptions, planted } from './planted.rig.ts'

const seed = Date.now() % 1_000_000

/** Small and with zeroes for content, so that most flips hit metadata: an index of a folder, a tree of extents, links, a journal. */
async function fill(folder: string): Promise<void> {
  await plantFolder(path.join(folder, 'many'), 60)
  await mkdir(path.join(folder, 'a/b/c'), { recursive: true })
  await symlink('s'.repeat(200), path.join(folder, 'a/long'))
  for (let n = 0; n < 8; n++) await writeFile(path.join(folder, 'a/b', `file-${n}`), Buffer.alloc(700 * n))
  await link(path.join(folder, 'a/b/file-3'), path.join(folder, 'a/again'))
  const split = path.join(folder, 'split')
  await writeFile(split, Buffer.alloc(80 * KiB))
  for (let n = 0; n < 20; n++) {
    await tool('fallocate', ['--punch-hole', '-o', String(n * 4 * KiB), '-l', String(2 * KiB), split])
  }
  await tool('sync', [folder])
}

async function imageOf(mkfs: readonly string[], options: PlantOptions, signal: AbortSignal): Promise<ReadableDisk> {
  await using image = await planted(mkfs, fill, { sizeBytes: 6 * MiB, ...options })
  const bytes = await readFile(image.file)
  const disk = memoryDisk(bytes.length)
  await disk.write(0, bytes, signal)
  return disk
}

const bare = ['-t', 'ext4', '-b', '1024', '-N', '256', '-I', '256']
const kinds: readonly { readonly name: string; readonly mkfs: readonly string[]; readonly options?: PlantOptions }[] = [
  { name: 'ext4 with sums', mkfs: [...bare, '-O', '^has_journal'] },
  { name: 'ext4 with sums and a full journal', mkfs: [...bare, '-J', 'size=1'], options: { whileMounted: true } },
]

for (const { name, mkfs, options = {} } of kinds) {
  test(`no flipped bit of ${name} shows metadata that is wrong`, async (t) => {
    t.diagnostic(`seed ${seed}`)
    const disk = await imageOf(mkfs, options, t.signal)
    const truth = await walkAll(openExt, disk, t.signal)
    assert.deepEqual(truth.failures, [])
    assert.ok(truth.entries > 70)
    const chance = chanceFrom(seed)
    let noticed = 0
    for (let round = 0; round < 120; round++) {
      const walked = await walkAll(openExt, flippedDisk(disk, await flips(disk, chance, t.signal)), t.signal)
      if (isNoticed(walked)) noticed++
      assert.deepEqual(wrongIn(walked, truth), [])
    }
    assert.ok(noticed > 50, `only ${noticed} of the flips were noticed`)
  })
}

function isNoticed({ failures, notes, seen }: Walked): boolean {
  return failures.length > 0 || notes.includes('partly-damaged') || [...seen.values()].some((entry) => entry.problem)
}

/** A journal that cannot be followed leaves the older state, which is not wrong but told of. */
function wrongIn(walked: Walked, truth: Walked): readonly string[] {
  const mayBeOlder = truth.notes.includes('journal-replayed')
  const told = (entry: FolderEntry): string => text(entry, mayBeOlder)
  if (walked.notes.includes('journal-ignored')) return []
  return [...walked.seen].flatMap(([path, entry]) => {
    const right = truth.seen.get(path)
    if (right === undefined) return [`${path} is not there`]
    return entry.facts === undefined || told(entry) === told(right) ? [] : [`${path} is ${told(entry)}`]
  })
}

/** A log of which a head is broken looks like one that ends there, to a mount too: the state is then an older one. */
const changing = new Set(['sizeBytes', 'allocatedBytes', 'modifiedAt', 'changedAt', 'links'])

/** All but the targets of links: they are content, and content has no sums in this format. */
function text(value: unknown, mayBeOlder: boolean): string {
  return JSON.stringify(value, (key, held: unknown) => {
    if (key === 'target' || (mayBeOlder && changing.has(key))) return undefined
    return typeof held === 'bigint' ? `${held}n` : held
  })
}

/** One to five bits, most of them of bytes that are not zero. */
async function flips(disk: ReadableDisk, chance: Chance, signal: AbortSignal): Promise<ReadonlyMap<number, number>> {
  const flipped = new Map<number, number>()
  const byte = new Uint8Array(1)
  const wanted = 1 + chance.below(5)
  while (flipped.size < wanted) {
    const at = chance.below(disk.sizeBytes)
    await disk.read(at, byte, signal)
    if (byte[0] !== 0 || chance.once(1000)) flipped.set(at, 1 << chance.below(8))
  }
  return flipped
}

const unsummed: typeof kinds = [
  { name: 'ext2', mkfs: ['-t', 'ext2', '-b', '1024', '-N', '256'] },
  { name: 'ext4 with inline data', mkfs: [...bare, '-O', '^metadata_csum,^has_journal,inline_data'] },
]

for (const { name, mkfs } of unsummed) {
  test(`flipped bits of ${name}, which has no sums, give failures and nothing worse`, async (t) => {
    t.diagnostic(`seed ${seed}`)
    const disk = await imageOf(mkfs, {}, t.signal)
    const chance = chanceFrom(seed)
    for (let round = 0; round < 60; round++) {
      await walkAll(openExt, flippedDisk(disk, await flips(disk, chance, t.signal)), t.signal)
    }
  })
}

test('a volume that was cut off shows what is left of it', async (t) => {
  const disk = await imageOf([...bare, '-J', 'size=1'], { whileMounted: true }, t.signal)
  const truth = await walkAll(openExt, disk, t.signal)
  for (let cut = 0; cut < 60; cut++) {
    const walked = await walkAll(
      openExt,
      truncatedDisk(disk, Math.floor((disk.sizeBytes * cut) / 60) - (cut % 3)),
      t.signal,
    )
    assert.ok(walked.failures.length > 0 || walked.notes.includes('partly-damaged'))
    assert.deepEqual(wrongIn(walked, truth), [])
  }
})

test('without its first superblock and descriptors a volume opens by a copy of them', async (t) => {
  const fillTwo = (folder: string) => plantFolder(path.join(folder, 'many'), 100)
  for (const mkfs of [bare, ['-t', 'ext4', '-b', '4096', '-O', '64bit'], ['-t', 'ext3', '-b', '2048']]) {
    await using image = await planted(mkfs, fillTwo, { sizeBytes: 200 * MiB })
    {
      await using sound = await image.open(t.signal)
      await tool('dd', ['if=/dev/urandom', `of=${image.file}`, 'bs=1024', 'count=5', 'conv=notrunc', 'status=none'])
      await using mended = await image.open(t.signal)
      assert.deepEqual(mended.notes, ['partly-damaged'])
      assert.equal(mended.uuid, sound.uuid)
      const many = await mended.find(mended.root, 'many', t.signal)
      const names = new Set<string>()
      for await (const batch of mended.list(many?.ref ?? '', t.signal)) {
        for (const { name, facts } of batch) if (facts !== undefined) names.add(name)
      }
      assert.equal(names.size, 100)
    }
  }
})
