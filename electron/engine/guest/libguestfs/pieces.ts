import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { needOnDisk } from '../../disk/range.ts'

/** libguestfs carries at most 4 MiB in one answer. */
const pieceBytes = MiB

type ReadPiece = (offset: number, lengthBytes: number, signal: AbortSignal) => Promise<Buffer>

/** Bytes that are asked for in pieces; an answer of another length is how a read fails. */
export function readIn(sizeBytes: number, read: ReadPiece, close?: () => Promise<void>): ReadableDisk {
  return {
    sizeBytes,
    allocated: async () => (sizeBytes === 0 ? [] : [{ start: 0, end: sizeBytes }]),
    async read(offset, into, signal) {
      needOnDisk(sizeBytes, offset, into.length)
      for (let done = 0; done < into.length; done += pieceBytes) {
        const lengthBytes = Math.min(pieceBytes, into.length - done)
        const bytes = await read(offset + done, lengthBytes, signal)
        if (bytes.length !== lengthBytes)
          throw new Failure('file-system-damaged', `Linux does not read ${offset + done}`)
        into.set(bytes, done)
      }
    },
    [Symbol.asyncDispose]: async () => close?.(),
  }
}
