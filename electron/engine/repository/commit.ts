import type { Point } from '../../../shared/point.ts'
import { catchUp } from './catch-up.ts'
import { toHex } from './format/bytes.ts'
import { type Manifest, manifestPath, sealManifest } from './format/manifest.ts'
import { nameOf, objectSaltBytes } from './format/object.ts'
import type { OnSent } from './holdings.ts'
import type { Parts } from './parts.ts'
import { toPoint } from './point-list.ts'
import type { DraftNumbers, PointFacts } from './repository.ts'

/** What a draft knows when all its packs are durable. */
export type CommitOrder = {
  readonly facts: PointFacts
  /** Map roots by the names of the disks. */
  readonly roots: ReadonlyMap<string, Uint8Array>
  readonly numbers: () => DraftNumbers
  readonly onSent: OnSent
}

/** Index → manifest → ledger, each durable before the next (I1). One commit of a repository at a time. */
export function commitPoint(parts: Parts, order: CommitOrder, signal: AbortSignal): Promise<Point> {
  return parts.turns.run(() => commitInTurn(parts, order, signal))
}

async function commitInTurn(parts: Parts, order: CommitOrder, signal: AbortSignal): Promise<Point> {
  const { holdings, id, keys, points, plants, random, store } = parts
  const { facts, onSent } = order
  const isLate = plants.has('index-late')
  const indexes = isLate ? [] : await holdings.index(onSent, signal)
  const manifest = toManifest(order)
  const bytes = sealManifest(keys, random(objectSaltBytes), manifest)
  const name = nameOf(bytes)
  if (plants.has('ledger-first')) await append(parts, order, name, indexes, signal)
  await store.put(manifestPath(name), bytes, signal)
  onSent(bytes.length, true)
  if (!plants.has('ledger-first')) await append(parts, order, name, indexes, signal)
  if (isLate) await holdings.index(onSent, signal)
  holdings.named(indexes)
  const point = toPoint(id, manifest)
  points.add({ id: facts.id, manifest: name, point, problem: undefined })
  return point
}

async function append(
  parts: Parts,
  { facts, onSent }: CommitOrder,
  manifest: string,
  indexes: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const at = parts.clock.now()
  const entry = { version: 1, at, kind: 'point', pointId: facts.id, manifest, indexes: [...indexes] } as const
  await parts.ledger.append(
    (number, previous) => ({ ...entry, indexes: [...indexes], number, previous }),
    () => catchUp(parts, signal),
    onSent,
    signal,
  )
}

function toManifest({ facts, roots, numbers }: CommitOrder): Manifest {
  const { id: pointId, disks, attachments, ...rest } = facts
  return {
    version: 1,
    ...rest,
    pointId,
    attachments,
    disks: disks.map((disk) => ({ ...disk, mapRoot: toHex(rootOf(roots, disk.name)) })),
    ...numbers(),
  }
}

function rootOf(roots: ReadonlyMap<string, Uint8Array>, name: string): Uint8Array {
  const root = roots.get(name)
  if (root === undefined) throw new RangeError(`${name} is in the facts and was never added`)
  return root
}
