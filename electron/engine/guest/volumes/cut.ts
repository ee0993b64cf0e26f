/** A partition as a table tells it. */
export type Cut = {
  /** As Linux counts: the entry's place in the table, logical partitions from 5 on. */
  readonly number: number
  readonly name: string | undefined
  readonly start: number
  readonly end: number
  /** Why it cannot be one: then its bounds are not to be used. */
  readonly wrong?: string
}

type Bounds = Pick<Cut, 'start' | 'end' | 'wrong'>

/** Sectors to bytes; what does not lie on the disk is told as wrong. */
export function boundsOf(
  first: number | undefined,
  end: number | undefined,
  sectorBytes: number,
  diskBytes: number,
): Bounds {
  if (first === undefined || end === undefined || first < 1 || end <= first || end * sectorBytes > diskBytes) {
    return { start: 0, end: 0, wrong: 'the partition table puts it where there is no disk' }
  }
  return { start: first * sectorBytes, end: end * sectorBytes }
}

/** Partitions that share bytes are none: which of them is right cannot be told, so both are wrong. */
export function withoutOverlaps(cuts: readonly Cut[]): readonly Cut[] {
  const sorted = cuts.filter(({ wrong }) => wrong === undefined).toSorted((a, b) => a.start - b.start)
  const clashing = new Set<number>()
  let widest = sorted[0]
  for (const cut of sorted.slice(1)) {
    if (widest !== undefined && cut.start < widest.end) clashing.add(cut.number).add(widest.number)
    if (widest === undefined || cut.end > widest.end) widest = cut
  }
  return cuts.map((cut) =>
    clashing.has(cut.number) ? { ...cut, wrong: 'the partition table lets it overlap another partition' } : cut,
  )
}
