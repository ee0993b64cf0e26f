import { KiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { union } from '../../disk/extents.ts'
import { needOnDisk } from '../../disk/range.ts'
import { damaged } from './fields.ts'
import { unpackLzx } from './lzx.ts'
import type { Packing } from './reparse.ts'
import { unpackXpress } from './xpress.ts'

/** Where the Windows Overlay Filter keeps a packed file; what is in the file's own data is a hole. */
export const packedStreamName = 'WofCompressedData'

type Unpack = (packed: Buffer, sizeBytes: number) => Buffer

const packings: Readonly<Record<Packing, { readonly chunkBytes: number; readonly unpack: Unpack }>> = {
  'xpress-4k': { chunkBytes: 4 * KiB, unpack: unpackXpress },
  'xpress-8k': { chunkBytes: 8 * KiB, unpack: unpackXpress },
  'xpress-16k': { chunkBytes: 16 * KiB, unpack: unpackXpress },
  'lzx-32k': { chunkBytes: 32 * KiB, unpack: unpackLzx },
}

/**
 * A file of `sizeBytes` out of its packed stream: where each chunk but the first begins, counted from the end of that table, then the
 * chunks. One that packing does not make smaller stands as it is.
 */
export function unpackedDisk(packed: ReadableDisk, packing: Packing, sizeBytes: number): ReadableDisk {
  const file = { packed, sizeBytes, ...packings[packing] }
  return {
    sizeBytes,
    async read(offset, into, signal) {
      needOnDisk(sizeBytes, offset, into.length)
      const { chunkBytes } = file
      const end = offset + into.length
      for (let start = Math.floor(offset / chunkBytes) * chunkBytes; start < end; start += chunkBytes) {
        const chunk = await readChunk(file, start / chunkBytes, signal)
        const from = Math.max(start, offset)
        into.set(chunk.subarray(from - start, end - start), from - offset)
      }
    },
    async allocated(signal) {
      signal.throwIfAborted()
      return union([{ start: 0, end: sizeBytes }])
    },
    async [Symbol.asyncDispose]() {},
  }
}

type PackedFile = {
  readonly packed: ReadableDisk
  readonly sizeBytes: number
  readonly chunkBytes: number
  readonly unpack: Unpack
}

async function readChunk(file: PackedFile, index: number, signal: AbortSignal): Promise<Buffer> {
  const { sizeBytes, chunkBytes } = file
  const { start, end } = await placeOf(file, index, signal)
  const unpackedBytes = Math.min(chunkBytes, sizeBytes - index * chunkBytes)
  if (end <= start || end - start > unpackedBytes) throw damaged(`packed chunk ${index} is ${end - start} bytes`)
  const bytes = await readPacked(file, start, end - start, signal)
  return bytes.length === unpackedBytes ? bytes : file.unpack(bytes, unpackedBytes)
}

async function placeOf(file: PackedFile, index: number, signal: AbortSignal) {
  const width = file.sizeBytes > 0xffffffff ? 8 : 4
  const chunks = Math.ceil(file.sizeBytes / file.chunkBytes)
  const tableBytes = (chunks - 1) * width
  const first = Math.max(0, index - 1)
  const told = await readPacked(file, first * width, (Math.min(index + 1, chunks - 1) - first) * width, signal)
  const placeAt = (at: number) => tableBytes + (width === 8 ? Number(told.readBigUInt64LE(at)) : told.readUInt32LE(at))
  return {
    start: index === 0 ? tableBytes : placeAt(0),
    end: index === chunks - 1 ? file.packed.sizeBytes : placeAt(told.length - width),
  }
}

async function readPacked({ packed }: PackedFile, offset: number, lengthBytes: number, signal: AbortSignal) {
  if (offset + lengthBytes > packed.sizeBytes) throw damaged('a packed file is shorter than its chunks')
  const bytes = Buffer.alloc(lengthBytes)
  await packed.read(offset, bytes, signal)
  return bytes
}
