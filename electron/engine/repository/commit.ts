import { Failure } from '../../../shared/failure.ts'
import type { Point } from '../../../shared/point.ts'
import { appendEntry } from './append.ts'
import { toHex } from './format/bytes.ts'
import type { EntryBody } from './format/entry.ts'
import { type Manifest, manifestPath, sealManifest } from './format/manifest.ts'
import { nameOf, objectSaltBytes } from './format/object.ts'
import type { OnSent } from './holdings.ts'
import type { Parts } from './parts.ts'
import { toPoint } from './point-list.ts'
import type { DraftNumbers, PointFacts } from './repository.ts'
import { Tracer } from './trace.ts'

/** What a draft knows when all its packs are durable. */
export type CommitOrder = {
  readonly facts: PointFacts
  /** Map roots by the names of the disks. */
  readonly roots: ReadonlyMap<string, Uint8Array>
  readonly numbers: () => DraftNumbers
  readonly onSent: OnSent
  /** Of the lease under which the draft was written. */
  readonly fence: number
  /** How many objects had been swept when the draft began: nothing that it relies on was among them. */
  readonly sweptBefore: number
}

/**
 * Index → manifest → ledger, each durable before the next (I1). One commit of a repository at a time. Fails with `lease-lost`
 * when the lease was released by somebody else, or when something that the point needs was swept, and with `object-conflict`
 * when the repository has a point of this id, in the trash or out of it: another engine copied it first.
 */
export function commitPoint(parts: Parts, order: CommitOrder, signal: AbortSignal): Promise<Point> {
  return parts.turns.run(() => commitInTurn(parts, order, signal))
}

async function commitInTurn(parts: Parts, order: CommitOrder, signal: AbortSignal): Promise<Point> {
  const { holdings, id, keys, points, plants, random, store } = parts
  const { facts, onSent } = order
  if (!plants.has('index-late')) await holdings.index(onSent, signal)
  const manifest = toManifest(order)
  const bytes = sealManifest(keys, random(objectSaltBytes), manifest)
  const name = nameOf(bytes)
  const append = () => appendEntry(parts, () => pointEntry(parts, order, name, manifest, signal), signal, onSent)
  if (plants.has('ledger-first')) await append()
  await store.put(manifestPath(name), bytes, signal)
  onSent(bytes.length, true)
  if (!plants.has('ledger-first')) await append()
  if (plants.has('index-late')) await holdings.index(onSent, signal)
  const point = toPoint(id, manifest)
  points.add({ id: facts.id, manifest: name, point, problem: undefined })
  return point
}

/** Asked when everything before the entry is known: what is checked here holds at the entry's place in the ledger. */
async function pointEntry(
  parts: Parts,
  { facts, fence, onSent, sweptBefore }: CommitOrder,
  name: string,
  manifest: Manifest,
  signal: AbortSignal,
): Promise<EntryBody> {
  const { holdings, leases, ledger, plants } = parts
  leases.need(fence)
  if (ledger.state.points.has(facts.id)) throw new Failure('object-conflict', `Point ${facts.id} is there already`)
  const isSwept = ledger.state.swept.size !== sweptBefore && !plants.has('no-recheck')
  if (isSwept) await needAll(parts, manifest, manifestPath(name), signal)
  const indexes = plants.has('index-late') ? [] : await holdings.index(onSent, signal)
  return { kind: 'point', pointId: facts.id, manifest: name, indexes: [...indexes], fence }
}

/** Every chunk and every page of the point must still lie somewhere. */
async function needAll(parts: Parts, manifest: Manifest, path: string, signal: AbortSignal): Promise<void> {
  const tracer = new Tracer(parts, () => undefined)
  const [lost] = await tracer.damageOf(manifest, signal)
  const isGone = parts.ledger.state.isSwept(path)
  if (lost === undefined && !isGone) return
  const what = lost === undefined ? path : lost.object
  throw new Failure('lease-lost', `${what} was cleared away while the point was being made`)
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
