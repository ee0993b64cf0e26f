import { Failure } from '../../../../shared/failure.ts'
import { readAt } from '../bytes.ts'
import { clusterAt, type Heap, runsOf, type Start } from './chain.ts'

const pieceBytes = 64 * 1024

/** A piece of a folder, and where it lies on the volume. */
export type FolderPiece = { readonly bytes: Buffer; readonly at: number }

/** A folder's bytes in order, piece by piece. Fails with `file-system-damaged` where it is longer than one may be. */
export async function* folderPieces(
  heap: Heap,
  start: Start,
  longestBytes: number,
  signal: AbortSignal,
): AsyncGenerator<FolderPiece> {
  const most = Math.ceil(longestBytes / heap.clusterBytes)
  let clusters = 0
  for await (const { cluster, count } of runsOf(heap, start, most + 1, signal)) {
    clusters += count
    if (clusters > most) throw new Failure('file-system-damaged', 'A folder is longer than one can be')
    const first = clusterAt(heap, cluster)
    const end = first + count * heap.clusterBytes
    for (let at = first; at < end; at += pieceBytes) {
      signal.throwIfAborted()
      yield { bytes: await readAt(heap.disk, at, Math.min(pieceBytes, end - at), signal), at }
    }
  }
}
