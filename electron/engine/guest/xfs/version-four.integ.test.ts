import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { flippedDisk } from '../damage.rig.ts'
import type { FileSystem } from '../guest.ts'
import { scratchFolder } from '../mounted.rig.ts'
import { makeXfs, openRaw } from './made.rig.ts'
import { openXfs } from './xfs.ts'

const { signal } = new AbortController()

/** What a new kernel does not mount any more mkfs.xfs still makes, files and all, from a prototype (mkfs.xfs(8), `-p`). */
async function prototype(folder: string): Promise<string> {
  const content = path.join(folder, 'content')
  await mkdir(folder, { recursive: true })
  await writeFile(content, Buffer.alloc(100_000, 7))
  const many = Array.from({ length: 3000 }, (_, i) => `an-entry-of-some-length-${i} ---644 1 2 ${content}.empty`)
  await writeFile(`${content}.empty`, '')
  const file = path.join(folder, 'prototype')
  const special = [
    'null c--666 0 0 1 3',
    'pipe p--600 0 0',
    `Mixed ---755 3 4 ${content}`,
    'link l--777 5 6 some/where',
  ]
  const short = ['short d--750 0 0', 'one d--700 0 0', '$', '$']
  await writeFile(
    file,
    ['/stand', '0 0', 'd--755 0 0', ...special, ...short, 'many d--755 0 0', ...many, '$', '$', ''].join('\n'),
  )
  return file
}

async function namesIn(fileSystem: FileSystem, ref: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const batch of fileSystem.list(ref, signal)) for (const { name } of batch) names.push(name)
  return names
}

for (const options of [
  ['-m', 'crc=0'],
  ['-m', 'crc=0', '-b', 'size=512'],
  ['-m', 'crc=0', '-n', 'ftype=0', '-b', 'size=1024', '-i', 'size=256'],
  ['-m', 'crc=0', '-n', 'version=ci'],
  ['-n', 'version=ci'],
]) {
  test(`what mkfs.xfs ${options.join(' ')} put into it is there`, async () => {
    await using scratch = await scratchFolder('xfs')
    const proto = await prototype(path.join(scratch.folder, 'source'))
    const file = await makeXfs(scratch.folder, 'disk', [...options, '-p', proto])
    await using disk = await openRaw(file, signal)
    await using fileSystem = await openXfs(disk, signal)
    const names = await namesIn(fileSystem, fileSystem.root)
    assert.deepEqual([...names].sort(), ['Mixed', 'link', 'many', 'null', 'pipe', 'short'])
    const find = async (name: string, ref = fileSystem.root) => await fileSystem.find(ref, name, signal)
    const device = await find('null')
    assert.deepEqual([device?.facts?.kind, device?.facts?.device], ['char-device', { major: 1, minor: 3 }])
    assert.equal((await find('link'))?.facts?.target, 'some/where')
    const mixed = (await find('Mixed'))?.facts
    assert.deepEqual([mixed?.mode, mixed?.uid, mixed?.gid, mixed?.sizeBytes], [0o755, 3, 4, 100_000])
    const bytes = Buffer.alloc(100_000)
    await using content = await fileSystem.open((await find('Mixed'))?.ref ?? '', undefined, signal)
    await content.read(0, bytes, signal)
    assert.ok(bytes.equals(Buffer.alloc(100_000, 7)))
    const many = (await find('many'))?.ref ?? ''
    assert.equal((await namesIn(fileSystem, many)).length, 3000)
    for (let i = 0; i < 3000; i += 113) assert.ok(await find(`an-entry-of-some-length-${i}`, many))
    const ignoresCase = options.includes('version=ci')
    assert.equal((await find('mIXED'))?.name, ignoresCase ? 'Mixed' : undefined)
    assert.equal((await find('AN-entry-of-some-length-77', many)) !== undefined, ignoresCase)
  })
}

test('a file on a real-time device is refused, and its facts are told', async () => {
  await using scratch = await scratchFolder('xfs')
  const proto = await prototype(path.join(scratch.folder, 'source'))
  const file = await makeXfs(scratch.folder, 'disk', ['-m', 'crc=0', '-b', 'size=4096', '-i', 'size=512', '-p', proto])
  await using disk = await openRaw(file, signal)
  await using sound = await openXfs(disk, signal)
  const entry = await sound.find(sound.root, 'Mixed', signal)
  // Inodes of the first group lie one behind the other from its beginning, as many to a block as fit.
  const flagsAt = Number(entry?.ref) * 512 + 91
  await using fileSystem = await openXfs(flippedDisk(disk, new Map([[flagsAt, 1]])), signal)
  assert.deepEqual((await fileSystem.find(fileSystem.root, 'Mixed', signal))?.facts, entry?.facts)
  const refused = fileSystem.open(entry?.ref ?? '', undefined, signal)
  await assert.rejects(refused, (thrown) => thrown instanceof Failure && thrown.code === 'volume-unsupported')
})
