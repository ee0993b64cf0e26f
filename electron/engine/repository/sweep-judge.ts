import type { PointId } from '../../../shared/point.ts'
import type { Repository } from './repository.ts'
import type { KnownPoint } from './sweep-history.ts'
import { hour, packsIn, type SweepWorld, usualSweep } from './sweep-rig.ts'
import { contentOf, never, testChunkBytes } from './test-rig.ts'

/** Enough for everything to be marked, to be kept for the grace, to be written anew, and to be kept once more. */
const daysToEnd = 9

/**
 * What is wrong with a repository after a history: points that were acknowledged and are lost or read otherwise, objects that
 * the ledger names and that are missing, and garbage that does not go.
 */
export async function judge(world: SweepWorld, known: ReadonlyMap<PointId, KnownPoint>): Promise<readonly string[]> {
  const bad = await lossesIn(world, known, 'at the end')
  if (bad.length > 0) return bad
  {
    await using repository = await world.open()
    for (let day = 0; day < daysToEnd; day++) {
      await world.time.pass(25 * hour)
      await repository.sweep(usualSweep, never)
    }
  }
  return [...(await lossesIn(world, known, 'after clearing up')), ...(await garbageIn(world, known))]
}

async function lossesIn(
  world: SweepWorld,
  known: ReadonlyMap<PointId, KnownPoint>,
  when: string,
): Promise<readonly string[]> {
  await using repository = await world.open()
  const bad: string[] = []
  const listed = new Set(repository.points().map(({ id }) => id))
  const readable = new Set([...listed, ...repository.trash().map(({ point }) => point.id)])
  for (const [id, { bytes, life }] of known) {
    if (life === 'kept' && !listed.has(id)) bad.push(`${when} point ${id} is lost`)
    if (readable.has(id)) bad.push(...(await otherwise(repository, id, bytes, when)))
  }
  const { damaged, unneeded = [] } = await repository.verify({ onRead: () => {} }, never)
  return [...bad, ...[...damaged, ...unneeded].map(({ object, problem }) => `${when} ${object} ${problem}`)]
}

async function otherwise(repository: Repository, id: PointId, bytes: Buffer, when: string): Promise<readonly string[]> {
  try {
    const content = await contentOf(repository, id, 'vda')
    return content.equals(bytes) ? [] : [`${when} point ${id} reads otherwise`]
  } catch (thrown) {
    return [`${when} point ${id} does not read: ${String(thrown)}`]
  }
}

async function garbageIn(world: SweepWorld, known: ReadonlyMap<PointId, KnownPoint>): Promise<readonly string[]> {
  await using repository = await world.open()
  const points = repository.points()
  const { objects } = world.store
  const held = packsIn(world.store).reduce((sum, name) => sum + (objects.get(name)?.length ?? 0), 0)
  const limit = limitOf(
    points.flatMap(({ id }) => known.get(id)?.bytes ?? []),
    packsIn(world.store).length,
  )
  const manifests = [...objects.keys()].filter((name) => name.startsWith('manifests/')).length
  return [
    ...(held > limit ? [`${held} bytes in packs, where ${limit} would do`] : []),
    ...(manifests > points.length ? [`${manifests} manifests of ${points.length} points`] : []),
  ]
}

/** What the chunks and pages of these disks may take, when packs may be waste up to the limit. */
function limitOf(disks: readonly Buffer[], packs: number): number {
  const chunks = new Set<string>()
  for (const disk of disks) {
    for (let at = 0; at < disk.length; at += testChunkBytes)
      chunks.add(disk.toString('latin1', at, at + testChunkBytes))
  }
  const needed = chunks.size * (testChunkBytes + 116) + disks.length * 600 + packs * 300
  return needed / (1 - usualSweep.wasteLimit)
}
