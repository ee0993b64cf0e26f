import assert from 'node:assert/strict'
import { mkdir, open, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { GiB, KiB, MiB } from '../../../../shared/units.ts'
import { total } from '../../disk/extents.ts'
import { assertFrugal } from '../frugal.rig.ts'
import { tool } from '../mounted.rig.ts'
import { assertTruth, type TruthOptions } from '../truth.rig.ts'
import { contentOf, entryAt, fillVolume, fragment, namesIn, ntfsVolume, signal } from './images.rig.ts'

/** ntfs-3g makes up owners and modes. */
const told: TruthOptions = { untold: ['mode', 'owner'] }
const readOnly = ['ro', 'streams_interface=xattr']

const layouts: readonly { readonly args: readonly string[]; readonly isCompressed: boolean }[] = [
  { args: ['-c', '512'], isCompressed: true },
  { args: ['-c', '1024'], isCompressed: true },
  { args: [], isCompressed: true },
  { args: ['-c', '65536'], isCompressed: false },
  { args: ['-s', '4096', '-c', '4096'], isCompressed: true },
  { args: ['-s', '1024', '-c', '8192'], isCompressed: false },
]

for (const { args, isCompressed } of layouts) {
  test(`a volume of mkntfs ${args.join(' ')} reads as ntfs-3g reads it`, async () => {
    await using volume = await ntfsVolume(80 * MiB, '-L', 'Böse 卷', ...(isCompressed ? ['-C'] : []), ...args)
    await volume.mount((folder) => fillVolume(folder, isCompressed))
    await volume.read(async (fileSystem) => {
      assert.equal(fileSystem.label, 'Böse 卷')
      assert.match(fileSystem.uuid ?? '', /^[0-9A-F]{16}$/)
      assert.deepEqual(fileSystem.notes, [])
      await volume.mount((folder) => assertTruth(fileSystem, folder, { ...told, atLeast: 615 }, signal), readOnly)
    })
  })
}

test('files that are packed take less room than they are long, and read as they were written', async () => {
  await using volume = await ntfsVolume(40 * MiB, '-C')
  await volume.mount((folder) => fillVolume(folder, true))
  await volume.read(async (fileSystem) => {
    const { facts, ref } = await entryAt(fileSystem, 'packed', 'text')
    assert.ok(facts.attributes?.includes('compressed'))
    assert.ok((facts.allocatedBytes ?? 0) < facts.sizeBytes * 0.8, `${facts.allocatedBytes} of ${facts.sizeBytes}`)
    const content = await contentOf(fileSystem, ref)
    await using disk = await fileSystem.open(ref, undefined, signal)
    for (const [offset, lengthBytes] of [
      [65_535, 2],
      [1, 131_072],
      [70_000, 10],
    ] as const) {
      const piece = Buffer.alloc(lengthBytes)
      await disk.read(offset, piece, signal)
      assert.ok(piece.equals(content.subarray(offset, offset + lengthBytes)), `${lengthBytes} bytes at ${offset}`)
    }
  })
})

test('a master file table and a file in thousands of pieces are read whole', async () => {
  await using volume = await ntfsVolume(24 * MiB, '-c', '1024')
  await volume.mount((folder) => fragment(folder, 8000))
  const table = await tool('ntfsinfo', ['-i', '0', '-v', volume.image])
  assert.match(table, /ATTRIBUTE_LIST/, 'the table lies in too few pieces to prove anything')
  await volume.read(async (fileSystem) => {
    const names = await namesIn(fileSystem, (await entryAt(fileSystem, 'small')).ref)
    assert.equal(names.length, 8000)
    for (const name of ['0', '4711', '7999']) {
      const { ref } = await entryAt(fileSystem, 'small', name)
      assert.equal((await contentOf(fileSystem, ref)).toString(), `content of ${name}`)
    }
    const pieces = await contentOf(fileSystem, (await entryAt(fileSystem, 'in pieces')).ref)
    assert.ok(pieces.length > 4 * MiB)
    for (let at = 0; at < pieces.length; at += 4 * KiB) {
      const piece = pieces.subarray(at, at + 4 * KiB)
      assert.ok(
        piece.every((byte) => byte === (at / 4 / KiB) % 251),
        `the piece at ${at}`,
      )
    }
  })
})

test('a folder of 100,000 entries is listed once each, every name is found, and 256 MiB are enough', async () => {
  await using volume = await ntfsVolume(200 * MiB)
  const names = Array.from({ length: 100_000 }, (_, i) => `entry-${100_000 + i}`)
  await volume.mount(async (folder) => {
    await mkdir(path.join(folder, 'large'))
    for (const name of names) await symlink('target', path.join(folder, 'large', name))
  })
  await volume.read(async (fileSystem) => {
    const { ref } = await entryAt(fileSystem, 'large')
    const listed = await namesIn(fileSystem, ref)
    assert.equal(listed.length, names.length)
    assert.deepEqual(new Set(listed), new Set(names))
    for (const name of names.filter((_, i) => i % 997 === 0)) {
      assert.equal((await fileSystem.find(ref, name.toUpperCase(), signal))?.name, name)
    }
    assert.equal(await fileSystem.find(ref, 'entry-200000', signal), undefined)
  })
  await assertFrugal('ntfs', volume.image, 100_000)
})

test('a file of more than 4 GiB has its bytes where they were written, and holes between', async () => {
  await using volume = await ntfsVolume(40 * MiB)
  const places = [0, 4 * GiB - 3, 5 * GiB + 12_345]
  const mark = Buffer.from('a mark')
  await volume.mount(async (folder) => {
    const file = path.join(folder, 'huge')
    await writeFile(file, '')
    await truncate(file, 6 * GiB + 1)
    await using handle = await open(file, 'r+')
    for (const place of places) await handle.write(mark, 0, mark.length, place)
  })
  await volume.read(async (fileSystem) => {
    const { ref, facts } = await entryAt(fileSystem, 'huge')
    assert.equal(facts.sizeBytes, 6 * GiB + 1)
    await using disk = await fileSystem.open(ref, undefined, signal)
    assert.ok(total(await disk.allocated(signal)) < MiB)
    for (const place of places) {
      const around = Buffer.alloc(mark.length + 2)
      await disk.read(place, around, signal)
      assert.deepEqual(around, Buffer.concat([mark, Buffer.alloc(2)]))
    }
  })
})
