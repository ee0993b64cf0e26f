import type { ReadableDisk } from '../../disk/disk.ts'
import type { Geometry } from './boot.ts'
import { damaged } from './fields.ts'
import { hole, type Runs, runsBetween } from './runs.ts'

/** The bytes of the volume and how they are counted. */
export type Medium = { readonly disk: ReadableDisk; readonly geometry: Geometry }

/** Reads of the volume itself. Fails with `file-system-damaged` behind its end: of a disk that was cut off, or of a lie. */
export async function readMedium(medium: Medium, offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
  if (offset + into.length > medium.disk.sizeBytes) throw damaged(`byte ${offset} lies behind the end of the disk`)
  await medium.disk.read(offset, into, signal)
}

/** Reads bytes of a stream through its runs; holes are zeroes. All of `into` must lie within the runs. */
export async function readRuns(
  medium: Medium,
  runs: Runs,
  offset: number,
  into: Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { clusterBytes } = medium.geometry
  const end = offset + into.length
  for (const { vcn, lcn, clusters } of runsBetween(
    runs,
    Math.floor(offset / clusterBytes),
    Math.ceil(end / clusterBytes),
  )) {
    const from = Math.max(offset, vcn * clusterBytes)
    const to = Math.min(end, (vcn + clusters) * clusterBytes)
    const piece = into.subarray(from - offset, to - offset)
    if (lcn === hole) piece.fill(0)
    else await readMedium(medium, lcn * clusterBytes + from - vcn * clusterBytes, piece, signal)
  }
}
