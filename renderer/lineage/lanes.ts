import type { LineageNode } from './lineage.ts'

/** Where a node stands in the list: newest first, the live line in lane 0, branches to the right of it. */
export type Row = {
  readonly node: LineageNode
  readonly lane: number
  /** The pieces of line that go down from this row, whether they start at its node or only pass it. */
  readonly lines: readonly Line[]
  /** Nothing grew from it, and the machine left it behind: the end of a branch. */
  readonly branchTip: boolean
}

/** A piece of line from the middle of a row to the middle of the row below it. */
export type Line = { readonly from: number; readonly to: number; readonly live: boolean }

export type Layout = { readonly rows: readonly Row[]; readonly lanes: number }

/** A line of nodes that stands in one lane, newest first, as rows; below the last of them it runs on to `parentRow`. */
type Chain = { readonly rows: readonly number[]; readonly parentRow: number | undefined; readonly live: boolean }

/** `nodes` as `lineageOf` gives them: oldest first. The same nodes always give the same layout. */
export function layOut(nodes: readonly LineageNode[]): Layout {
  const newestFirst = nodes.toReversed()
  const rowOf = (index: number): number => nodes.length - 1 - index
  const parents = newestFirst.map(({ parent }) => (parent === undefined ? undefined : rowOf(parent)))
  const chains = chainsOf(newestFirst, parents)
  const laneOfChain = lanesFor(chains)
  const laneOf = new Array<number>(nodes.length).fill(0)
  for (const [at, { rows }] of chains.entries()) for (const row of rows) laneOf[row] = laneOfChain[at] ?? 0
  const lines = linesOf(chains, laneOfChain, laneOf, nodes.length)
  const tips = new Set(chains.filter(({ live }) => !live).map(({ rows }) => rows[0]))
  const rows = newestFirst.map((node, row) => ({
    node,
    lane: laneOf[row] ?? 0,
    lines: lines[row] ?? [],
    branchTip: tips.has(row),
  }))
  return { rows, lanes: Math.max(1, ...laneOfChain.map((lane) => lane + 1)) }
}

/** Each node goes on in the chain of its newest child; the live line is one chain, whatever else grew from it later. */
function chainsOf(rows: readonly LineageNode[], parents: readonly (number | undefined)[]): readonly Chain[] {
  const continued = continuations(rows, parents)
  const chains: Chain[] = []
  for (const [tip, node] of rows.entries()) {
    if (continued.has(tip)) continue
    const chain = [tip]
    let at = tip
    let below = parents[at]
    while (below !== undefined && continued.get(below) === at) {
      chain.push(below)
      at = below
      below = parents[at]
    }
    chains.push({ rows: chain, parentRow: below, live: node.live })
  }
  return chains
}

/** Which child (a row above) each row's line comes from. */
function continuations(
  rows: readonly LineageNode[],
  parents: readonly (number | undefined)[],
): ReadonlyMap<number, number> {
  const continued = new Map<number, number>()
  for (const [row, parent] of parents.entries()) {
    if (parent === undefined) continue
    const isLive = rows[row]?.live === true
    if (isLive || (!continued.has(parent) && rows[parent]?.live !== true)) continued.set(parent, row)
  }
  return continued
}

/** Live chains stand in lane 0; each other one in the first lane that is free from its tip down to its parent's row. */
function lanesFor(chains: readonly Chain[]): readonly number[] {
  const busyUntil: number[] = []
  return chains.map(({ rows, parentRow, live }) => {
    if (live) return 0
    const tip = rows[0] ?? 0
    const end = parentRow ?? rows.at(-1) ?? tip
    const free = busyUntil.findIndex((until) => until < tip)
    const lane = free === -1 ? busyUntil.length : free
    busyUntil[lane] = end
    return lane + 1
  })
}

function linesOf(
  chains: readonly Chain[],
  laneOfChain: readonly number[],
  laneOf: readonly number[],
  count: number,
): readonly (readonly Line[])[] {
  const lines: Line[][] = Array.from({ length: count }, () => [])
  for (const [at, { rows, parentRow, live }] of chains.entries()) {
    const lane = laneOfChain[at] ?? 0
    const end = parentRow ?? rows.at(-1) ?? 0
    for (let row = rows[0] ?? 0; row < end; row++) {
      const to = row + 1 === parentRow ? (laneOf[parentRow] ?? 0) : lane
      lines[row]?.push({ from: lane, to, live })
    }
  }
  return lines
}
