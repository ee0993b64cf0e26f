import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { LockRule, LockTruth } from '../../../shared/repository.ts'
import { forEachParallel } from '../base/parallel.ts'
import type { StoreLocks } from '../store/store.ts'
import { appendEntry } from './append.ts'
import { entryName } from './format/entry.ts'
import { indexPath, packPath } from './format/index.ts'
import { type Manifest, manifestPath } from './format/manifest.ts'
import { LeastBelow } from './least-below.ts'
import { LockLook } from './lock-look.ts'
import type { Parts } from './parts.ts'
import { needWritable } from './read-only.ts'
import type { LockReport, OnRead } from './repository.ts'
import { storeNow } from './store-time.ts'

const looksAtOnce = 16

type Needing = Pick<Manifest, 'attachments' | 'disks'>
type Manifests = ReadonlyMap<PointId, Needing>

/** From now on what is put is locked by this rule. Fails with `store-unsuitable` where the store locks nothing. */
export async function setLock(parts: Parts, rule: LockRule | undefined, signal: AbortSignal): Promise<void> {
  const { ledger, store, turns } = parts
  await turns.run(async () => {
    needWritable(parts)
    // The entry that tells of a rule is under it.
    if (rule !== undefined) needLocks(parts).setRule(rule)
    try {
      await appendEntry(parts, () => ({ kind: 'lock', rule: rule ?? null }), signal)
    } finally {
      store.locks?.setRule(ledger.state.lock)
    }
  })
}

/**
 * Lock truth: asks the store itself for the lock of each object that points need, once, and extends those that end too soon.
 * A point is locked until the first of these could go: its manifest, its packs, an index of each of them, every entry of the
 * ledger, `config`, and the last key slot. Times are those of the store's clock. Fails with `store-unsuitable` where the store locks
 * nothing.
 */
export async function checkLocks(parts: Parts, onRead: OnRead, signal: AbortSignal): Promise<LockReport> {
  const locks = needLocks(parts)
  const rule = parts.ledger.state.lock
  const { at: now } = await storeNow(parts, signal)
  const manifests = await readManifests(parts, signal)
  const packs = await neededPacks(parts, manifests, signal)
  const slots = await slotsOf(parts, signal)
  const named = namesOf(parts, packs)
  const look = new LockLook(locks, rule, now)
  const total = named.length + slots.length
  await forEachParallel([...named, ...slots], looksAtOnce, async (name) => {
    await look.at(name, signal)
    await onRead(1, total)
  })
  const perPoint = await perPointOf(parts, look, manifests, slots, signal)
  const truth = { ...look.count(named, slots), canary: await canaryOf(locks, rule, signal) }
  return { perPoint, truth: { at: parts.clock.now(), ...truth, ...earliest([...perPoint.values()]) } }
}

function needLocks({ store }: Parts): StoreLocks {
  if (store.locks !== undefined) return store.locks
  throw new Failure('store-unsuitable', `${store.title} cannot keep objects from being deleted`)
}

function canaryOf(
  locks: StoreLocks,
  rule: LockRule | undefined,
  signal: AbortSignal,
): Promise<LockTruth['canary']> | LockTruth['canary'] {
  return rule === undefined ? 'untried' : locks.tryCanary(rule, signal)
}

async function readManifests({ points }: Parts, signal: AbortSignal): Promise<Manifests> {
  const manifests = new Map<PointId, Needing>()
  await forEachParallel(points.points, looksAtOnce, async ({ id }) => {
    const { attachments, disks } = await points.manifest(id, signal)
    manifests.set(id, { attachments, disks })
  })
  return manifests
}

async function neededPacks(parts: Parts, manifests: Manifests, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const packs = new Set<number>()
  const walk = new LeastBelow(parts, ({ pack }) => {
    packs.add(pack)
    return 0
  })
  for (const manifest of manifests.values()) await walk.of(manifest, signal)
  return packs
}

async function slotsOf({ store }: Parts, signal: AbortSignal): Promise<readonly string[]> {
  const names: string[] = []
  for await (const { name } of store.list('keys/', signal)) names.push(name)
  return names
}

function namesOf(parts: Parts, packs: ReadonlySet<number>): readonly string[] {
  const { holdings, points } = parts
  const listed = points.listed.filter(({ point }) => point !== undefined)
  const indexes = [...holdings.indexes].filter(([, named]) => named.some((pack) => packs.has(pack)))
  return [
    ...commonOf(parts),
    ...listed.map(({ manifest }) => manifestPath(manifest)),
    ...indexes.map(([name]) => indexPath(name)),
    ...[...packs].map((pack) => packPath(holdings.places.pack(pack).name)),
  ]
}

/** Without these nothing opens. */
function commonOf({ ledger }: Parts): readonly string[] {
  return ['config', ...Array.from({ length: ledger.head.number }, (_, at) => entryName(at + 1))]
}

async function perPointOf(
  parts: Parts,
  look: LockLook,
  manifests: Manifests,
  slots: readonly string[],
  signal: AbortSignal,
): Promise<LockReport['perPoint']> {
  const common = Math.min(look.least(commonOf(parts)), look.most(slots))
  const untils = packLocks(parts, look)
  const walk = new LeastBelow(parts, ({ pack }) => untils.get(pack) ?? look.unlocked)
  const perPoint = new Map<PointId, number | undefined>()
  for (const { id, manifest } of parts.points.listed) {
    const content = manifests.get(id)
    if (content === undefined) continue
    const least = Math.min(common, look.least([manifestPath(manifest)]), await walk.of(content, signal))
    perPoint.set(id, Number.isFinite(least) ? least : undefined)
  }
  return perPoint
}

/** Until when each pack is there and some index names it: one of several is enough. */
function packLocks({ holdings }: Parts, look: LockLook): ReadonlyMap<number, number> {
  const named = new Map<number, number>()
  for (const [name, packs] of holdings.indexes) {
    const until = look.least([indexPath(name)])
    for (const pack of packs) named.set(pack, Math.max(until, named.get(pack) ?? until))
  }
  for (const [pack, until] of named) {
    named.set(pack, Math.min(until, look.least([packPath(holdings.places.pack(pack).name)])))
  }
  return named
}

function earliest(untils: readonly (number | undefined)[]): Pick<LockTruth, 'until'> {
  const least = untils.reduce<number>((first, until) => Math.min(first, until ?? 0), Number.POSITIVE_INFINITY)
  return least > 0 && Number.isFinite(least) ? { until: least } : {}
}
