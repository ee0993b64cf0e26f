import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, open, readdir, readFile, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { MiB } from '../../../../shared/units.ts'
import { sampleDisk } from './sample-machine.ts'
import { shopTree } from './shop.ts'
import type { Entry } from './tree.ts'

const run = promisify(execFile)
const seed = 7
const nowSeconds = Date.UTC(2024, 4, 6) / 1000
/** When 32 bits of seconds have run out. */
const laterSeconds = Date.UTC(2041, 4, 6) / 1000

let folder = ''
let volume = ''

before(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sample-'))
  volume = `${await writeImage('sample.raw', nowSeconds)}?offset=${MiB}`
})

after(() => rm(folder, { recursive: true }))

test('sfdisk finds one Linux partition of 127 MiB', async () => {
  const { stdout } = await run('/sbin/sfdisk', ['--json', path.join(folder, 'sample.raw')])
  const { partitiontable } = JSON.parse(stdout)
  assert.equal(partitiontable.label, 'dos')
  const partitions: readonly Record<string, unknown>[] = partitiontable.partitions
  const found = partitions.map((each) => [each['start'], each['size'], each['type']])
  assert.deepEqual(found, [[2048, 127 * 2048, '83']])
})

test('e2fsck finds nothing to mend', async () => {
  const { stdout } = await run('/sbin/e2fsck', ['-f', '-n', volume])
  assert.match(stdout, /Pass 5/)
  assert.doesNotMatch(stdout, /Fix|WARNING|error/i)
})

test('every file, folder and link is read back by debugfs as it was meant', async () => {
  const out = path.join(folder, 'out')
  await mkdir(out)
  await run('/sbin/debugfs', ['-R', `rdump / ${out}`, volume])
  const expected = {
    kind: 'folder',
    name: '',
    mode: 0o755,
    modifiedAt: 0,
    entries: shopTree(seed, nowSeconds),
  } as const
  assert.ok((await compare(expected, out, ['lost+found'])) > 30)
})

test('times are those of the tree, also past 2038', async () => {
  const image = await writeImage('later.raw', laterSeconds)
  const { stdout } = await run('/sbin/debugfs', ['-R', 'stat /var/log/shop.log', `${image}?offset=${MiB}`], {
    env: { TZ: 'UTC' },
  })
  const shown = /mtime: .* -- (.*)/.exec(stdout)?.[1]
  assert.equal(Date.parse(`${shown} UTC`) / 1000, laterSeconds - 60)
})

async function writeImage(name: string, now: number): Promise<string> {
  const image = path.join(folder, name)
  await using file = await open(image, 'wx')
  await file.truncate(128 * MiB)
  for (const { offset, bytes } of sampleDisk(seed, now)) await file.write(bytes, 0, bytes.length, offset)
  return image
}

/** Answers how many entries were compared. */
async function compare(entry: Entry, at: string, besides: readonly string[] = []): Promise<number> {
  if (entry.kind === 'link') {
    assert.equal(await readlink(at), entry.target)
    return 1
  }
  if (entry.kind === 'file') {
    assert.ok(Buffer.from(entry.bytes).equals(await readFile(at)), at)
    return 1
  }
  const names = [...entry.entries.map(({ name }) => name), ...besides]
  assert.deepEqual((await readdir(at)).toSorted(), names.toSorted())
  let count = 1
  for (const inner of entry.entries) count += await compare(inner, path.join(at, inner.name))
  return count
}
