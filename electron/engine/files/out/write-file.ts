import { constants } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { FileFacts, GuestTime } from '../../guest/guest.ts'
import { allocatedPieces, needSize } from './pieces.ts'
import { permissionsOf } from './sink.ts'

/** A new file that nobody else may read yet. Throws EEXIST for whatever has the name, also a link that leads nowhere. */
export function createFile(at: Buffer): Promise<FileHandle> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)
  return open(at, flags, 0o600)
}

export type Pass = (wroteBytes: number) => Promise<void>

/** Fills a new file; holes stay holes. On Linux somebody syncs the whole file system afterwards. Throws what reading and writing throw. */
export async function fillFile(file: FileHandle, source: ReadableDisk, pass: Pass, signal: AbortSignal): Promise<void> {
  needSize(source)
  await file.truncate(source.sizeBytes)
  for await (const { offset, bytes } of allocatedPieces(source, signal)) {
    for (let at = 0; at < bytes.length; ) {
      at += (await file.write(bytes, at, bytes.length - at, offset + at)).bytesWritten
    }
    await pass(bytes.length)
  }
  if (process.platform !== 'linux') await file.sync()
}

/** Time first: who may not write any more may not set it either on some systems. */
export async function dressFile(file: FileHandle, facts: FileFacts, isForOwner: boolean): Promise<void> {
  const time = timeOf(facts.modifiedAt)
  if (time !== undefined) await file.utimes(time, time)
  const mode = permissionsOf(facts) ?? 0o644
  await file.chmod(isForOwner ? mode | 0o600 : mode)
}

/** Further away than this no file system that is written to can tell. */
const latestSeconds = 2 ** 34 - 1
const earliestSeconds = -(2 ** 31)

/** For `utimes`: seconds where it takes them, which is to less than a microsecond; it takes those before 1970 as a date only. */
export function timeOf(time: GuestTime | undefined): number | Date | undefined {
  if (time === undefined) return undefined
  const seconds = Math.min(Math.max(Number(time) / 1e9, earliestSeconds), latestSeconds)
  return seconds < 0 ? new Date(seconds * 1000) : seconds
}
