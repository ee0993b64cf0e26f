import { Failure, isAbort } from '../../../shared/failure.ts'
import type { VolumeNote } from '../../../shared/files.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { clip, type Extent } from '../disk/extents.ts'
import { needOnDisk } from '../disk/range.ts'
import type { FileSystem, FolderEntry, OpenFileSystem } from './guest.ts'

/** The disk with some bytes changed: each is XORed with what stands at its offset. Owns nothing of `disk`. */
export function flippedDisk(disk: ReadableDisk, flips: ReadonlyMap<number, number>): ReadableDisk {
  return {
    sizeBytes: disk.sizeBytes,
    allocated: (signal) => disk.allocated(signal),
    async read(offset, into, signal) {
      await disk.read(offset, into, signal)
      for (const [at, mask] of flips) {
        const held = into[at - offset]
        if (held !== undefined) into[at - offset] = held ^ mask
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** The first `sizeBytes` of a disk. Owns nothing of `disk`. */
export function truncatedDisk(disk: ReadableDisk, sizeBytes: number): ReadableDisk {
  return {
    sizeBytes,
    allocated: async (signal) => clip(await disk.allocated(signal), sizeBytes),
    async read(offset, into, signal) {
      needOnDisk(sizeBytes, offset, into.length)
      await disk.read(offset, into, signal)
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** The disk, telling of each range that is read. Owns nothing of `disk`. */
export function tracedDisk(disk: ReadableDisk, onRead: (range: Extent) => void): ReadableDisk {
  return {
    sizeBytes: disk.sizeBytes,
    allocated: (signal) => disk.allocated(signal),
    async read(offset, into, signal) {
      onRead({ start: offset, end: offset + into.length })
      await disk.read(offset, into, signal)
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** What a walk over everything saw. `failures` are messages of failures that were foreseen. */
export type Walked = {
  readonly entries: number
  readonly failures: readonly string[]
  /** Of the opened file system; none where it did not open. */
  readonly notes: readonly VolumeNote[]
  /** Every entry by its path, for comparing with an undamaged walk. */
  readonly seen: ReadonlyMap<string, FolderEntry>
}

const mostEntries = 20_000
const mostFileBytes = 256 * KiB
const deepest = 64

/**
 * Opens and reads all that can be reached, within bounds: what the reader says with a `Failure` is collected, everything else that it
 * throws is a bug and comes through. A damaged file system may be endless: the walk ends after 20,000 entries.
 */
export async function walkAll(open: OpenFileSystem, disk: ReadableDisk, signal: AbortSignal): Promise<Walked> {
  const walk: Walk = { entries: 0, failures: [], notes: [], seen: new Map(), visited: new Set(), signal }
  await foreseen(walk, async () => {
    await using fileSystem = await open(disk, signal)
    walk.notes = fileSystem.notes
    await walkFolder(walk, fileSystem, { path: '', ref: fileSystem.root, depth: 0 })
  })
  return walk
}

type Walk = {
  entries: number
  readonly failures: string[]
  notes: readonly VolumeNote[]
  readonly seen: Map<string, FolderEntry>
  readonly visited: Set<string>
  readonly signal: AbortSignal
}

type Folder = { readonly path: string; readonly ref: string; readonly depth: number }

async function walkFolder(walk: Walk, fileSystem: FileSystem, folder: Folder): Promise<void> {
  if (folder.depth > deepest || walk.visited.has(folder.ref)) return
  walk.visited.add(folder.ref)
  await foreseen(walk, async () => {
    for await (const batch of fileSystem.list(folder.ref, walk.signal)) {
      for (const entry of batch) {
        if (++walk.entries > mostEntries) return
        await walkEntry(walk, fileSystem, folder, entry)
      }
    }
  })
}

async function walkEntry(walk: Walk, fileSystem: FileSystem, folder: Folder, entry: FolderEntry): Promise<void> {
  const path = `${folder.path}/${entry.name}`
  walk.seen.set(path, entry)
  if (walk.entries % 4 === 0) {
    await foreseen(walk, async () => {
      await fileSystem.find(folder.ref, entry.name, walk.signal)
    })
  }
  if (entry.facts?.kind === 'folder') {
    await walkFolder(walk, fileSystem, { path, ref: entry.ref, depth: folder.depth + 1 })
  }
  if (entry.facts?.kind === 'file') await foreseen(walk, () => readSome(walk, fileSystem, entry))
}

/** Beginning and end: a size that is wrong shows at the end. */
async function readSome(walk: Walk, fileSystem: FileSystem, entry: FolderEntry): Promise<void> {
  await using disk = await fileSystem.open(entry.ref, undefined, walk.signal)
  const lengthBytes = Math.min(mostFileBytes, disk.sizeBytes)
  const into = new Uint8Array(lengthBytes)
  await disk.read(0, into, walk.signal)
  await disk.read(disk.sizeBytes - lengthBytes, into, walk.signal)
  if (disk.sizeBytes < 64 * MiB) await disk.allocated(walk.signal)
}

async function foreseen(walk: Walk, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (thrown) {
    if (!(thrown instanceof Failure) || isAbort(thrown)) throw thrown
    walk.failures.push(`${thrown.code}: ${thrown.message}`)
  }
}
