import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { isAbort } from '../../../shared/failure.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import {
  append,
  entries,
  first,
  flip,
  freshOf,
  indexOf,
  named,
  second,
  sizeBytes,
  twoPoints,
  verify,
} from './damage-rig.ts'
import { packPath } from './format/index.ts'
import { manifestPath } from './format/manifest.ts'
import {
  contentOf,
  makePoint,
  never,
  noise,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await twoPoints(pool)
})
after(() => pool[Symbol.asyncDispose]())

const fresh = (): TestRepository => freshOf(template)

test('verification finds nothing wrong with a whole repository, and reads every pack', async () => {
  const repository = await reopen(pool, fresh())
  let read = 0
  let total = 0
  const onRead = (bytes: number, totalBytes: number): void => {
    read += bytes
    total = totalBytes
  }
  const report = await repository.verify({ onRead }, never)
  assert.deepEqual(report.damaged, [])
  assert.equal(report.chunks, repository.totals.chunks)
  assert.equal(read, repository.totals.storedBytes)
  assert.equal(total, read)
})

test('a missing index is told, and costs nothing where its packs tell what lies in them', async () => {
  for (const number of [1, 2]) {
    const name = indexOf(template, number)
    const rig = fresh()
    rig.store.objects.delete(name)
    const repository = await reopen(pool, rig)
    const problems = repository.problems().map(({ object }) => object)
    assert.deepEqual(problems, [name])
    assert.deepEqual(await verify(repository), [{ object: name, points: [] }])
    assert.ok((await contentOf(repository, pointIdOf(number), 'vda')).equals(number === 1 ? first : second))
  }
})

test('a pack of a missing index is verified like any other', async () => {
  const index = indexOf(template, 1)
  const rig = fresh()
  const [pack = ''] = (await (await reopen(pool, rig)).packsOf(pointIdOf(1), never)).map(packPath)
  rig.store.objects.delete(index)
  flip(rig.store, pack, 200)
  assert.deepEqual(await verify(await reopen(pool, rig)), [
    { object: index, points: [] },
    { object: pack, points: [pointIdOf(1)] },
  ])
})

test('a missing index and the packs that it named are a problem of its own points only', async () => {
  const index = indexOf(template, 1)
  const rig = fresh()
  for (const pack of await (await reopen(pool, rig)).packsOf(pointIdOf(1), never))
    rig.store.objects.delete(packPath(pack))
  rig.store.objects.delete(index)
  const repository = await reopen(pool, rig)
  assert.deepEqual(await verify(repository), [{ object: index, points: [pointIdOf(1)] }])
  await assert.rejects(contentOf(repository, pointIdOf(1), 'vda'), { code: 'object-missing' })
  assert.ok((await contentOf(repository, pointIdOf(2), 'vda')).equals(second))
})

test('an index that goes missing while the repository is open is missed by verification', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const name = indexOf(template, 1)
  rig.store.objects.delete(name)
  assert.deepEqual(await verify(repository), [{ object: name, points: [pointIdOf(1)] }])
})

test('verifying one point reads and tells only what that point needs', async () => {
  const name = indexOf(template, 1)
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const only = (number: number) => repository.verify({ pointId: pointIdOf(number), onRead: () => {} }, never)
  const whole = await only(1)
  assert.ok(whole.chunks > 0 && whole.chunks < repository.totals.chunks)
  rig.store.objects.delete(name)
  assert.deepEqual((await only(2)).damaged, [])
  assert.equal((await only(1)).damaged.length, 1)
  await assert.rejects(only(7), { code: 'point-not-found' })
})

test('packs that were read lately are passed over, unless they were found bad; each pack that was read is told', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const read = new Map<string, boolean>()
  const onPack = (pack: string, isWhole: boolean): void => void read.set(pack, isWhole)
  const onRead = (): void => {}
  await repository.verify({ onRead, onPack }, never)
  const packs = named(rig.store, 'packs/').map((path) => path.slice(-64))
  assert.deepEqual([...read.keys()].sort(), packs.sort())
  assert.ok([...read.values()].every((isWhole) => isWhole))
  const [bad = ''] = await repository.packsOf(pointIdOf(1), never)
  flip(rig.store, packPath(bad), 200)
  const isFresh = (pack: string): boolean => pack !== bad
  const expected = [{ object: packPath(bad), points: [pointIdOf(1)] }]
  for (const fresh of [isFresh, () => true]) {
    for (const opened of [repository, await reopen(pool, rig)]) {
      read.clear()
      const { damaged } = await opened.verify({ onRead, onPack, isFresh: fresh }, never)
      assert.deepEqual(
        damaged.map(({ object, points }) => ({ object, points })),
        expected,
      )
      assert.deepEqual([...read], [[bad, false]])
    }
  }
})

