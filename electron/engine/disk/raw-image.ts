import { constants, type FileHandle, open, rm } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import type { WritableDisk } from './disk.ts'
import { cut, type Extents } from './extents.ts'
import { needOnDisk } from './range.ts'
import { openRegular } from './regular-file.ts'

/** Tells which ranges of the file are not holes. */
export type Allocation = (signal: AbortSignal) => Promise<Extents>

/** A raw image for reading, by the file itself: no program stands between. */
export async function openRawFile(path: string, allocation: Allocation): Promise<WritableDisk> {
  const handle = await openRegular(path)
  return new RawFile(path, handle, (await handle.stat()).size, allocation, false)
}

/** A new raw image, all holes. An existing file is `target-exists`. */
export async function createRawFile(path: string, sizeBytes: number, allocation: Allocation): Promise<WritableDisk> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL
  const handle = await open(path, flags, 0o600).catch((thrown: unknown) => {
    throw asTargetFailure(thrown)
  })
  try {
    await handle.truncate(sizeBytes)
  } catch (thrown) {
    await handle.close()
    await rm(path, { force: true })
    throw asTargetFailure(thrown)
  }
  return new RawFile(path, handle, sizeBytes, allocation, true)
}

/** What a system error means for whoever wrote. */
export function asTargetFailure(thrown: unknown): unknown {
  if (!(thrown instanceof Error) || !('code' in thrown)) return thrown
  if (thrown.code === 'EEXIST') return new Failure('target-exists', thrown.message, { cause: thrown })
  const full = thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT'
  return new Failure(full ? 'no-space' : 'target-failed', thrown.message, { cause: thrown })
}

const zeroPieceBytes = MiB
const zeroBytes = new Uint8Array(zeroPieceBytes)

class RawFile implements WritableDisk {
  readonly sizeBytes: number
  readonly #path: string
  readonly #handle: FileHandle
  readonly #allocation: Allocation
  readonly #writable: boolean

  constructor(path: string, handle: FileHandle, sizeBytes: number, allocation: Allocation, writable: boolean) {
    this.#path = path
    this.#handle = handle
    this.sizeBytes = sizeBytes
    this.#allocation = allocation
    this.#writable = writable
  }

  async read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    needOnDisk(this.sizeBytes, offset, into.length)
    for (let at = 0; at < into.length; ) {
      signal.throwIfAborted()
      const { bytesRead } = await this.#handle
        .read(into, at, into.length - at, offset + at)
        .catch((thrown: unknown) => {
          throw new Failure('disk-unreadable', `${this.#path} at ${offset + at}: ${thrown}`, { cause: thrown })
        })
      if (bytesRead === 0) throw new Failure('disk-unreadable', `${this.#path} ends at ${offset + at} now`)
      at += bytesRead
    }
  }

  async allocated(signal: AbortSignal): Promise<Extents> {
    return await this.#allocation(signal)
  }

  async write(offset: number, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    this.#needWritable(offset, bytes.length)
    try {
      for (let at = 0; at < bytes.length; ) {
        signal.throwIfAborted()
        at += (await this.#handle.write(bytes, at, bytes.length - at, offset + at)).bytesWritten
      }
    } catch (thrown) {
      throw asTargetFailure(thrown)
    }
  }

  /** Looks first: what is zero already, above all a hole, is left alone and takes no space. */
  async zero(offset: number, lengthBytes: number, signal: AbortSignal): Promise<void> {
    this.#needWritable(offset, lengthBytes)
    const held = Buffer.alloc(Math.min(zeroPieceBytes, lengthBytes))
    for (const { start, end } of cut([{ start: offset, end: offset + lengthBytes }], zeroPieceBytes)) {
      const piece = held.subarray(0, end - start)
      await this.read(start, piece, signal)
      const zeroes = zeroBytes.subarray(0, end - start)
      if (!piece.equals(zeroes)) await this.write(start, zeroes, signal)
    }
  }

  async flush(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (!this.#writable) return
    await this.#handle.sync().catch((thrown: unknown) => {
      throw asTargetFailure(thrown)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }

  #needWritable(offset: number, lengthBytes: number): void {
    needOnDisk(this.sizeBytes, offset, lengthBytes)
    if (!this.#writable) throw new Failure('target-failed', `${this.#path} is open for reading only`)
  }
}
