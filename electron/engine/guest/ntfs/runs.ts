import { damaged, u8 } from './fields.ts'

/**
 * Where the clusters of a stream lie: run `i` begins with the stream's cluster `vcns[i]`, at the volume's cluster `lcns[i]`, or is a
 * hole where that is `hole`, and ends where the next begins. Flat, since a fragmented file has a million of them.
 */
export type Runs = {
  readonly vcns: readonly number[]
  readonly lcns: readonly number[]
  /** Clusters of the stream in all. */
  readonly end: number
}

export const hole = -1

export type Run = { readonly vcn: number; readonly lcn: number | typeof hole; readonly clusters: number }

/** What one attribute record maps: the packed list, of clusters `[firstVcn, endVcn)`. */
export type PackedRuns = { readonly firstVcn: number; readonly endVcn: number; readonly packed: Buffer }

type Growing = { readonly vcns: number[]; readonly lcns: number[]; end: number }

/**
 * The runs of a stream, which may be told by many records. Fails with `file-system-damaged` where they leave a gap, overlap, map
 * other than they say, or lie outside a volume of `volumeClusters`.
 */
export function unpackRuns(pieces: readonly PackedRuns[], volumeClusters: number): Runs {
  const runs: Growing = { vcns: [], lcns: [], end: 0 }
  const inOrder = [...pieces].sort((a, b) => a.firstVcn - b.firstVcn)
  for (const piece of inOrder) addRuns(runs, piece, volumeClusters)
  return runs
}

/** The same, one record after the other in the order of the stream. */
export function addRuns(runs: Growing, { firstVcn, endVcn, packed }: PackedRuns, volumeClusters: number): void {
  if (firstVcn !== runs.end) throw damaged(`runs go on at cluster ${firstVcn}, not at ${runs.end}`)
  for (const { lcn, clusters } of unpacked(packed)) {
    if (lcn !== hole && lcn + clusters > volumeClusters) throw damaged('a run lies behind the volume')
    runs.vcns.push(runs.end)
    runs.lcns.push(lcn)
    runs.end += clusters
    if (runs.end > endVcn) break
  }
  if (runs.end !== endVcn) throw damaged(`runs end at cluster ${runs.end}, not at ${endVcn}`)
}

/** Each run is a byte with the widths of the next two numbers, its length, and how far it lies from the one before (signed). */
function* unpacked(packed: Buffer): Generator<Omit<Run, 'vcn'>> {
  let lcn = 0
  for (let at = 0; ; ) {
    const head = u8(packed, at)
    if (head === 0) return
    const lengthWidth = head & 15
    const moveWidth = head >> 4
    const clusters = signed(packed, at + 1, lengthWidth)
    if (clusters <= 0) throw damaged(`a run of ${clusters} clusters`)
    lcn += signed(packed, at + 1 + lengthWidth, moveWidth)
    yield { lcn: moveWidth === 0 ? hole : needPlace(lcn), clusters }
    at += 1 + lengthWidth + moveWidth
  }
}

/** Below zero would else pass for a hole. */
function needPlace(lcn: number): number {
  if (lcn < 0) throw damaged('a run lies before the volume')
  return lcn
}

function signed(bytes: Buffer, at: number, width: number): number {
  if (width > 8) throw damaged(`a number of ${width} bytes in a list of runs`)
  if (width === 0) return 0
  if (at + width > bytes.length) throw damaged('a list of runs ends too early')
  if (width <= 6) return bytes.readIntLE(at, width)
  let value = 0n
  for (let i = width - 1; i >= 0; i--) value = (value << 8n) | BigInt(u8(bytes, at + i))
  const number = Number(BigInt.asIntN(width * 8, value))
  if (!Number.isSafeInteger(number)) throw damaged('a number in a list of runs is beyond every size')
  return number
}

/** The runs that hold clusters `[from, to)` of the stream, cut to them. `to` may not be behind the end. */
export function* runsBetween(runs: Runs, from: number, to: number): Generator<Run> {
  let index = runAt(runs, from)
  for (let vcn = from; vcn < to; index++) {
    const start = runs.vcns[index] ?? runs.end
    const end = Math.min(to, runs.vcns[index + 1] ?? runs.end)
    const lcn = runs.lcns[index] ?? hole
    if (end <= vcn) throw damaged(`nothing is mapped at cluster ${vcn}`)
    yield { vcn, lcn: lcn === hole ? hole : lcn + vcn - start, clusters: end - vcn }
    vcn = end
  }
}

/** The last run that begins at or before this cluster. */
function runAt(runs: Runs, vcn: number): number {
  let low = 0
  let high = runs.vcns.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((runs.vcns[middle] ?? 0) <= vcn) low = middle
    else high = middle - 1
  }
  return low
}

export function hasHoles(runs: Runs): boolean {
  return runs.lcns.includes(hole)
}
