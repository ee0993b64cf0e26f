import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { clip, type Extents, union } from '../../disk/extents.ts'
import { needOnDisk } from '../../disk/range.ts'
import type { Attribute, NonResident, Resident, StreamSizes } from './attribute.ts'
import { damaged } from './fields.ts'
import { unpackLznt1 } from './lznt1.ts'
import { type Medium, readRuns } from './medium.ts'
import { hole, type Run, type Runs, runsBetween, unpackRuns } from './runs.ts'

/** A stream with all of its records put together. */
export type Stream = {
  readonly sizes: StreamSizes
  readonly content:
    | { readonly kind: 'resident'; readonly value: Buffer }
    | { readonly kind: 'plain' | 'compressed' | 'encrypted'; readonly runs: Runs }
}

/** Of the records of one stream, in any order. Fails with `file-system-damaged` where they do not make one. */
export function joinStream(medium: Medium, records: readonly Attribute[]): Stream {
  const resident = records.find((record): record is Resident => record.kind === 'resident')
  const others = records.filter((record): record is NonResident => record.kind === 'non-resident')
  const first = others.find(({ firstVcn }) => firstVcn === 0)
  if (resident !== undefined && records.length === 1) return residentStream(resident.value)
  if (resident !== undefined || first?.sizes === undefined) throw damaged('records that make no stream')
  const runs = unpackRuns(others, medium.geometry.clusters)
  const { sizes } = first
  if (runs.end * medium.geometry.clusterBytes < sizes.sizeBytes) throw damaged('a stream is longer than what it maps')
  if (first.isEncrypted) return { sizes, content: { kind: 'encrypted', runs } }
  return { sizes, content: { kind: first.isCompressed ? 'compressed' : 'plain', runs } }
}

function residentStream(value: Buffer): Stream {
  const sizeBytes = value.length
  const sizes = { allocatedBytes: 0, sizeBytes, initializedBytes: sizeBytes, unitClusters: 1, takenBytes: 0 }
  return { sizes, content: { kind: 'resident', value } }
}

/** The bytes of a stream. Fails with `volume-unsupported` where they are encrypted. */
export function streamDisk(medium: Medium, { sizes, content }: Stream): ReadableDisk {
  if (content.kind === 'encrypted') throw new Failure('volume-unsupported', 'encrypted by the guest (EFS)')
  const { sizeBytes, initializedBytes } = sizes
  return {
    sizeBytes,
    async read(offset, into, signal) {
      signal.throwIfAborted()
      needOnDisk(sizeBytes, offset, into.length)
      const written = into.subarray(0, Math.max(0, Math.min(into.length, initializedBytes - offset)))
      into.fill(0, written.length)
      if (content.kind === 'resident') written.set(content.value.subarray(offset, offset + written.length))
      else if (content.kind === 'plain') await readRuns(medium, content.runs, offset, written, signal)
      else await readUnits(medium, { sizes, runs: content.runs }, offset, written, signal)
    },
    async allocated(signal) {
      signal.throwIfAborted()
      if (content.kind === 'resident') return union([{ start: 0, end: sizeBytes }])
      return clip(
        takenExtents(content.runs, sizes.unitClusters * medium.geometry.clusterBytes, medium),
        initializedBytes,
      )
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** What is not a hole, in whole units: of a packed one only the beginning is mapped. */
function takenExtents({ vcns, lcns, end }: Runs, unitBytes: number, { geometry: { clusterBytes } }: Medium): Extents {
  const ranges = vcns.map((vcn, index) => ({
    start: Math.floor((vcn * clusterBytes) / unitBytes) * unitBytes,
    end: lcns[index] === hole ? 0 : Math.ceil(((vcns[index + 1] ?? end) * clusterBytes) / unitBytes) * unitBytes,
  }))
  return union(ranges)
}

type Packed = { readonly sizes: StreamSizes; readonly runs: Runs }

async function readUnits(medium: Medium, packed: Packed, offset: number, into: Uint8Array, signal: AbortSignal) {
  const unitBytes = packed.sizes.unitClusters * medium.geometry.clusterBytes
  const end = offset + into.length
  for (let start = Math.floor(offset / unitBytes) * unitBytes; start < end; start += unitBytes) {
    const unit = await readUnit(medium, packed, start, signal)
    const from = Math.max(start, offset)
    if (unit === undefined) into.fill(0, from - offset, Math.min(start + unitBytes, end) - offset)
    else into.set(unit.subarray(from - start, end - start), from - offset)
  }
}

/**
 * One unit of a compressed stream: all clusters there means as it stands, none zeroes, some that they hold it packed, as do
 * those of a last unit that is mapped shorter. Undefined for zeroes.
 */
async function readUnit(medium: Medium, { sizes, runs }: Packed, start: number, signal: AbortSignal) {
  const { clusterBytes } = medium.geometry
  const from = start / clusterBytes
  const to = Math.min(runs.end, from + sizes.unitClusters)
  const mapped = mappedClusters([...runsBetween(runs, from, to)])
  if (mapped === 0) return undefined
  const bytes = Buffer.alloc(mapped * clusterBytes)
  await readRuns(medium, runs, start, bytes, signal)
  return mapped === sizes.unitClusters ? bytes : unpackLznt1(bytes, sizes.unitClusters * clusterBytes)
}

function mappedClusters(runs: readonly Run[]): number {
  let mapped = 0
  for (const [index, { lcn, clusters }] of runs.entries()) {
    if (lcn === hole) continue
    if (runs[index - 1]?.lcn === hole) throw damaged('a packed unit begins with a hole')
    mapped += clusters
  }
  return mapped
}

/** All of a stream that may have at most `mostBytes`. */
export async function readStream(
  medium: Medium,
  stream: Stream,
  mostBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  if (stream.sizes.sizeBytes > mostBytes)
    throw damaged(`${stream.sizes.sizeBytes} bytes where ${mostBytes} are the most`)
  const bytes = Buffer.alloc(stream.sizes.sizeBytes)
  await streamDisk(medium, stream).read(0, bytes, signal)
  return bytes
}
