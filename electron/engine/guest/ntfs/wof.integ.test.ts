import assert from 'node:assert/strict'
import { mkdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { KiB, MiB } from '../../../../shared/units.ts'
import { chanceFrom } from '../../proof/chance.ts'
import { scratchFolder, tool } from '../mounted.rig.ts'
import { codeOf, contentOf, entryAt, ntfsVolume, signal } from './images.rig.ts'

/** The numbers that Windows has for them, and how wimlib is told to pack the same way. */
const packings = [
  { algorithm: 0, pack: 'XPRESS', chunk: '4K' },
  { algorithm: 1, pack: 'LZX:20', chunk: '32K' },
  { algorithm: 1, pack: 'LZX:100', chunk: '32K' },
  { algorithm: 2, pack: 'XPRESS', chunk: '8K' },
  { algorithm: 3, pack: 'XPRESS', chunk: '16K' },
] as const

/** Machine code, which LZX rewrites before it packs, text, noise and zeroes. */
async function sample(): Promise<Buffer> {
  const code = await readFile(process.execPath).then((bytes) => bytes.subarray(20 * MiB, 20 * MiB + 700 * KiB))
  const text = Array.from({ length: 20_000 }, (_, i) => `line ${i} of many\n`).join('')
  return Buffer.concat([code, Buffer.from(text), chanceFrom(3).bytes(100_001), Buffer.alloc(300_000)])
}

/** The bytes of the one file in a WIM image: its chunks and their table are what Windows keeps in a packed file. */
async function packedBy(pack: string, chunk: string, content: Buffer): Promise<Buffer> {
  await using scratch = await scratchFolder('wim')
  const folder = path.join(scratch.folder, 'folder')
  const wim = path.join(scratch.folder, 'wim')
  await mkdir(folder)
  await writeFile(path.join(folder, 'file'), content)
  await tool('wimcapture', [folder, wim, `--compress=${pack}`, `--chunk-size=${chunk}`])
  const bytes = await readFile(wim)
  const table = resourceAt(bytes, 48)
  for (let at = table.offset; at < table.offset + table.lengthBytes; at += 50) {
    const { flags, offset, lengthBytes } = resourceAt(bytes, at)
    if (flags === 4) return bytes.subarray(offset, offset + lengthBytes)
  }
  throw new Error('the image holds no packed file')
}

function resourceAt(bytes: Buffer, at: number) {
  return { lengthBytes: bytes.readUIntLE(at, 6), flags: bytes[at + 7], offset: Number(bytes.readBigUInt64LE(at + 8)) }
}

function reparse(provider: number, algorithm: number): string {
  const value = Buffer.alloc(24)
  value.writeUInt32LE(0x80000017)
  value.writeUInt16LE(16, 4)
  for (const [i, word] of [1, provider, 1, algorithm].entries()) value.writeUInt32LE(word, 8 + i * 4)
  return `0x${value.toString('hex')}`
}

async function writePacked(file: string, packed: Buffer, sizeBytes: number, value: string): Promise<void> {
  await writeFile(file, '')
  await truncate(file, sizeBytes)
  await writeFile(`${file}:WofCompressedData`, packed)
  await tool('setfattr', ['-n', 'system.ntfs_reparse_data', '-v', value, file])
}

test('files that Windows packed read as they were, by each of its four packings', async () => {
  const content = await sample()
  await using volume = await ntfsVolume(24 * MiB)
  const streams = ['streams_interface=windows']
  for (const { algorithm, pack, chunk } of packings) {
    const packed = await packedBy(pack, chunk, content)
    assert.ok(packed.length < content.length * 0.9)
    const write = (folder: string) =>
      writePacked(path.join(folder, 'file'), packed, content.length, reparse(2, algorithm))
    await volume.mount(write, streams)
    await volume.read(async (fileSystem) => {
      const { facts, ref } = await entryAt(fileSystem, 'file')
      assert.equal(facts.sizeBytes, content.length)
      assert.deepEqual(facts.streams, [])
      assert.deepEqual(facts.attributes, ['archive', 'compressed'])
      assert.ok((await contentOf(fileSystem, ref)).equals(content), `${pack} ${chunk}`)
      await using disk = await fileSystem.open(ref, undefined, signal)
      const piece = Buffer.alloc(40_000)
      await disk.read(65_001, piece, signal)
      assert.ok(piece.equals(content.subarray(65_001, 105_001)))
    })
    await volume.mount((folder) => rm(path.join(folder, 'file')), streams)
  }
})

test('packed bytes that were changed fail, or unpack to as many bytes', async () => {
  const seed = Date.now() >>> 0
  const chance = chanceFrom(seed)
  const content = (await sample()).subarray(600 * KiB, 800 * KiB)
  await using volume = await ntfsVolume(24 * MiB)
  const streams = ['streams_interface=windows']
  for (const { algorithm, pack, chunk } of packings) {
    const packed = await packedBy(pack, chunk, content)
    const names = Array.from({ length: 10 }, (_, i) => `${pack} ${chunk} ${i}`.replace(':', ' '))
    await volume.mount(async (folder) => {
      for (const name of names) {
        const changed = Buffer.from(packed)
        for (let i = 0; i < 4; i++) changed[chance.below(changed.length)] = chance.below(256)
        await writePacked(path.join(folder, name), changed, content.length, reparse(2, algorithm))
      }
    }, streams)
    await volume.read(async (fileSystem) => {
      for (const name of names) {
        const { ref } = await entryAt(fileSystem, name)
        const read = await contentOf(fileSystem, ref).catch((thrown: unknown) => codeOf(Promise.reject(thrown)))
        assert.ok(read === 'file-system-damaged' || read.length === content.length, `seed ${seed}, ${name}`)
      }
    })
  }
})

test('a file that lies in a WIM image elsewhere is refused', async () => {
  await using volume = await ntfsVolume(24 * MiB)
  await volume.mount(
    (folder) => writePacked(path.join(folder, 'file'), Buffer.alloc(8), 1000, reparse(1, 0)),
    ['streams_interface=windows'],
  )
  await volume.read(async (fileSystem) => {
    const { ref } = await entryAt(fileSystem, 'file')
    assert.equal(await codeOf(fileSystem.open(ref, undefined, signal)), 'volume-unsupported')
  })
})
