import { forEachParallel } from '../base/parallel.ts'
import type { Entry } from './format/entry.ts'
import type { Parts } from './parts.ts'
import type { ListedPoint } from './point-list.ts'

type PointEntry = Extract<Entry, { kind: 'point' }>

const readsAtOnce = 16

/**
 * Takes in what the ledger read and nobody has looked at: indexes first, since points rely on them. What fails stays to be
 * taken in the next time. The caller has the turn.
 */
export async function catchUp(parts: Parts, signal: AbortSignal): Promise<void> {
  const { holdings, ledger, points } = parts
  const taken = ledger.news.length
  const entries = ledger.news.filter((entry): entry is PointEntry => entry.kind === 'point')
  const indexes = entries.flatMap((entry) => entry.indexes)
  await forEachParallel(indexes, readsAtOnce, (name) => holdings.learn(name, signal))
  holdings.named(indexes)
  const listed = new Map<string, ListedPoint>()
  await forEachParallel(entries, readsAtOnce, async ({ pointId, manifest }) => {
    listed.set(pointId, await points.read(pointId, manifest, signal))
  })
  for (const { pointId } of entries) {
    const point = listed.get(pointId)
    if (point !== undefined) points.add(point)
  }
  ledger.news.splice(0, taken)
}
