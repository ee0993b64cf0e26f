import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { first, flip, freshOf, indexOf, named, second, twoPoints, verify } from './damage-rig.ts'
import { packPath } from './format/index.ts'
import type { MendSource, Repository } from './repository.ts'
import {
  contentOf,
  makePoint,
  never,
  newRepository,
  noise,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository
let copy: Repository

/** The same points in another repository, whose chunks have other ids. */
before(async () => {
  pool = startPool(1)
  template = await twoPoints(pool)
  copy = await reopen(pool, await twoPoints(pool))
})
after(async () => {
  await copy[Symbol.asyncDispose]()
  await pool[Symbol.asyncDispose]()
})

const nobody: MendSource = { openDisk: async () => undefined }
const other: MendSource = { openDisk: (id, name, signal) => copy.openDisk(id, name, signal) }
const mend = (repository: Repository, source: MendSource) => repository.mend(source, () => {}, never)

async function hurtPoints(repository: Repository): Promise<readonly string[]> {
  return [...new Set((await verify(repository)).flatMap(({ points }) => points))]
}

async function packsOf(rig: TestRepository, number: number): Promise<readonly string[]> {
  return (await (await reopen(pool, rig)).packsOf(pointIdOf(number), never)).map(packPath)
}

test('nothing is stored where nothing is damaged', async () => {
  const rig = freshOf(template)
  assert.equal(await mend(await reopen(pool, rig), other), 0)
  assert.deepEqual(named(rig.store, 'packs/'), named(template.store, 'packs/'))
})

test('points whose packs are gone, maps and all, are whole again from their copies, here and wherever else they are opened', async () => {
  const rig = freshOf(template)
  for (const pack of await packsOf(rig, 1)) rig.store.objects.delete(pack)
  const repository = await reopen(pool, rig)
  assert.deepEqual(await hurtPoints(repository), [pointIdOf(1)])
  assert.equal(await mend(repository, nobody), 0)
  assert.deepEqual(await hurtPoints(repository), [pointIdOf(1)], 'what nobody has stays damaged')
  assert.equal(await mend(repository, other), 41, 'every chunk and the page that names them')
  for (const opened of [repository, await reopen(pool, rig)]) {
    assert.deepEqual(await hurtPoints(opened), [])
    assert.ok((await contentOf(opened, pointIdOf(1), 'vda')).equals(first))
    assert.ok((await contentOf(opened, pointIdOf(2), 'vda')).equals(second))
  }
  assert.equal(await mend(repository, other), 0, 'once is enough')
})

test('what still opens of a damaged pack needs no copy, and the bad pack is needed by nobody afterwards', async () => {
  const rig = freshOf(template)
  const [pack = ''] = await packsOf(rig, 1)
  flip(rig.store, pack, 3)
  const repository = await reopen(pool, rig)
  assert.deepEqual(await verify(repository), [{ object: pack, points: [] }])
  assert.ok((await mend(repository, nobody)) > 0)
  assert.ok(!(await packsOf(rig, 1)).includes(pack))
  rig.store.objects.delete(pack)
  assert.ok((await contentOf(await reopen(pool, rig), pointIdOf(1), 'vda')).equals(first))
})

test('after mending the bad pack is told and is no damage, wherever the repository is verified', async () => {
  const rig = freshOf(template)
  const packs = await packsOf(rig, 1)
  const [bad = '', gone = ''] = packs
  flip(rig.store, bad, 3)
  rig.store.objects.delete(gone)
  const repository = await reopen(pool, rig)
  const before = await repository.verify({ onRead: () => {} }, never)
  assert.equal(before.unneeded, undefined, 'what points need is damage')
  assert.deepEqual(before.damaged.map(({ object }) => object).toSorted(), [bad, gone].toSorted())
  await mend(repository, other)
  for (const opened of [repository, await reopen(pool, rig)]) {
    for (const pointId of [undefined, pointIdOf(1)]) {
      const { damaged, unneeded = [] } = await opened.verify({ pointId, onRead: () => {} }, never)
      assert.deepEqual(damaged, [])
      const told = unneeded.map(({ object }) => object).toSorted()
      assert.deepEqual(told, pointId === undefined ? [bad, gone].toSorted() : [])
    }
  }
})

test('one chunk that does not open is fetched, the others are not', async () => {
  const rig = freshOf(template)
  const [pack = ''] = await packsOf(rig, 1)
  flip(rig.store, pack, 64 + 16 + 32 + 5)
  const repository = await reopen(pool, rig)
  assert.deepEqual(await hurtPoints(repository), [pointIdOf(1)])
  let fetched = 0
  const counting: MendSource = {
    async openDisk(id, name, signal) {
      const disk = await copy.openDisk(id, name, signal)
      const read = (offset: number, into: Uint8Array, readSignal: AbortSignal): Promise<void> => {
        fetched++
        return disk.read(offset, into, readSignal)
      }
      return { ...disk, sizeBytes: disk.sizeBytes, read, [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose]() }
    },
  }
  assert.ok((await mend(repository, counting)) > 1)
  assert.equal(fetched, 1)
  assert.deepEqual(await hurtPoints(repository), [])
})

test('bytes that are not those of the point are never stored for it', async () => {
  const rig = freshOf(template)
  for (const pack of await packsOf(rig, 1)) rig.store.objects.delete(pack)
  const repository = await reopen(pool, rig)
  await verify(repository)
  const liar: MendSource = { openDisk: (_, name, signal) => copy.openDisk(pointIdOf(2), name, signal) }
  const packs = named(rig.store, 'packs/')
  assert.equal(await mend(repository, liar), 0)
  assert.deepEqual(named(rig.store, 'packs/'), packs)
  assert.deepEqual(await hurtPoints(repository), [pointIdOf(1)])
})

test('what another engine found bad, and what a lost index named, is mended as well', async () => {
  const rig = freshOf(template)
  for (const pack of await packsOf(rig, 1)) rig.store.objects.delete(pack)
  await verify(await reopen(pool, rig))
  assert.equal(await mend(await reopen(pool, rig), other), 41)
  for (const pack of await packsOf(rig, 2)) rig.store.objects.delete(pack)
  rig.store.objects.delete(indexOf(rig, 2))
  assert.equal(await mend(await reopen(pool, rig), other), 41)
  assert.deepEqual(await hurtPoints(await reopen(pool, rig)), [])
})

test('maps of several levels are made anew from the bytes of a copy', async () => {
  const bytes = noise(3, 1030 * testChunkBytes + 512)
  bytes.fill(0, 4 * testChunkBytes, 1020 * testChunkBytes)
  const disk = { name: 'vdb', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  const rig = freshOf(template)
  const away = await newRepository(pool)
  for (const each of [rig, away]) {
    await using repository = await reopen(pool, each)
    await makePoint(repository, 3, [disk])
  }
  for (const pack of await packsOf(rig, 3)) rig.store.objects.delete(pack)
  const repository = await reopen(pool, rig)
  assert.deepEqual(await hurtPoints(repository), [pointIdOf(3)])
  const source = await reopen(pool, away)
  await mend(repository, { openDisk: (id, name, signal) => source.openDisk(id, name, signal) })
  assert.deepEqual(await hurtPoints(repository), [])
  assert.ok((await contentOf(await reopen(pool, rig), pointIdOf(3), 'vdb')).equals(bytes))
})
