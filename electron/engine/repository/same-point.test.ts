import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { append, entries } from './damage-rig.ts'
import { manifestPath } from './format/manifest.ts'
import type { PointDraft, Repository } from './repository.ts'
import { hour, letLeasesEnd, type SweepWorld, sweepWorld, usualSweep } from './sweep-rig.ts'
import {
  contentOf,
  factsOf,
  machineId,
  makePoint,
  never,
  newRepository,
  noise,
  pointIdOf,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

const sizeBytes = 24 * testChunkBytes
const disk = { name: 'vda', sizeBytes }

async function draftOf(repository: Repository, seed: number): Promise<PointDraft> {
  const draft = repository.beginPoint(pointIdOf(1), machineId)
  const target = await draft.addDisk({ ...disk, base: undefined }, never)
  await target.write(0, Uint8Array.from(noise(seed, sizeBytes)), never)
  return draft
}

const commit = (draft: PointDraft) => draft.commit(factsOf(1, [disk]), never)
const manifestsIn = ({ store }: SweepWorld) => [...store.objects.keys()].filter((name) => name.startsWith('manifests/'))

async function sweepFor(world: SweepWorld, days: number): Promise<void> {
  await letLeasesEnd(world.time)
  await using repository = await world.open()
  for (let day = 0; day < days; day++) {
    await world.time.pass(25 * hour)
    await repository.sweep(usualSweep, never)
  }
}

test('of two engines that make one point at once one does, the other is told, and what it left behind is swept', async () => {
  const world = sweepWorld(pool, template)
  const one = await world.open()
  const other = await world.open()
  const first = await draftOf(one, 1)
  const second = await draftOf(other, 1)
  await commit(first)
  await assert.rejects(commit(second), { code: 'object-conflict' })
  await first[Symbol.asyncDispose]()
  await second[Symbol.asyncDispose]()
  const told = entries({ ...template, store: world.store }).filter(({ kind }) => kind === 'point')
  assert.equal(told.length, 1)
  assert.equal(manifestsIn(world).length, 2)
  for (const engine of [one, other]) await engine[Symbol.asyncDispose]()
  await sweepFor(world, 4)
  assert.equal(manifestsIn(world).length, 1)
  assert.ok(noise(1, sizeBytes).equals(await contentOf(await world.open(), pointIdOf(1), 'vda')))
})

test('a point that lies in the trash is not made again beside it, and one that was purged may come back', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await world.open()
  await makePoint(repository, 1, [{ ...disk, writes: [{ offset: 0, bytes: noise(1, sizeBytes) }] }])
  await repository.drop([pointIdOf(1)], 'person', never)
  {
    await using again = await draftOf(repository, 1)
    await assert.rejects(commit(again), { code: 'object-conflict' })
  }
  await letLeasesEnd(world.time)
  await world.time.pass(25 * hour)
  assert.equal((await repository.sweep(usualSweep, never)).purged, 1)
  await using back = await draftOf(repository, 1)
  await commit(back)
  assert.ok(noise(1, sizeBytes).equals(await contentOf(await world.open(), pointIdOf(1), 'vda')))
})

/** The objects of a repository in which only point 1 was made, and its entry. */
async function alone(seed: number) {
  const world = sweepWorld(pool, template)
  await using repository = await world.open()
  await using draft = await draftOf(repository, seed)
  await commit(draft)
  const entry = entries({ ...template, store: world.store }).find(({ kind }) => kind === 'point')
  assert.ok(entry?.kind === 'point')
  return { world, entry }
}

test('where a ledger has two entries of one point the later counts, and the manifest of the earlier is swept', async () => {
  const { world, entry: earlier } = await alone(1)
  const { world: elsewhere, entry: later } = await alone(2)
  for (const [name, bytes] of elsewhere.store.objects) {
    if (/^(packs|indexes|manifests)\//.test(name)) await world.store.put(name, bytes, never)
  }
  const { manifest, indexes } = later
  append({ ...template, store: world.store }, 'point', { pointId: pointIdOf(1), manifest, indexes })
  await sweepFor(world, 4)
  assert.deepEqual(manifestsIn(world), [manifestPath(manifest)])
  assert.notEqual(earlier.manifest, manifest)
  const repository = await world.open()
  assert.ok(noise(2, sizeBytes).equals(await contentOf(repository, pointIdOf(1), 'vda')))
  assert.deepEqual((await repository.verify({ onRead: () => {} }, never)).damaged, [])
})
