import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { Repository } from './repository.ts'
import {
  type Faults,
  hour,
  letLeasesEnd,
  noFaults,
  packsIn,
  type SweepWorld,
  sweepWorld,
  usualSweep,
} from './sweep-rig.ts'
import {
  contentOf,
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

function diskOf(seed: number, ...writes: { readonly offset: number; readonly bytes: Uint8Array }[]) {
  const bytes = noise(seed, sizeBytes)
  return { name: 'vda', sizeBytes, writes: [{ offset: 0, bytes }, ...writes] }
}

/** A repository with points 1 and 2, of which 1 is dropped, and whose lease is over. */
async function withDropped(world: SweepWorld): Promise<Repository> {
  const repository = await world.open()
  await makePoint(repository, 1, [diskOf(1)])
  await makePoint(repository, 2, [diskOf(2)])
  await repository.drop([pointIdOf(1)], 'person', never)
  await letLeasesEnd(world.time)
  return repository
}

/** A day and an hour, then a cycle. */
async function nextDay({ time }: SweepWorld, repository: Repository, options: Partial<typeof usualSweep> = {}) {
  await time.pass(25 * hour)
  return repository.sweep({ ...usualSweep, ...options }, never)
}

const failsWith = (code: Failure['code']) => (thrown: unknown) => thrown instanceof Failure && thrown.code === code

test('what a purged point alone needed is marked first and gone after grace and two cycles, and the others restore', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await withDropped(world)
  const before = packsIn(world.store).length
  const first = await nextDay(world, repository)
  assert.equal(first.purged, 1)
  assert.ok(first.marked > 0 && first.markedBytes > sizeBytes, JSON.stringify(first))
  assert.equal(first.removed, 0)
  assert.equal(packsIn(world.store).length, before)
  assert.ok(repository.upkeep().markedBytes >= sizeBytes)
  const second = await nextDay(world, repository)
  assert.equal(second.removed, 0)
  const third = await nextDay(world, repository)
  assert.deepEqual([third.removed, third.removedBytes], [first.marked, first.markedBytes])
  assert.ok(packsIn(world.store).length <= before / 2 + 1)
  assert.deepEqual(repository.upkeep(), { cycles: 3, at: world.time.now(), markedBytes: 0 })
  const again = await world.open()
  assert.deepEqual(
    again.points().map(({ id }) => id),
    [pointIdOf(2)],
  )
  assert.ok(noise(2, sizeBytes).equals(await contentOf(again, pointIdOf(2), 'vda')))
  assert.deepEqual((await again.verify({ onRead: () => {} }, never)).damaged, [])
})

test('a point stays in the trash for its time, can be read and recovered there, and then nothing of it goes', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await withDropped(world)
  assert.deepEqual(
    repository.trash().map(({ point, why }) => [point.id, why]),
    [[pointIdOf(1), 'person']],
  )
  assert.equal((await nextDay(world, repository, { trashMs: 7 * 24 * hour })).purged, 0)
  assert.ok(noise(1, sizeBytes).equals(await contentOf(repository, pointIdOf(1), 'vda')))
  await repository.recover([pointIdOf(1)], never)
  for (let day = 0; day < 4; day++) await nextDay(world, repository)
  assert.ok(noise(1, sizeBytes).equals(await contentOf(await world.open(), pointIdOf(1), 'vda')))
})

test('a pinned point is not dropped, nor is any other that was to be dropped with it', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await world.open()
  await makePoint(repository, 1, [diskOf(1)])
  await makePoint(repository, 2, [diskOf(2)])
  await repository.note(pointIdOf(2), { pinned: true, labels: ['审计'] }, never)
  const both = [pointIdOf(1), pointIdOf(2)]
  await assert.rejects(repository.drop(both, 'retention', never), failsWith('invalid-argument'))
  await assert.rejects(repository.drop([pointIdOf(1), pointIdOf(9)], 'person', never), failsWith('point-not-found'))
  await assert.rejects(repository.note(pointIdOf(9), { pinned: true, labels: [] }, never), failsWith('point-not-found'))
  const again = await world.open()
  assert.equal(again.points().length, 2)
  assert.deepEqual(again.notes().get(pointIdOf(2)), { pinned: true, labels: ['审计'] })
})

