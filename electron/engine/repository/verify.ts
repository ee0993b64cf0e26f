import { Failure } from '../../../shared/failure.ts'
import type { VerifyReport } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import { Findings } from './findings.ts'
import { type Manifest, manifestPath } from './format/manifest.ts'
import { nameOf } from './format/object.ts'
import { isDamage } from './holdings.ts'
import { getOrNothing } from './ledger.ts'
import type { Parts } from './parts.ts'
import type { VerifyOptions } from './repository.ts'
import { isSweptByNow } from './swept.ts'
import { Tracer } from './trace.ts'
import { verifyPacks } from './verify-packs.ts'

/**
 * Reads again what the points need. Goes on after damage, so that the report names all of it; whatever else goes wrong
 * (the store is gone, the run is cancelled) ends it. Objects that a sweep takes away meanwhile are no damage. Packs that
 * were found bad before are read again even when they are fresh, so that exactly the points that they harm are named. A bad
 * pack is no damage when no point needs it: when all that points need, also those in the trash, is whole and
 * lies elsewhere.
 * Fails with `point-not-found`.
 */
export async function verifyPoints(parts: Parts, options: VerifyOptions, signal: AbortSignal): Promise<VerifyReport> {
  const findings = new Findings()
  const manifests = await readManifests(parts, options.pointId, findings, signal)
  await checkNamed(parts, findings, signal)
  const needed = options.pointId === undefined ? undefined : await packsOf(parts, manifests.values(), signal)
  await verifyPacks(parts, needed, options, findings, signal)
  const relied = new Set<number>()
  const tracer = new Tracer(parts, (place) => {
    relied.add(place.pack)
    return findings.blame(place)
  })
  let isWhole = manifests.size === findings.points
  for (const [id, manifest] of manifests) {
    const damage = await tracer.damageOf(manifest, signal)
    for (const { object, problem } of damage) findings.damaged(object, problem, [id])
    isWhole &&= damage.length === 0
  }
  const isKnown = isWhole && findings.badPacks.size > 0 && (await traceOthers(parts, manifests, tracer, signal))
  if (isKnown) for (const pack of findings.badPacks) if (!relied.has(pack)) findings.passOver(pack)
  return findings.report()
}

/** Points in the trash may come back, others came meanwhile. False when it cannot be told what they need. */
async function traceOthers(
  { ledger, points }: Parts,
  traced: ReadonlyMap<PointId, Manifest>,
  tracer: Tracer,
  signal: AbortSignal,
): Promise<boolean> {
  for (const id of [...ledger.state.points.keys()].filter((each) => !traced.has(each))) {
    const manifest = await points.manifest(id, signal).catch((thrown: unknown) => damageIn(thrown))
    if (typeof manifest === 'string' || (await tracer.damageOf(manifest, signal)).length > 0) return false
  }
  return true
}

async function readManifests(
  parts: Parts,
  pointId: PointId | undefined,
  findings: Findings,
  signal: AbortSignal,
): Promise<ReadonlyMap<PointId, Manifest>> {
  const { points } = parts
  const listed = points.listed.filter(({ id }) => pointId === undefined || id === pointId)
  if (listed.length === 0 && pointId !== undefined) {
    throw new Failure('point-not-found', `The repository has no point ${pointId}`)
  }
  const manifests = new Map<PointId, Manifest>()
  findings.points = listed.length
  for (const { id, manifest } of listed) {
    findings.objects++
    const found = await points.manifest(id, signal).catch((thrown: unknown) => damageIn(thrown))
    if (typeof found !== 'string') manifests.set(id, found)
    else if (!(await isSweptByNow(parts, manifestPath(manifest), id, signal))) {
      findings.damaged(manifestPath(manifest), found, [id])
    }
  }
  return manifests
}

function damageIn(thrown: unknown): string {
  const isForeseen = thrown instanceof Failure && (isDamage(thrown) || thrown.code === 'point-not-found')
  if (isForeseen) return thrown.message
  throw thrown
}

/** Without `config` or any entry of the ledger nothing opens any more; a slot is one of several. */
async function checkNamed(parts: Parts, findings: Findings, signal: AbortSignal): Promise<void> {
  const everything = parts.points.listed.map(({ id }) => id)
  const config = await getOrNothing(parts.store, 'config', signal)
  findings.objects++
  if (config === undefined || nameOf(config) !== parts.configHash) {
    findings.damaged('config', 'is not what was read when the repository was opened', everything)
  }
  for await (const { name, problem } of parts.ledger.audit(signal)) {
    findings.objects++
    if (problem !== undefined) findings.damaged(name, problem, everything)
  }
  for await (const { name } of parts.store.list('keys/', signal)) {
    const bytes = await getOrNothing(parts.store, name, signal)
    findings.objects++
    if (bytes !== undefined && name !== `keys/${nameOf(bytes)}`) findings.damaged(name, 'is not the slot of its name')
  }
}

/** Packs that the points need, by their numbers. */
async function packsOf(parts: Parts, manifests: Iterable<Manifest>, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const needed = new Set<number>()
  const tracer = new Tracer(parts, ({ pack }) => {
    needed.add(pack)
    return undefined
  })
  for (const manifest of manifests) await tracer.damageOf(manifest, signal)
  return needed
}
