import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import { forEachParallel } from '../base/parallel.ts'
import { indexPath, leastBytesPerRecord } from './format/index.ts'
import type { Core } from './parts.ts'

const mostAtOnce = 16
/** Of stored indexes under way at once; opened, each takes as much again. */
const underWayBytes = 16 * MiB
/** As large as a writer makes them. */
const largeBytes = 12 * MiB
/** Fewer are read faster than they are listed. */
const manyIndexes = 8

/**
 * Reads indexes that nobody has looked at: many small ones at once, of large ones few, so that neither a far store nor a large
 * repository is dear. How large they are is taken from a list, which is a hint: what it leaves out counts as large, and costs
 * nothing but time; so does a store whose credentials may not list.
 */
export async function learnIndexes(core: Core, names: readonly string[], signal: AbortSignal): Promise<void> {
  const { holdings } = core
  const sizes = names.length < manyIndexes ? new Map<string, number>() : await listedSizes(core, names, signal)
  const listed = [...sizes.values()].reduce((sum, bytes) => sum + Math.min(bytes, largeBytes), 0)
  holdings.places.reserve(Math.floor(listed / leastBytesPerRecord))
  let bytes = 0
  const room = (): number => (bytes < underWayBytes ? mostAtOnce : 1)
  await forEachParallel(names, room, async (name) => {
    const size = sizes.get(indexPath(name)) ?? largeBytes
    bytes += size
    await holdings.learn(name, signal)
    bytes -= size
  })
}

async function listedSizes(
  { store }: Core,
  names: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const wanted = new Set(names.map(indexPath))
  const sizes = new Map<string, number>()
  try {
    for await (const { name, sizeBytes } of store.list(indexPath(''), signal)) {
      if (wanted.has(name)) sizes.set(name, sizeBytes)
    }
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
  }
  return sizes
}