test('a point that is pinned while it is in the trash is not purged', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await withDropped(world)
  await repository.note(pointIdOf(1), { pinned: true, labels: [] }, never)
  assert.equal((await nextDay(world, repository)).purged, 0)
})

test('a manifest that cannot be read, even of a point in the trash, stops the cycle before anything is marked', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await withDropped(world)
  for (const name of [...world.store.objects.keys()]) {
    if (name.startsWith('manifests/')) world.store.objects.set(name, Buffer.from('damaged'))
  }
  const before = packsIn(world.store).length
  await world.time.pass(25 * hour)
  const options = { ...usualSweep, trashMs: 100 * hour }
  await assert.rejects(repository.sweep(options, never), failsWith('object-damaged'))
  assert.equal(packsIn(world.store).length, before)
  assert.equal(repository.upkeep().cycles, 0)
})

test('an index that is lost stops nothing once its packs were learnt anew, and is given up in the end', async () => {
  const world = sweepWorld(pool, template)
  {
    await using writer = await withDropped(world)
    assert.equal(writer.problems().length, 0)
  }
  const lost = [...world.store.objects.keys()].filter((name) => name.startsWith('indexes/'))
  assert.ok(lost.length > 0)
  for (const name of lost) world.store.objects.set(name, Buffer.from('damaged'))
  await using repository = await world.open()
  assert.deepEqual(
    repository
      .problems()
      .map(({ object }) => object)
      .sort(),
    lost.sort(),
  )
  for (let cycle = 0; cycle < 4; cycle++) await nextDay(world, repository)
  assert.deepEqual(repository.problems(), [])
  await using fresh = await world.open()
  assert.deepEqual(fresh.problems(), [])
  assert.ok(noise(2, sizeBytes).equals(await contentOf(fresh, pointIdOf(2), 'vda')))
})

test('a page of a map that is missing stops the cycle', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await withDropped(world)
  for (const name of packsIn(world.store)) world.store.objects.delete(name)
  await world.time.pass(25 * hour)
  await assert.rejects(repository.sweep(usualSweep, never), failsWith('pack-missing'))
})

test('clocks that are more than five minutes apart allow no cycle', async () => {
  const world = sweepWorld(pool, template)
  await using ahead = await world.open({ clock: world.time.clock(() => 6 * 60_000) })
  await using behind = await world.open({ clock: world.time.clock(() => -6 * 60_000) })
  await assert.rejects(ahead.sweep(usualSweep, never), failsWith('clock-skewed'))
  await assert.rejects(behind.sweep(usualSweep, never), failsWith('clock-skewed'))
})

test('two engines do not sweep at once, and the second can when the first is done', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await withDropped(world)
  await using other = await world.open()
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  const onRead = () => {
    reached.resolve()
    return goOn.promise
  }
  const first = repository.sweep({ ...usualSweep, onRead }, never)
  await reached.promise
  await assert.rejects(other.sweep(usualSweep, never), failsWith('repository-busy'))
  goOn.resolve()
  await first
  assert.equal((await other.sweep(usualSweep, never)).locked, 0)
})

test('what a backup under way relies on is not removed, however old its mark is', async () => {
  const world = sweepWorld(pool, template)
  const repository = await withDropped(world)
  await using other = await world.open()
  await using draft = other.beginPoint(pointIdOf(3), '22222222-2222-4222-8222-222222222222')
  const disk = await draft.addDisk({ name: 'vda', sizeBytes, base: undefined }, never)
  await disk.write(0, Uint8Array.from(noise(1, sizeBytes)), never)
  const removed: number[] = []
  for (let day = 0; day < 5; day++) {
    for (let part = 0; part < 300; part++) await world.time.pass(5 * 60_000)
    removed.push((await repository.sweep(usualSweep, never)).removed)
  }
  assert.deepEqual(removed, [0, 0, 0, 0, 0])
})

