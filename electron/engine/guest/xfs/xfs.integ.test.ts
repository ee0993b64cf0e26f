import assert from 'node:assert/strict'
import { link, mkdir, open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { GiB, KiB, MiB } from '../../../../shared/units.ts'
import { total } from '../../disk/extents.ts'
import { flippedDisk } from '../damage.rig.ts'
import { scratchFolder, tool } from '../mounted.rig.ts'
import { assertTruth } from '../truth.rig.ts'
import { fill, makeXfs, mountXfs, openFile, openRaw } from './made.rig.ts'
import { openXfs } from './xfs.ts'

const { signal } = new AbortController()

for (const options of [
  [],
  ['-b', 'size=1024', '-n', 'size=8192', '-m', 'reflink=0,bigtime=0'],
  ['-b', 'size=16384', '-i', 'nrext64=1,size=2048'],
  ['-s', 'size=4096', '-m', 'rmapbt=1', '-i', 'sparse=0', '-n', 'size=65536'],
]) {
  test(`all is read as the kernel reads it of what mkfs.xfs ${options.join(' ')} made`, async () => {
    await using scratch = await scratchFolder('xfs')
    const file = await makeXfs(scratch.folder, 'disk', ['-L', 'data', ...options])
    {
      await using mount = await mountXfs(file)
      await fill(mount.folder)
    }
    await using opened = await openFile(file, signal)
    assert.equal(opened.fileSystem.label, 'data')
    assert.deepEqual(opened.fileSystem.notes, [])
    assert.deepEqual(opened.fileSystem.overlaid, [])
    await using mount = await mountXfs(file, ['ro'])
    const uuid = await tool('blkid', ['-p', '-o', 'value', '-s', 'UUID', file])
    assert.equal(opened.fileSystem.uuid, uuid.trim())
    await assertTruth(opened.fileSystem, mount.folder, { atLeast: 2500 }, signal)
  })
}

test('a folder of 100,000 names is listed whole, and each name is found by its hash', async () => {
  await using scratch = await scratchFolder('xfs')
  const file = await makeXfs(scratch.folder, 'disk')
  {
    await using mount = await mountXfs(file)
    await mkdir(path.join(mount.folder, 'many'))
    const first = path.join(mount.folder, 'many', 'first')
    await writeFile(first, '')
    for (let i = 1; i < 100_000; i++) await link(first, path.join(mount.folder, 'many', `${'x'.repeat(i % 90)}-${i}`))
  }
  await using opened = await openFile(file, signal)
  const { fileSystem } = opened
  const folder = await fileSystem.find(fileSystem.root, 'many', signal)
  const names = new Set<string>()
  for await (const batch of fileSystem.list(folder?.ref ?? '', signal)) {
    assert.ok(batch.length < 8192)
    for (const { name } of batch) names.add(name)
  }
  assert.equal(names.size, 100_000)
  for (let i = 1; i < 100_000; i += 997) {
    const name = `${'x'.repeat(i % 90)}-${i}`
    assert.equal((await fileSystem.find(folder?.ref ?? '', name, signal))?.name, name)
  }
  assert.equal(await fileSystem.find(folder?.ref ?? '', 'x-0', signal), undefined)
})

test('a file of 5 GiB is read at both ends and has its holes', async () => {
  await using scratch = await scratchFolder('xfs')
  const file = await makeXfs(scratch.folder, 'disk')
  {
    await using mount = await mountXfs(file)
    await using large = await open(path.join(mount.folder, 'large'), 'w')
    await large.truncate(5 * GiB)
    await large.write(Buffer.alloc(64 * KiB, 1), 0, 64 * KiB, 0)
    await large.write(Buffer.alloc(64 * KiB, 2), 0, 64 * KiB, 5 * GiB - 64 * KiB)
  }
  await using opened = await openFile(file, signal)
  const { fileSystem } = opened
  const entry = await fileSystem.find(fileSystem.root, 'large', signal)
  await using large = await fileSystem.open(entry?.ref ?? '', undefined, signal)
  assert.equal(large.sizeBytes, 5 * GiB)
  assert.ok(total(await large.allocated(signal)) < MiB)
  const bytes = Buffer.alloc(128 * KiB)
  await large.read(5 * GiB - 128 * KiB, bytes, signal)
  assert.ok(bytes.equals(Buffer.concat([Buffer.alloc(64 * KiB), Buffer.alloc(64 * KiB, 2)])))
  await large.read(0, bytes, signal)
  assert.ok(bytes.equals(Buffer.concat([Buffer.alloc(64 * KiB, 1), Buffer.alloc(64 * KiB)])))
})

test('a damaged superblock is replaced by one of its copies, wherever the damage lies', async () => {
  await using scratch = await scratchFolder('xfs')
  const file = await makeXfs(scratch.folder, 'disk')
  await using disk = await openRaw(file, signal)
  // What blocks and groups there are is destroyed at 4 and 84, at 200 something that only the checksum tells.
  for (const at of [4, 84, 200]) {
    await using fileSystem = await openXfs(flippedDisk(disk, new Map([[at, 0x55]])), signal)
    assert.deepEqual(fileSystem.notes, ['partly-damaged'])
    for await (const batch of fileSystem.list(fileSystem.root, signal)) assert.deepEqual(batch, [])
  }
})
