import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { noPlants, type Plants } from '../chunk/plant.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { reportPlanted } from '../proof/rows.ts'
import { hurtBy, modelOf, threePoints } from './corruption-rig.ts'
import { flip, freshOf, named, verify } from './damage-rig.ts'
import { reopen, type TestRepository } from './test-rig.ts'

/** Bugs of the crypto that are switched on to prove that the suites of damage would catch them. */

const suite = import.meta.url

let pool: ChunkPool

before(() => {
  pool = startPool(1)
})
after(() => pool[Symbol.asyncDispose]())

async function withPlants<T>(plants: Plants, work: (planted: ChunkPool) => Promise<T>): Promise<T> {
  await using planted = startPool(1, plants)
  return await work(planted)
}

/** What verification by a whole reader finds in packs that were written with the bug. */
async function badPacksOf(plants: Plants): Promise<number> {
  const rig = await withPlants(plants, threePoints)
  const damaged = await verify(await reopen(pool, rig))
  return damaged.filter(({ object, points }) => object.startsWith('packs/') && points.length > 0).length
}

/** Whether a flip in the last byte of a tag is blamed on the points that need the record. */
async function blamesTags(reader: ChunkPool, template: TestRepository): Promise<boolean> {
  const rig = freshOf(template)
  const model = modelOf(template)
  const [path = ''] = named(rig.store, 'packs/')
  const [record] = model.records.get(path) ?? []
  const before = Uint8Array.from(rig.store.objects.get(path) ?? [])
  flip(rig.store, path, (record?.end ?? 1) - 1)
  const expected = hurtBy(model, path, before, rig.store.objects.get(path))
  const [found] = await verify(await reopen(reader, rig))
  assert.ok(expected.length > 0 && found?.object === path, 'the name of the pack tells it in any case')
  return found.points.join() === expected.join()
}

test('records that are sealed without their place, type and lengths are found by verification', async () => {
  assert.equal(await badPacksOf(noPlants), 0)
  const isCaught = (await badPacksOf(new Set(['no-aad']))) > 0
  reportPlanted({ bug: 'no-aad', isCaught, suite })
  assert.ok(isCaught)
})

test('a reader that takes four bytes of a tag for enough is found by what it fails to blame', async () => {
  const template = await threePoints(pool)
  assert.ok(await blamesTags(pool, template))
  const isCaught = !(await withPlants(new Set(['short-tag']), (planted) => blamesTags(planted, template)))
  reportPlanted({ bug: 'short-tag', isCaught, suite })
  assert.ok(isCaught)
})

test('memory that changes a bit of what was sealed ends the backup, and without that check it is found by verification', async () => {
  await assert.rejects(withPlants(new Set(['flipped-bit']), threePoints), { code: 'bug' })
  const isCaught = (await badPacksOf(new Set(['flipped-bit', 'no-verification-before-put']))) > 0
  reportPlanted({ bug: 'no-verification-before-put', isCaught, suite })
  assert.ok(isCaught)
})