test('a pack that is mostly waste is written anew, and the old one goes as any other does', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await world.open({ packBytes: 256 * 1024 })
  const kept = noise(7, 4 * testChunkBytes)
  await makePoint(repository, 1, [diskOf(1, { offset: 0, bytes: kept })])
  await makePoint(repository, 2, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: kept }] }])
  await repository.drop([pointIdOf(1)], 'retention', never)
  await letLeasesEnd(world.time)
  const first = await nextDay(world, repository)
  assert.ok(first.repacked > 0 && first.repackedBytes >= kept.length, JSON.stringify(first))
  const later = [await nextDay(world, repository), await nextDay(world, repository), await nextDay(world, repository)]
  assert.ok(
    later.some(({ removedBytes }) => removedBytes >= 20 * testChunkBytes),
    JSON.stringify(later),
  )
  const left = packsIn(world.store).reduce((sum, name) => sum + (world.store.objects.get(name)?.length ?? 0), 0)
  assert.ok(left < 10 * testChunkBytes, `${left} bytes`)
  const again = await world.open()
  const content = await contentOf(again, pointIdOf(2), 'vda')
  assert.ok(kept.equals(content.subarray(0, kept.length)))
  assert.deepEqual((await again.verify({ onRead: () => {} }, never)).damaged, [])
})

test('objects that nothing names go too, but not while they are young', async () => {
  const world = sweepWorld(pool, template)
  await using repository = await world.open()
  const strange = `packs/ab/ab${'0'.repeat(62)}`
  const foreign = 'packs/ab/notes.txt'
  await world.store.put(strange, Buffer.from('left behind'), never)
  await world.store.put(foreign, Buffer.from('not ours'), never)
  assert.equal((await repository.sweep(usualSweep, never)).marked, 0)
  for (let day = 0; day < 4; day++) await nextDay(world, repository)
  assert.equal(world.store.objects.has(strange), false)
  assert.ok(world.store.objects.has(foreign))
})

test('what a store does not let go stays for the next cycle, which removes it', async () => {
  const world = sweepWorld(pool, template)
  let code: Failure['code'] | undefined = 'object-locked'
  const faults = {
    onCall({ kind, name }: { readonly kind: string; readonly name: string }) {
      if (code !== undefined && kind === 'remove' && name.startsWith('packs/')) throw new Failure(code, name)
    },
    listed: noFaults.listed,
  }
  const repository = await withDropped(world)
  await repository[Symbol.asyncDispose]()
  await using bound = await world.open({}, faults)
  await nextDay(world, bound)
  await nextDay(world, bound)
  const third = await nextDay(world, bound)
  assert.ok(third.locked > 0)
  code = 'credentials-refused'
  assert.ok((await nextDay(world, bound)).locked > 0)
  code = undefined
  const last = await nextDay(world, bound)
  assert.ok(last.locked === 0 && last.removedBytes > sizeBytes, JSON.stringify(last))
})

test('a cycle that is cut off at any call of the store is gone on with by the next', async () => {
  const trial = sweepWorld(pool, template)
  let calls = 0
  const counting = { onCall: () => void calls++, listed: noFaults.listed }
  const counted = await cutOff(trial, counting)
  assert.ok(counted > 0 && calls > 100)
  for (let at = 1; at < calls; at += Math.ceil(calls / 40)) {
    const world = sweepWorld(pool, template)
    let seen = 0
    const dying = {
      onCall() {
        seen++
        if (seen >= at) throw new Failure('repository-unreachable', 'gone')
      },
      listed: noFaults.listed,
    }
    const removed = await cutOff(world, dying)
    assert.ok(removed > 0, `cut off at call ${at}`)
  }
})

/** Sweeps day by day; every cycle of the first three is tried through `faults` first. Answers what was removed in all. */
async function cutOff(world: SweepWorld, faults: Faults): Promise<number> {
  await (await withDropped(world))[Symbol.asyncDispose]()
  await using whole = await world.open()
  const before = packsIn(world.store).length
  for (let day = 0; day < 4; day++) {
    await world.time.pass(25 * hour)
    if (day < 3) {
      const dying = await world.open({}, faults).catch(() => undefined)
      await dying?.sweep(usualSweep, never).catch(() => undefined)
      await world.time.pass(hour)
    }
    await whole.sweep(usualSweep, never)
  }
  const again = await world.open()
  assert.ok(noise(2, sizeBytes).equals(await contentOf(again, pointIdOf(2), 'vda')))
  assert.deepEqual((await again.verify({ onRead: () => {} }, never)).damaged, [])
  return before - packsIn(world.store).length
}
