import type { ReadableDisk } from './disk.ts'
import { type Extent, type Extents, intersect, union } from './extents.ts'
import { needOnDisk } from './range.ts'

/** The bytes from some offset on: `lengthBytes` of them lie at `at` of `disk`, or read as zeroes where there is no disk. */
export type Run = { readonly disk: ReadableDisk | undefined; readonly at: number; readonly lengthBytes: number }

/** A disk put together of others. It owns none of them. */
type Mapping = {
  readonly sizeBytes: number
  /** Asked for offsets on the disk only; the run begins exactly there and is not empty. */
  readonly runAt: (offset: number) => Run
  readonly allocated: (signal: AbortSignal) => Promise<Extents>
}

export function mappedDisk(mapping: Mapping): ReadableDisk {
  return {
    sizeBytes: mapping.sizeBytes,
    async read(offset, into, signal) {
      signal.throwIfAborted()
      needOnDisk(mapping.sizeBytes, offset, into.length)
      for (let done = 0; done < into.length; ) {
        const run = mapping.runAt(offset + done)
        const part = into.subarray(done, done + Math.min(run.lengthBytes, into.length - done))
        if (run.disk === undefined) part.fill(0)
        else await run.disk.read(run.at, part, signal)
        done += part.length
      }
    },
    allocated: mapping.allocated,
    async [Symbol.asyncDispose]() {},
  }
}

/** Part of a disk as a disk of its own; it does not own `disk`. */
export function slice(disk: ReadableDisk, start: number, sizeBytes: number): ReadableDisk {
  needOnDisk(disk.sizeBytes, start, sizeBytes)
  return mappedDisk({
    sizeBytes,
    runAt: (offset) => ({ disk, at: start + offset, lengthBytes: sizeBytes - offset }),
    allocated: async (signal) => shifted(await disk.allocated(signal), { start, end: start + sizeBytes }, 0),
  })
}

/** What of `extents` lies in `window`, told as if the window began at `to`. */
export function shifted(extents: Extents, window: Extent, to: number): Extents {
  const within = intersect(extents, [window])
  return union(within.map(({ start, end }) => ({ start: start - window.start + to, end: end - window.start + to })))
}
