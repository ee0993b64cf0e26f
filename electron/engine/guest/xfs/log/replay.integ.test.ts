import assert from 'node:assert/strict'
import { copyFile, link, mkdir, open, rename, rm, symlink, unlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { flippedDisk } from '../../damage.rig.ts'
import { scratchFolder, tool } from '../../mounted.rig.ts'
import { assertTruth } from '../../truth.rig.ts'
import { fill, makeXfs, mountXfs, openFile, openRaw } from '../made.rig.ts'
import { openXfs } from '../xfs.ts'

const { signal } = new AbortController()

/** Work whose traces are in the log alone: blocks and inodes that are made, given up, and given to others. */
async function work(root: string, round: number): Promise<void> {
  const at = (...names: readonly string[]) => path.join(root, `round-${round}`, ...names)
  await mkdir(at('away'), { recursive: true })
  for (let i = 0; i < 150; i++) {
    await writeFile(at(`file-${i}`), `content ${i}`)
    await writeFile(at('away', `${'a'.repeat(200)}-${i}`), '')
    if (i % 3 === 0) await symlink('target/'.repeat(i + 1).slice(0, 1023), at(`link-${i}`))
    if (i % 5 === 0) await link(at(`file-${i}`), at(`hard-${i}`))
    if (i % 2 === 0) await rename(at(`file-${i}`), at('away', `${i}`))
    else if (i % 7 === 0) await unlink(at(`file-${i}`))
  }
  await rm(at('away'), { recursive: round % 2 === 0, force: true }).catch(() => {})
}

/** The kernel replays a copy; the original is read by us. */
async function assertReplayedAsByKernel(file: string, atLeast: number): Promise<void> {
  const copy = `${file}.copy`
  await copyFile(file, copy)
  await using opened = await openFile(file, signal)
  assert.deepEqual(opened.fileSystem.notes, ['journal-replayed'])
  assert.ok(opened.fileSystem.overlaid.length > 0)
  await using mount = await mountXfs(copy)
  await assertTruth(opened.fileSystem, mount.folder, { atLeast }, signal)
}

for (const options of [[], ['-b', 'size=1024', '-n', 'size=8192', '-m', 'bigtime=0,reflink=0'], ['-i', 'nrext64=1']]) {
  test(`a log of work on what mkfs.xfs ${options.join(' ')} made is replayed as the kernel does`, async () => {
    await using scratch = await scratchFolder('xfs-log')
    const file = await makeXfs(scratch.folder, 'disk', options)
    {
      await using mount = await mountXfs(file)
      await work(mount.folder, 0)
      await tool('sync', ['-f', mount.folder])
      await fill(mount.folder)
      await work(mount.folder, 1)
      await tool('xfs_io', ['-x', '-c', 'shutdown -f', mount.folder])
    }
    await assertReplayedAsByKernel(file, 800)
  })
}

test('what was copied while it was in use, after the log went round, is replayed as the kernel does', async () => {
  await using scratch = await scratchFolder('xfs-log')
  const file = await makeXfs(scratch.folder, 'disk', ['-l', 'size=6m'])
  {
    await using mount = await mountXfs(file)
    for (let round = 0; round < 200 && !(await goesRound(file)); round++) {
      await work(mount.folder, round)
      await rm(path.join(mount.folder, `round-${round - 1}`), { recursive: true, force: true })
      await tool('xfs_io', ['-c', 'fsync', path.join(mount.folder, `round-${round}`)])
    }
    await copyFile(file, `${file}.in-use`)
  }
  assert.ok(await goesRound(`${file}.in-use`))
  await assertReplayedAsByKernel(`${file}.in-use`, 100)
})

test('what did not reach the end of the log is left away, as the kernel does', async () => {
  await using scratch = await scratchFolder('xfs-log')
  const file = await makeXfs(scratch.folder, 'disk')
  {
    await using mount = await mountXfs(file)
    for (let round = 0; round < 4; round++) {
      await work(mount.folder, round)
      await tool('xfs_io', ['-c', 'fsync', path.join(mount.folder, `round-${round}`)])
    }
    await tool('xfs_io', ['-x', '-c', 'shutdown -f', mount.folder])
  }
  const { start, head } = await logOf(file)
  await using handle = await open(file, 'r+')
  await handle.write(Buffer.alloc(512, 0x99), 4, 500, (start + head - 3) * 512)
  await assertReplayedAsByKernel(file, 100)
})

test('a log that is damaged in its middle is not replayed at all, and what lies on the disk is shown', async () => {
  await using scratch = await scratchFolder('xfs-log')
  const file = await makeXfs(scratch.folder, 'disk', ['-l', 'size=8m'])
  {
    await using mount = await mountXfs(file)
    await work(mount.folder, 0)
    await tool('sync', ['-f', mount.folder])
    for (let round = 1; round < 8; round++) {
      await work(mount.folder, round)
      await tool('xfs_io', ['-c', 'fsync', path.join(mount.folder, `round-${round}`)])
    }
    await tool('xfs_io', ['-x', '-c', 'shutdown -f', mount.folder])
  }
  const { start, tail } = await logOf(file)
  await using disk = await openRaw(file, signal)
  const damaged = flippedDisk(disk, new Map([[(start + tail) * 512 + 700, 0x10]]))
  await using fileSystem = await openXfs(damaged, signal)
  assert.deepEqual(fileSystem.notes, ['journal-ignored'])
  assert.deepEqual(fileSystem.overlaid, [])
  await using mount = await mountXfs(file, ['ro', 'norecovery'])
  await assertTruth(fileSystem, mount.folder, { atLeast: 1 }, signal)
})

/** Whether what is not in its place yet begins near the end of the log and goes on at its beginning. */
async function goesRound(file: string): Promise<boolean> {
  const { tail, head } = await logOf(file)
  return tail > head
}

/** What xfs_logprint says of the log, in blocks of 512 bytes. */
async function logOf(file: string): Promise<{ readonly start: number; readonly tail: number; readonly head: number }> {
  const told = await tool('xfs_logprint', ['-t', file])
  const start = /daddr: (\d+)/.exec(told)?.[1]
  const ends = /log tail: (\d+) head: (\d+)/.exec(told)
  assert.ok(start !== undefined && ends !== null)
  return { start: Number(start), tail: Number(ends[1]), head: Number(ends[2]) }
}
