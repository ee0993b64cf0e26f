/** Half-open byte range `[start, end)`. */
export type Extent = { readonly start: number; readonly end: number }

/** Sorted, disjoint, never touching. Every function here takes and gives extents in this form. */
export type Extents = readonly Extent[]

/** The form above of ranges in any order that may overlap, touch or be empty. */
export function union(ranges: Iterable<Extent>): Extents {
  const sorted = [...ranges].sort((a, b) => a.start - b.start)
  const joined: Extent[] = []
  for (const { start, end } of sorted) {
    const last = joined.at(-1)
    if (end <= start) continue
    if (last === undefined || start > last.end) joined.push({ start, end })
    else if (end > last.end) joined[joined.length - 1] = { start: last.start, end }
  }
  return joined
}

/** Widens every extent to borders of `grainBytes`. The last may then end behind the disk: `clip` it. */
export function alignTo(extents: Extents, grainBytes: number): Extents {
  return union(
    extents.map(({ start, end }) => ({
      start: Math.floor(start / grainBytes) * grainBytes,
      end: Math.ceil(end / grainBytes) * grainBytes,
    })),
  )
}

/** What lies before `sizeBytes`. */
export function clip(extents: Extents, sizeBytes: number): Extents {
  return intersect(extents, [{ start: 0, end: sizeBytes }])
}

/** What lies in both. */
export function intersect(a: Extents, b: Extents): Extents {
  const both: Extent[] = []
  for (let i = 0, j = 0; ; ) {
    const left = a[i]
    const right = b[j]
    if (left === undefined || right === undefined) return both
    const start = Math.max(left.start, right.start)
    const end = Math.min(left.end, right.end)
    if (start < end) both.push({ start, end })
    if (left.end < right.end) i++
    else j++
  }
}

/** What lies in `a` and not in `b`. */
export function subtract(a: Extents, b: Extents): Extents {
  return intersect(a, gaps(b))
}

function gaps(extents: Extents): Extents {
  const between: Extent[] = []
  let start = 0
  for (const extent of extents) {
    if (extent.start > start) between.push({ start, end: extent.start })
    start = extent.end
  }
  return [...between, { start, end: Number.POSITIVE_INFINITY }]
}

/** Bytes in all extents together. */
export function total(extents: Extents): number {
  return extents.reduce((sum, { start, end }) => sum + end - start, 0)
}

/** Ranges in order that each lie between two neighbouring multiples of `pieceBytes`; together they are `extents`. */
export function* cut(extents: Iterable<Extent>, pieceBytes: number): Generator<Extent> {
  for (const extent of extents) {
    for (let start = extent.start; start < extent.end; ) {
      const end = Math.min(extent.end, (Math.floor(start / pieceBytes) + 1) * pieceBytes)
      yield { start, end }
      start = end
    }
  }
}
