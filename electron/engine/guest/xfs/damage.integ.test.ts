import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { type Extents, total, union } from '../../disk/extents.ts'
import { flippedDisk, tracedDisk, truncatedDisk, type Walked, walkAll } from '../damage.rig.ts'
import { scratchFolder, tool } from '../mounted.rig.ts'
import { makeXfs, mountXfs, openRaw } from './made.rig.ts'
import { openXfs } from './xfs.ts'

const { signal } = new AbortController()
const flips = 300
const cuts = 50

/** Small, but with every form of folder, link and file. */
async function fillLittle(root: string): Promise<void> {
  await mkdir(path.join(root, 'folder'))
  for (let i = 0; i < 60; i++) await writeFile(path.join(root, 'folder', `${'n'.repeat(200)}-${i}`), `${i}`)
  await tool('ln', ['-s', 't'.repeat(900), path.join(root, 'link')])
  await tool('xfs_io', ['-f', '-c', 'pwrite -q 0 1m', path.join(root, 'pieces')])
  const punches = Array.from({ length: 100 }, (_, i) => `fpunch ${i * 8192} 4096\n`)
  await tool('xfs_io', [path.join(root, 'pieces')], punches.join(''))
}

async function madeDisk(folder: string, isDirty: boolean): Promise<string> {
  const file = await makeXfs(folder, 'disk', ['-l', 'size=6m'])
  await using mount = await mountXfs(file)
  await fillLittle(mount.folder)
  if (isDirty) await tool('xfs_io', ['-x', '-c', 'shutdown -f', mount.folder])
  return file
}

/** Whatever is told of an entry is what it was. */
function assertNothingWrong(damaged: Walked, sound: Walked): void {
  for (const [name, { facts }] of damaged.seen) {
    assert.ok(sound.seen.has(name), `${name} was never there`)
    if (facts !== undefined) assert.deepEqual(facts, sound.seen.get(name)?.facts)
  }
}

for (const isDirty of [false, true]) {
  test(`no flipped byte of ${isDirty ? 'a dirty' : 'a clean'} disk makes the reader tell something wrong`, async (t) => {
    await using scratch = await scratchFolder('xfs-damage')
    await using disk = await openRaw(await madeDisk(scratch.folder, isDirty), signal)
    const ranges: { start: number; end: number }[] = []
    const sound = await walkAll(
      openXfs,
      tracedDisk(disk, (range) => ranges.push(range)),
      signal,
    )
    assert.deepEqual(sound.failures, [])
    assert.ok(sound.entries > 60)
    const random = seeded(t)
    const read = union(ranges)
    let noticed = 0
    for (let i = 0; i < flips; i++) {
      const flip = new Map([[pick(read, random(total(read))), 1 + random(255)]])
      const damaged = await walkAll(openXfs, flippedDisk(disk, flip), signal)
      // A log that is not understood is not replayed: then what is told is of an earlier time.
      if (!isDirty) assertNothingWrong(damaged, sound)
      if (damaged.failures.length > 0) noticed++
    }
    assert.ok(isDirty || noticed > 0)
  })
}

test('a disk that ends too early is read as far as it goes', async (t) => {
  await using scratch = await scratchFolder('xfs-damage')
  await using disk = await openRaw(await madeDisk(scratch.folder, false), signal)
  const sound = await walkAll(openXfs, disk, signal)
  const random = seeded(t)
  for (let i = 0; i < cuts; i++) {
    const cut: ReadableDisk = truncatedDisk(disk, i < 10 ? i * 5000 : random(320 * MiB))
    assertNothingWrong(await walkAll(openXfs, cut, signal), sound)
  }
})

function seeded(t: { diagnostic(message: string): void }): (below: number) => number {
  let state = randomInt(1, 2 ** 31)
  t.diagnostic(`seed ${state}`)
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return Math.floor((state / 0x80000000) * below)
  }
}

function pick(extents: Extents, index: number): number {
  let left = index
  for (const { start, end } of extents) {
    if (left < end - start) return start + left
    left -= end - start
  }
  throw new RangeError(`there are not ${index} bytes`)
}
