import { fileKinds } from '../../../../shared/files.ts'

/**
 * How long what a folder holds under one name stays the same: intervals over the numbers of a volume's points, which stand in the
 * order of time. Pure: what is stored is what these functions answer.
 */

export const folderKind = fileKinds.indexOf('folder')

/** `kind` is a place in `fileKinds`. What makes two files of one name the same version; `modified` is milliseconds since 1970. */
export type Content = { readonly kind: number; readonly size: number; readonly modified: number | null }

/** In every listed point from `since` on and before `until`; open where that is undefined. */
export type Interval = Content & { readonly since: number; readonly until: number | undefined }

/** The listed points beside one that is being listed. */
export type Neighbours = { readonly before: number | undefined; readonly after: number | undefined }

export function isSame(one: Content, other: Content): boolean {
  return one.kind === other.kind && one.size === other.size && one.modified === other.modified
}

export function covers({ since, until }: Interval, point: number): boolean {
  return since <= point && (until === undefined || until > point)
}

/**
 * The intervals of one name (sorted, disjoint) so that `point`, which is not listed yet, has `content`; what the listed points
 * have stays as it is.
 */
export function withContent(
  intervals: readonly Interval[],
  point: number,
  content: Content | undefined,
  { before, after }: Neighbours,
): readonly Interval[] {
  const held = intervals.find((each) => covers(each, point))
  if (held !== undefined && content !== undefined && isSame(held, content)) return intervals
  const free = intervals.flatMap((each) => (each === held ? cut(each, point, { before, after }) : each))
  if (content === undefined) return free
  return joined([...free, { ...content, since: point, until: after }])
}

function cut(interval: Interval, point: number, { before, after }: Neighbours): readonly Interval[] {
  const left = before !== undefined && covers(interval, before) ? [{ ...interval, until: point }] : []
  const right = after !== undefined && covers(interval, after) ? [{ ...interval, since: after }] : []
  return [...left, ...right]
}

/** The same for whoever asks of listed points only (`listed` is ascending): what lies between them is left out. */
export function tidied(intervals: readonly Interval[], listed: readonly number[]): readonly Interval[] {
  const kept = intervals.flatMap((each): readonly Interval[] => {
    const since = firstFrom(listed, each.since)
    const until = each.until === undefined ? undefined : firstFrom(listed, each.until)
    const isSeen = since !== undefined && (until === undefined || since < until)
    return isSeen ? [{ ...each, since, until }] : []
  })
  return joined(kept)
}

function firstFrom(listed: readonly number[], from: number): number | undefined {
  let [low, high] = [0, listed.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((listed[middle] ?? 0) < from) low = middle + 1
    else high = middle
  }
  return listed[low]
}

/** Neighbours of the same content become one. */
function joined(intervals: readonly Interval[]): readonly Interval[] {
  const out: Interval[] = []
  for (const each of intervals.toSorted((a, b) => a.since - b.since)) {
    const last = out.at(-1)
    if (last !== undefined && last.until === each.since && isSame(last, each))
      out.splice(-1, 1, { ...last, until: each.until })
    else out.push(each)
  }
  return out
}

/** True where the name was gone from the point on at which the interval ends. */
export function isGone(intervals: readonly Interval[], at: number): boolean {
  const until = intervals[at]?.until
  return until !== undefined && intervals[at + 1]?.since !== until
}
