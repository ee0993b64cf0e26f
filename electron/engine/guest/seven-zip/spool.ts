import { type FileHandle, mkdir, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { partialName, removeLeftovers } from '../../base/partial.ts'
import { askSpace } from '../../base/space.ts'

/** Files up to this size are kept in memory. */
const inMemoryBytes = 16 * MiB
/** What stays free beside what we put there. */
const sparedBytes = 256 * MiB

/** Bytes that come one behind the other and are read anywhere. */
export type Spool = AsyncDisposable & {
  append(bytes: Uint8Array): Promise<void> | void
  read(offset: number, into: Uint8Array): Promise<void>
}

/** For up to `sizeBytes`. Fails with `no-space`. */
export async function newSpool(sizeBytes: number): Promise<Spool> {
  return sizeBytes <= inMemoryBytes ? inMemory(sizeBytes) : await inFile(sizeBytes)
}

function inMemory(sizeBytes: number): Spool {
  const held = Buffer.alloc(sizeBytes)
  let filled = 0
  return {
    append(bytes) {
      held.set(bytes, filled)
      filled += bytes.length
    },
    async read(offset, into) {
      into.set(held.subarray(offset, offset + into.length))
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** In a folder that only we can enter and that goes with its content, by the next of us if we die. */
async function inFile(sizeBytes: number): Promise<Spool> {
  const { freeBytes } = await askSpace(tmpdir())
  if (freeBytes < sizeBytes + sparedBytes) {
    throw new Failure('no-space', `${tmpdir()} has no room for the ${sizeBytes} bytes of this file while it is read`)
  }
  await removeLeftovers(tmpdir())
  await using made = new AsyncDisposableStack()
  const folder = path.join(tmpdir(), partialName())
  await mkdir(folder, { mode: 0o700 })
  made.defer(() => rm(folder, { recursive: true, force: true }))
  const file = made.use(await open(path.join(folder, 'content'), 'wx+', 0o600))
  const owned = made.move()
  let filled = 0
  return {
    async append(bytes) {
      await writeAll(file, bytes, filled)
      filled += bytes.length
    },
    read: (offset, into) => readAll(file, offset, into),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    done += (await file.write(bytes, done, bytes.length - done, position + done).catch(noSpace)).bytesWritten
  }
}

async function readAll(file: FileHandle, offset: number, into: Uint8Array): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await file.read(into, done, into.length - done, offset + done)
    if (bytesRead === 0) throw new Error('a file of ours is shorter than what was written to it')
    done += bytesRead
  }
}

function noSpace(thrown: unknown): never {
  const isFull = thrown instanceof Error && 'code' in thrown && ['ENOSPC', 'EDQUOT'].includes(String(thrown.code))
  throw isFull ? new Failure('no-space', `${tmpdir()} is full`, { cause: thrown }) : thrown
}
