import { alignTo, cut, type Extent, type Extents } from '../disk/extents.ts'
import { groupById, type MappedChunk, mappedChunks } from './chunk-list.ts'
import type { DiskMap } from './format/map.ts'
import type { Parts } from './parts.ts'
import { readAhead } from './read-ahead.ts'
import type { Opened } from './reader.ts'
import type { DiskBatch } from './repository.ts'
import { planRuns, planStretches } from './runs.ts'

/** Chunks that are planned at once: 8 GiB of disk, some 20 MiB of plan. */
const chunksPerWindow = 65_536

/** Every chunk within `within` that is not zero: window by window of the disk, within a window in the order of packs. */
export async function* scanDisk(
  parts: Parts,
  map: DiskMap,
  within: Extents,
  signal: AbortSignal,
): AsyncGenerator<DiskBatch> {
  const { config, pool, reader } = parts
  const width = pool.threads * 2 + 2
  const windowBytes = chunksPerWindow * config.chunkBytes
  for (const window of cut(alignTo(within, config.chunkBytes), windowBytes)) {
    const runs = planRuns(await wantedIn(parts, map, window, signal))
    const work = planStretches(runs).flatMap((stretch) => reader.openers(stretch, signal))
    for await (const opened of readAhead(work, width)) {
      yield* batches(opened, config.chunkBytes)
    }
  }
}

async function wantedIn({ config, reader }: Parts, map: DiskMap, window: Extent, signal: AbortSignal) {
  const chunks: MappedChunk[] = []
  const from = window.start / config.chunkBytes
  const to = window.end / config.chunkBytes
  for await (const chunk of mappedChunks(map, from, to, reader.pages(signal))) chunks.push(chunk)
  return groupById(chunks).map(({ id, chunks: numbers }) => reader.want(id, numbers))
}

/** Chunks that are neighbours on the disk and were opened side by side become one batch. */
function* batches(opened: readonly Opened[], chunkBytes: number): Generator<DiskBatch> {
  let last: DiskBatch | undefined
  for (const { chunks, bytes } of opened) {
    for (const chunk of chunks) {
      const next = { offset: chunk * chunkBytes, bytes }
      const joined = last === undefined ? undefined : join(last, next)
      if (last !== undefined && joined === undefined) yield last
      last = joined ?? next
    }
  }
  if (last !== undefined) yield last
}

function join(a: DiskBatch, b: DiskBatch): DiskBatch | undefined {
  const isOnDisk = a.offset + a.bytes.length === b.offset
  const isInMemory = a.bytes.buffer === b.bytes.buffer && a.bytes.byteOffset + a.bytes.length === b.bytes.byteOffset
  if (!isOnDisk || !isInMemory) return undefined
  return {
    offset: a.offset,
    bytes: new Uint8Array(a.bytes.buffer, a.bytes.byteOffset, a.bytes.length + b.bytes.length),
  }
}
