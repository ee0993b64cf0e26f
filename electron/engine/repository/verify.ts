import { Failure } from '../../../shared/failure.ts'
import type { VerifyReport } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import { forEachParallel } from '../base/parallel.ts'
import { Findings } from './findings.ts'
import { indexPath } from './format/index.ts'
import { type Manifest, manifestPath } from './format/manifest.ts'
import { nameOf } from './format/object.ts'
import { isDamage } from './holdings.ts'
import { getOrNothing } from './ledger.ts'
import type { Parts } from './parts.ts'
import type { OnRead } from './repository.ts'
import { Tracer } from './trace.ts'
import { verifyPack } from './verify-pack.ts'

type Manifests = ReadonlyMap<PointId, Manifest>

const packsAtOnce = 2

/**
 * Reads again what the points need. Goes on after damage, so that the report names all of it; whatever else goes wrong
 * (the store is gone, the run is cancelled) ends it. Fails with `point-not-found`.
 */
export async function verifyPoints(
  parts: Parts,
  pointId: PointId | undefined,
  onRead: OnRead,
  signal: AbortSignal,
): Promise<VerifyReport> {
  const findings = new Findings()
  const manifests = await readManifests(parts, pointId, findings, signal)
  await checkNamed(parts, findings, signal)
  const needed = pointId === undefined ? undefined : await packsOf(parts, manifests, signal)
  await checkPacks(parts, needed, findings, onRead, signal)
  const tracer = new Tracer(parts, (place) => findings.blame(place))
  for (const [id, manifest] of manifests) {
    for (const { object, problem } of await tracer.damageOf(manifest, signal)) findings.damaged(object, problem, [id])
  }
  return findings.report()
}

async function readManifests(
  { points }: Parts,
  pointId: PointId | undefined,
  findings: Findings,
  signal: AbortSignal,
): Promise<Manifests> {
  const listed = points.listed.filter(({ id }) => pointId === undefined || id === pointId)
  if (listed.length === 0 && pointId !== undefined) {
    throw new Failure('point-not-found', `The repository has no point ${pointId}`)
  }
  const manifests = new Map<PointId, Manifest>()
  findings.points = listed.length
  for (const { id, manifest } of listed) {
    findings.objects++
    try {
      manifests.set(id, await points.manifest(id, signal))
    } catch (thrown) {
      findings.damaged(manifestPath(manifest), damageIn(thrown), [id])
    }
  }
  return manifests
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
async function packsOf(parts: Parts, manifests: Manifests, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const needed = new Set<number>()
  const tracer = new Tracer(parts, ({ pack }) => {
    needed.add(pack)
    return undefined
  })
  for (const manifest of manifests.values()) await tracer.damageOf(manifest, signal)
  return needed
}

/** Index by index; packs that no index names belong to runs that have not ended. */
async function checkPacks(
  parts: Parts,
  needed: ReadonlySet<number> | undefined,
  findings: Findings,
  onRead: OnRead,
  signal: AbortSignal,
): Promise<void> {
  const { holdings } = parts
  const { places } = holdings
  const isNeeded = (pack: number): boolean => needed === undefined || needed.has(pack)
  const left = new Set([...holdings.indexes.values()].flat().filter(isNeeded))
  const totalBytes = [...left].reduce((sum, pack) => sum + places.pack(pack).sizeBytes, 0)
  const lost = new Map<string, readonly number[]>()
  for (const [name, packs] of holdings.indexes) {
    if (needed !== undefined && !packs.some(isNeeded) && packs.length > 0) continue
    findings.objects++
    try {
      await forEachParallel(await holdings.readIndex(name, signal), packsAtOnce, async (pack) => {
        const number = places.numberOf(pack.name)
        if (number === undefined || !left.delete(number)) return
        await verifyPack(parts, number, pack, findings, signal)
        await onRead(pack.sizeBytes, totalBytes)
      })
    } catch (thrown) {
      findings.damaged(indexPath(name), damageIn(thrown))
      lost.set(indexPath(name), packs)
    }
  }
  // What only lost indexes name cannot be found when the repository is opened the next time.
  for (const [path, packs] of lost) {
    for (const pack of packs) if (left.has(pack)) findings.badPack(pack, path)
  }
}

function damageIn(thrown: unknown): string {
  if (thrown instanceof Failure && isDamage(thrown)) return thrown.message
  throw thrown
}
