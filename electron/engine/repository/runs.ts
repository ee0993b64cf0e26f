import { MiB } from '../../../shared/units.ts'
import type { RecordPlace } from '../chunk/chunk.ts'
import { tagBytes } from './format/pack.ts'

/** A record that is wanted, and what for: chunk numbers of a disk, more than one where chunks are alike. */
export type Wanted = { readonly id: Uint8Array; readonly place: RecordPlace; readonly chunks: readonly number[] }

/** Neighbouring records of one pack, to be read at once: `[start, end)` of the pack. */
export type Run = {
  readonly pack: number
  readonly start: number
  readonly end: number
  readonly records: readonly Wanted[]
}

/** Runs that lie one after the other in a pack: they are read at once and opened one by one. */
export type Stretch = Omit<Run, 'records'> & { readonly runs: readonly Run[] }

/** Limits of what is opened at once, sealed and opened: highly compressible chunks open to far more than was read. */
const sealedLimit = 2 * MiB
const rawLimit = 2 * MiB
/** Of one read. A request to a bucket costs some milliseconds of processor time, however much it asks for. */
const stretchLimit = 4 * MiB
/** Reading on over what is not wanted costs less than another read. */
const gapLimit = 32 * 1024

/** Sorts by pack and offset and joins what lies near. */
export function planRuns(wanted: readonly Wanted[]): readonly Run[] {
  const sorted = wanted.toSorted((a, b) => a.place.pack - b.place.pack || a.place.offset - b.place.offset)
  const runs: Run[] = []
  let records: Wanted[] = []
  for (const each of sorted) {
    if (!fits(records, each)) {
      runs.push(...toRun(records))
      records = []
    }
    records.push(each)
  }
  return [...runs, ...toRun(records)]
}

/** `runs` as `planRuns` gives them. */
export function planStretches(runs: readonly Run[]): readonly Stretch[] {
  const stretches: { pack: number; start: number; end: number; runs: Run[] }[] = []
  for (const run of runs) {
    const last = stretches.at(-1)
    const isNear = last?.pack === run.pack && run.start - last.end <= gapLimit
    if (last === undefined || !isNear || run.end - last.start > stretchLimit) {
      stretches.push({ pack: run.pack, start: run.start, end: run.end, runs: [run] })
    } else {
      last.runs.push(run)
      last.end = run.end
    }
  }
  return stretches
}

function fits(records: readonly Wanted[], next: Wanted): boolean {
  const first = records[0]
  const last = records.at(-1)
  if (first === undefined || last === undefined || last.place.pack !== next.place.pack) return false
  const rawBytes = records.reduce((sum, { place }) => sum + place.rawBytes, next.place.rawBytes)
  const isNear = next.place.offset - endOf(last) <= gapLimit
  return isNear && rawBytes <= rawLimit && endOf(next) - first.place.offset <= sealedLimit
}

function toRun(records: readonly Wanted[]): readonly Run[] {
  const first = records[0]
  const last = records.at(-1)
  if (first === undefined || last === undefined) return []
  return [{ pack: first.place.pack, start: first.place.offset, end: endOf(last), records }]
}

function endOf({ place }: Wanted): number {
  return place.offset + place.storedBytes + tagBytes
}
