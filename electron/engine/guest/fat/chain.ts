import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { type TablePlace, TableWindow } from './table.ts'

/** Where clusters lie: FAT and exFAT count them alike. */
export type Heap = {
  readonly disk: ReadableDisk
  /** Of cluster 2. */
  readonly dataAt: number
  readonly clusterBytes: number
  readonly clusters: number
  readonly table: TablePlace
}

/** Clusters that lie behind each other. */
export type ClusterRun = { readonly cluster: number; readonly count: number }

/** What holds a file or a folder: a chain in the table, or `count` clusters in a row that the table says nothing of. */
export type Start = { readonly cluster: number; readonly inARow: number | undefined }

const longestRun = 4096

/**
 * The clusters of a chain in order, at most `limit`. Fails with `file-system-damaged` for what is no cluster and for a chain that
 * comes back to itself (Brent's way: a cluster is remembered, twice as long each time).
 */
export async function* runsOf(
  heap: Heap,
  start: Start,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<ClusterRun> {
  needCluster(heap, start.cluster)
  if (start.inARow !== undefined) {
    needCluster(heap, start.cluster + start.inARow - 1)
    yield { cluster: start.cluster, count: Math.min(start.inARow, limit) }
    return
  }
  const window = new TableWindow(heap.table)
  let run = { cluster: start.cluster, count: 1 }
  let mark = { cluster: start.cluster, at: 1 }
  for (let seen = 1; seen < limit; seen++) {
    const next = await window.next(run.cluster + run.count - 1, signal)
    if (next === undefined) break
    if (next === mark.cluster)
      throw new Failure('file-system-damaged', `The chain of cluster ${start.cluster} has no end`)
    if (seen >= mark.at * 2) mark = { cluster: next, at: seen }
    if (next === run.cluster + run.count && run.count < longestRun) run = { ...run, count: run.count + 1 }
    else {
      yield run
      run = { cluster: next, count: 1 }
    }
  }
  yield run
}

export function clusterAt(heap: Heap, cluster: number): number {
  return heap.dataAt + (cluster - 2) * heap.clusterBytes
}

function needCluster(heap: Heap, cluster: number): void {
  if (cluster >= 2 && cluster < heap.clusters + 2) return
  throw new Failure('file-system-damaged', `There is no cluster ${cluster}`)
}