test('a pack that one engine found bad is stored again by another', async () => {
  const rig = fresh()
  const finder = await reopen(pool, rig)
  const [bad = ''] = await finder.packsOf(pointIdOf(1), never)
  flip(rig.store, packPath(bad), 200)
  await verify(finder)
  const other = await reopen(pool, rig)
  await makePoint(other, 3, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: first }] }])
  assert.ok(!(await other.packsOf(pointIdOf(3), never)).includes(bad))
  assert.ok((await contentOf(other, pointIdOf(1), 'vda')).equals(first), 'the old point is whole again')
})

test('a verification that is cut off has told the ledger of the packs that it found bad', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  for (const name of named(rig.store, 'packs/')) flip(rig.store, name, 200)
  const stop = new AbortController()
  const before = repository.head().number
  await assert.rejects(repository.verify({ onRead: () => {}, onPack: () => stop.abort() }, stop.signal), isAbort)
  assert.equal(repository.head().number, before + 1)
  await (await reopen(pool, rig)).verify({ onRead: () => {} }, never)
})

test('what a sweep takes away while a verification is under way is no damage', async () => {
  const rig = fresh()
  {
    await using repository = await reopen(pool, rig)
    const bytes = noise(5, 9 * testChunkBytes)
    await makePoint(repository, 3, [{ name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }])
  }
  const repository = await reopen(pool, rig)
  const packs = await repository.packsOf(pointIdOf(3), never)
  const entry = entries(rig).find((each) => each.kind === 'point' && each.pointId === pointIdOf(3))
  const manifest = entry?.kind === 'point' ? entry.manifest : ''
  const index = indexOf(rig, 3)
  append(rig, 'purge', { pointIds: [pointIdOf(3)], fence: 1 })
  append(rig, 'sweep', { packs, indexes: [index.slice(-64)], manifests: [manifest], fence: 1 })
  for (const path of [...packs.map(packPath), index, manifestPath(manifest)]) assert.ok(rig.store.objects.delete(path))
  assert.equal(repository.points().length, 3, 'this engine has not read on yet')
  assert.deepEqual(await verify(repository), [])
})

test('a bad pack is damage while a point in the trash needs it, and none once no point does', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const [bad = ''] = await repository.packsOf(pointIdOf(1), never)
  await repository.drop([pointIdOf(1)], 'person', never)
  rig.store.objects.delete(packPath(bad))
  assert.deepEqual(await verify(repository), [{ object: packPath(bad), points: [] }])
  append(rig, 'purge', { pointIds: [pointIdOf(1)], fence: 1 })
  for (const opened of [repository, await reopen(pool, rig)]) {
    await opened.refresh(never)
    const { damaged, unneeded } = await opened.verify({ onRead: () => {} }, never)
    assert.deepEqual(damaged, [])
    assert.deepEqual(unneeded, [{ object: packPath(bad), problem: 'is missing' }])
  }
})

test('a bad pack is damage when a point that came meanwhile needs it', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const purged = pointIdOf(1)
  const [bad = ''] = await repository.packsOf(purged, never)
  await repository.drop([purged], 'person', never)
  append(rig, 'purge', { pointIds: [purged], fence: 1 })
  await repository.refresh(never)
  flip(rig.store, packPath(bad), 200)
  let isMade = false
  const onRead = async (): Promise<void> => {
    if (isMade) return
    isMade = true
    await makePoint(repository, 3, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: first }] }])
  }
  const { damaged } = await repository.verify({ onRead }, never)
  assert.deepEqual(
    damaged.map(({ object }) => object),
    [packPath(bad)],
  )
})

test('a damaged slot is damage also where all bad packs are needed by nobody', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const [bad = ''] = await repository.packsOf(pointIdOf(1), never)
  await repository.drop([pointIdOf(1)], 'person', never)
  append(rig, 'purge', { pointIds: [pointIdOf(1)], fence: 1 })
  await repository.refresh(never)
  flip(rig.store, packPath(bad), 200)
  const [slot = ''] = named(rig.store, 'keys/')
  flip(rig.store, slot, 100)
  const { damaged, unneeded } = await repository.verify({ onRead: () => {} }, never)
  assert.deepEqual([damaged.map(({ object }) => object), unneeded?.length], [[slot], 1])
})
