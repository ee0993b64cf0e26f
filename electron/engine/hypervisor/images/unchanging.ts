import { stat } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'

/** What changes whenever somebody writes to a file: its size, its time in the file system's own steps, the file behind the name. */
export async function stampOf(file: string): Promise<string> {
  const { ino, size, mtimeNs } = await stat(file, { bigint: true })
  return `${ino} ${size} ${mtimeNs}`
}

/**
 * The disk, as long as its file stays as it was stamped before it was opened: every read is followed by a look at the
 * file, so that what was read lies before a moment at which nothing had changed. Once it has, that read and all later
 * ones fail with `machine-busy` and `lost` aborts. Writes closer together than the file system's clock ticks (some
 * milliseconds) may be missed, as may those of other computers while a network share caches attributes.
 */
export function unchanging(disk: ReadableDisk, file: string, stamp: string, lost: AbortController): ReadableDisk {
  const check = async (): Promise<void> => {
    lost.signal.throwIfAborted()
    const now = await stampOf(file).catch((thrown: unknown) => String(thrown))
    if (now !== stamp)
      lost.abort(new Failure('machine-busy', `${file} changed while it was read: is its machine running?`))
    lost.signal.throwIfAborted()
  }
  return {
    sizeBytes: disk.sizeBytes,
    async read(offset, into, signal) {
      await disk.read(offset, into, signal)
      await check()
    },
    async allocated(signal) {
      const extents = await disk.allocated(signal)
      await check()
      return extents
    },
    [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose](),
  }
}
