import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { Failure, isAbort } from '../../../shared/failure.ts'
import { GiB, MiB } from '../../../shared/units.ts'
import { cachedDisk } from '../disk/cached-disk.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import { type Extent, type Extents, total, union } from '../disk/extents.ts'
import { openImage } from '../disk/image.ts'
import { chanceFrom } from '../proof/chance.ts'
import { flippedDisk, tracedDisk, truncatedDisk } from './damage.rig.ts'
import { openExt } from './ext/ext.ts'
import { openExfat } from './fat/exfat.ts'
import { openFat } from './fat/fat.ts'
import type { FileSystem, FolderEntry, OpenFileSystem } from './guest.ts'
import { tool } from './mounted.rig.ts'
import { openNtfs } from './ntfs/ntfs.ts'
import { openXfs } from './xfs/xfs.ts'

const readers = { ext: openExt, xfs: openXfs, ntfs: openNtfs, fat: openFat, exfat: openExfat } satisfies Record<
  string,
  OpenFileSystem
>

export type Reader = keyof typeof readers

type Taken = {
  /** Of the walk over the sound image. */
  readonly entries: number
  readonly failures: number
  /** The most memory that the whole process ever had, Node itself among it. */
  readonly peakBytes: number
}

const mostPeakBytes = 256 * MiB
/** V8 collects garbage only when it must: without limits its laziness would be measured, not what the readers keep. */
const smallHeap = ['--max-old-space-size=64', '--max-semi-space-size=8']
const damagedWalks = 16
/** A damaged file system may be endless. */
const mostEntries = 200_000
const mostDamagedEntries = 1000
/** Of one walk: holes are not read, but damage may make of them what is allocated. */
const mostBytes = 2 * GiB
const mostDamagedBytes = 16 * MiB
const pieceBytes = MiB
const deepest = 200
/** Damage lies where the first of the reads were: metadata comes first, and there can be millions. */
const mostReads = 10_000

/**
 * Reads the image whole, and then sixteen times with damage in what that read, in a process of its own: that never takes more than
 * 256 MiB, and ends. The sound image must show at least so many entries and nothing wrong.
 */
export async function assertFrugal(reader: Reader, image: string, atLeast: number): Promise<void> {
  const seed = Date.now() % 1_000_000
  const args = [...smallHeap, import.meta.filename, reader, image, String(seed)]
  const taken = JSON.parse(await tool(process.execPath, args)) as Taken
  assert.equal(taken.failures, 0)
  assert.ok(taken.entries >= atLeast, `only ${taken.entries} entries were seen`)
  assert.ok(taken.peakBytes <= mostPeakBytes, `${taken.peakBytes} bytes of memory were taken (seed ${seed})`)
}

type Walk = {
  readonly fileSystem: FileSystem
  readonly visited: Set<string>
  readonly into: Uint8Array
  entriesLeft: number
  bytesLeft: number
  failures: number
}

const { signal } = new AbortController()

async function takeAll(reader: Reader, image: string, seed: number): Promise<Taken> {
  await using disk = cachedDisk(await openImage(image, 'raw', {}, signal))
  const reads: Extent[] = []
  const traced = tracedDisk(disk, (range) => {
    if (reads.length < mostReads) reads.push(range)
  })
  const sound = await walked(readers[reader], traced, mostEntries, mostBytes)
  const chance = chanceFrom(seed)
  const seen = union(reads)
  for (let round = 0; round < damagedWalks; round++) {
    const flips = Array.from(
      { length: 8 },
      () => [placeIn(seen, chance.below(total(seen))), 1 << chance.below(8)] as const,
    )
    const flipped = flippedDisk(disk, new Map(flips))
    const damaged = round % 4 === 0 ? truncatedDisk(flipped, chance.below(disk.sizeBytes)) : flipped
    await walked(readers[reader], damaged, mostDamagedEntries, mostDamagedBytes)
  }
  return { ...sound, peakBytes: peakBytes() }
}

function placeIn(extents: Extents, index: number): number {
  let left = index
  for (const { start, end } of extents) {
    if (left < end - start) return start + left
    left -= end - start
  }
  return 0
}

async function walked(open: OpenFileSystem, disk: ReadableDisk, entries: number, bytes: number) {
  let walk: Walk | undefined
  const failedToOpen = await foreseen(async () => {
    await using fileSystem = await open(disk, signal)
    const into = new Uint8Array(pieceBytes)
    walk = { fileSystem, visited: new Set(), into, entriesLeft: entries, bytesLeft: bytes, failures: 0 }
    await walkFolder(walk, fileSystem.root, 0)
  })
  const seen = entries - (walk?.entriesLeft ?? entries)
  return { entries: seen, failures: (walk?.failures ?? 0) + failedToOpen }
}

async function walkFolder(walk: Walk, ref: string, depth: number): Promise<void> {
  if (depth > deepest || walk.visited.has(ref)) return
  walk.visited.add(ref)
  walk.failures += await foreseen(async () => {
    for await (const batch of walk.fileSystem.list(ref, signal)) {
      for (const entry of batch) {
        if (walk.entriesLeft-- <= 0) return
        await walkEntry(walk, ref, entry, depth)
      }
    }
  })
}

async function walkEntry(walk: Walk, folder: string, entry: FolderEntry, depth: number): Promise<void> {
  if (walk.entriesLeft % 8192 === 0) {
    walk.failures += await foreseen(async () => void (await walk.fileSystem.find(folder, entry.name, signal)))
  }
  if (entry.facts === undefined) walk.failures++
  if (entry.facts?.kind === 'folder') await walkFolder(walk, entry.ref, depth + 1)
  if (entry.facts?.kind === 'file' && entry.facts.sizeBytes > 0) {
    walk.failures += await foreseen(() => readAll(walk, entry.ref))
  }
}

async function readAll(walk: Walk, ref: string): Promise<void> {
  await using file = await walk.fileSystem.open(ref, undefined, signal)
  for (const { start, end } of await file.allocated(signal)) {
    for (let offset = start; offset < end && walk.bytesLeft > 0; offset += pieceBytes) {
      const piece = walk.into.subarray(0, Math.min(pieceBytes, end - offset))
      walk.bytesLeft -= piece.length
      await file.read(offset, piece, signal)
    }
  }
}

/** How many failures: one or none. Whatever is no `Failure` comes through. */
async function foreseen(work: () => Promise<void>): Promise<number> {
  try {
    await work()
    return 0
  } catch (thrown) {
    if (!(thrown instanceof Failure) || isAbort(thrown)) throw thrown
    return 1
  }
}

/** Of this process alone: what `resourceUsage` says of a child begins with what its parent had. */
function peakBytes(): number {
  const peakKiB = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  return Number(peakKiB) * 1024
}

const [reader, image = '', seed] = process.argv.slice(2)
if (import.meta.main) process.stdout.write(JSON.stringify(await takeAll(reader as Reader, image, Number(seed))))
