import assert from 'node:assert/strict'
import { open, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import type { VolumeNote } from '../../../../shared/files.ts'
import { MiB } from '../../../../shared/units.ts'
import { scratchFolder, tool } from '../mounted.rig.ts'
import { codeOf, entryAt, namesIn, ntfsVolume, signal, type Volume } from './images.rig.ts'

const sizeBytes = 24 * MiB
/** Where mkntfs lays things with clusters of 4 KiB. */
const mftAt = 4 * 4096

async function withFile(): Promise<Volume> {
  const volume = await ntfsVolume(sizeBytes, '-c', '4096')
  await volume.mount((folder) => writeFile(path.join(folder, 'file'), 'content'))
  return volume
}

async function notesOf(volume: Volume): Promise<readonly VolumeNote[]> {
  let notes: readonly VolumeNote[] = []
  await volume.read(async (fileSystem) => {
    assert.equal((await entryAt(fileSystem, 'FILE')).name, 'file')
    notes = fileSystem.notes
  })
  return notes
}

test('a volume that Windows is to check is unclean', async () => {
  await using volume = await withFile()
  assert.deepEqual(await notesOf(volume), [])
  await tool('ntfsfix', [volume.image])
  assert.deepEqual(await notesOf(volume), ['unclean'])
})

test('a volume in which Windows sleeps is unclean, one from which it woke is not', async () => {
  await using volume = await withFile()
  const sleep = (signature: string) => (folder: string) =>
    writeFile(path.join(folder, 'hiberfil.sys'), signature.padEnd(8192, '\0'))
  await volume.mount(sleep('wake'))
  assert.deepEqual(await notesOf(volume), [])
  await volume.mount(sleep('hibr'))
  assert.deepEqual(await notesOf(volume), ['unclean'])
})

/** A page of $LogFile as Windows writes it when a volume is mounted, and when it is let go of. */
function restartPage(isClean: boolean, lsn: bigint): Buffer {
  const page = Buffer.alloc(4096)
  page.write('RSTR')
  page.writeUInt16LE(30, 4)
  page.writeUInt16LE(9, 6)
  page.writeUInt32LE(4096, 16)
  page.writeUInt32LE(4096, 20)
  page.writeUInt16LE(48, 24)
  page.writeBigUInt64LE(lsn, 48)
  page.writeUInt16LE(isClean ? 0xffff : 0, 60)
  page.writeUInt16LE(7, 30)
  for (let end = 510; end < 4096; end += 512) page.writeUInt16LE(7, end)
  return page
}

test('a journal with changes that were not made yet is told, by the newer of its two first pages', async () => {
  await using scratch = await scratchFolder('journal')
  const file = path.join(scratch.folder, 'journal')
  for (const [pages, notes] of [
    [[restartPage(true, 9n), restartPage(false, 8n)], []],
    [[restartPage(true, 7n), restartPage(false, 8n)], ['journal-ignored']],
    [[Buffer.alloc(4096, 'RSTR'), restartPage(false, 8n)], ['partly-damaged']],
    [[Buffer.alloc(4096, 1), Buffer.alloc(4096, 1)], ['partly-damaged']],
  ] as const) {
    await using volume = await withFile()
    await writeFile(file, Buffer.concat([...pages, Buffer.alloc(MiB)]))
    await tool('ntfscp', ['-f', '-i', volume.image, file, '2'])
    assert.deepEqual(await notesOf(volume), notes)
  }
})

test('the mirror stands in for a master file table whose first record is damaged', async () => {
  await using volume = await withFile()
  await volume.flip(mftAt + 1)
  assert.deepEqual(await notesOf(volume), ['partly-damaged'])
})

test('the copy at the end stands in for a boot sector that is damaged', async () => {
  await using volume = await withFile()
  await using handle = await open(volume.image, 'r+')
  await handle.write(Buffer.alloc(512), 0, 512, 0)
  assert.deepEqual(await notesOf(volume), ['partly-damaged'])
})

test('a damaged table of capitals costs a note, and names are found all the same', async () => {
  await using volume = await withFile()
  await volume.flip(mftAt + 10 * 1024)
  assert.deepEqual(await notesOf(volume), ['partly-damaged'])
})

test('a file whose record is damaged is listed with its problem, and the others beside it', async () => {
  await using volume = await withFile()
  await volume.mount((folder) => writeFile(path.join(folder, 'other'), 'x'))
  let ref = ''
  await volume.read(async (fileSystem) => {
    ref = (await entryAt(fileSystem, 'file')).ref
  })
  await volume.flip(mftAt + Number(ref.split(':')[0]) * 1024 + 510)
  await volume.read(async (fileSystem) => {
    assert.deepEqual(new Set(await namesIn(fileSystem, fileSystem.root)), new Set(['file', 'other']))
    await assert.rejects(entryAt(fileSystem, 'file'), /written only in part/)
    await entryAt(fileSystem, 'other')
  })
})

test('a stream that the guest encrypted is listed, and refused when it is opened', async () => {
  await using volume = await ntfsVolume(sizeBytes, '-c', '4096')
  await volume.mount((folder) => writeFile(path.join(folder, 'secret'), Buffer.alloc(9000, 1)))
  let recordAt = 0
  await volume.read(async (fileSystem) => {
    recordAt = mftAt + Number((await entryAt(fileSystem, 'secret')).ref.split(':')[0]) * 1024
  })
  await setEncrypted(volume.image, recordAt)
  await volume.read(async (fileSystem) => {
    const { facts, ref } = await entryAt(fileSystem, 'secret')
    assert.equal(facts.sizeBytes, 9000)
    assert.equal(await codeOf(fileSystem.open(ref, undefined, signal)), 'volume-unsupported')
  })
})

/** Sets the flag in the header of the record's $DATA. */
async function setEncrypted(image: string, recordAt: number): Promise<void> {
  await using handle = await open(image, 'r+')
  const record = Buffer.alloc(1024)
  await handle.read(record, 0, 1024, recordAt)
  let at = record.readUInt16LE(20)
  while (record.readUInt32LE(at) < 0x80) at += record.readUInt32LE(at + 4)
  await handle.write(Buffer.of(0x00, 0x40), 0, 2, recordAt + at + 12)
}
