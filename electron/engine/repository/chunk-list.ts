import { idBytes } from '../chunk/chunk.ts'
import { toHex } from './format/bytes.ts'
import { type DiskMap, idAt, idsPerPage, isZeroId, type LoadPage, leaves } from './format/map.ts'

export type MappedChunk = { readonly chunk: number; readonly id: Uint8Array }

/** Every chunk of `[from, to)` that is not zero, in order. Pages are loaded as they are reached. */
export async function* mappedChunks(
  map: DiskMap,
  from: number,
  to: number,
  load: LoadPage,
): AsyncGenerator<MappedChunk> {
  const pages = [Math.floor(from / idsPerPage), Math.ceil(to / idsPerPage)] as const
  for await (const { page, ids } of leaves(map, ...pages, load)) {
    const first = page * idsPerPage
    const end = Math.min(to - first, ids.length / idBytes)
    for (let at = Math.max(0, from - first); at < end; at++) {
      const id = idAt(ids, at)
      if (!isZeroId(id)) yield { chunk: first + at, id }
    }
  }
}

/** Chunks that are alike, each id once with all the places where it stands. */
export function groupById(
  chunks: Iterable<MappedChunk>,
): readonly { readonly id: Uint8Array; readonly chunks: number[] }[] {
  const groups = new Map<string, { readonly id: Uint8Array; readonly chunks: number[] }>()
  for (const { chunk, id } of chunks) {
    const key = toHex(id)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, { id, chunks: [chunk] })
    else group.chunks.push(chunk)
  }
  return [...groups.values()]
}
