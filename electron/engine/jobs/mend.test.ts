import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { sentence } from '../../../shared/sentences.ts'
import { MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, newTemplate, notedStep } from '../proof/fake-walk.ts'
import { copyPoints } from './copy-points.ts'
import { mendChunks } from './mend.ts'

let pool: ChunkPool

before(() => {
  pool = startPool(2)
})
after(() => pool[Symbol.asyncDispose]())

test('what rotted in one repository is mended out of a copy with other keys, and every point is whole again', async () => {
  const disks = [{ name: 'vda', sizeBytes: 4 * MiB }]
  const walk = await FakeWalk.begin(pool, await newTemplate(pool), { name: 'shop', disks })
  const other = await FakeWalk.begin(pool, await newTemplate(pool), { name: 'web', disks })
  const disk = walk.machine.disk('vda')
  disk.write(0, randomBytes(4 * MiB))
  await walk.backUp()
  disk.write(MiB, randomBytes(MiB))
  await walk.backUp()
  const contents = new Map<string, Buffer>()
  for (const { id } of walk.repository.points()) contents.set(id, await walk.content(id, 'vda'))
  await copyPoints(notedStep(), { from: walk.repository, to: other.repository, pointIds: undefined, onPoint: () => {} })
  const packs = [...walk.store.objects.keys()].filter((name) => name.startsWith('packs/'))
  for (const [at, name] of packs.entries()) {
    if (at % 2 === 0) walk.store.objects.delete(name)
    else walk.store.objects.get(name)?.fill(0xa5, 100, 200)
  }
  await walk.reopen()
  await assert.rejects(walk.verify(), { code: 'repository-damaged' })
  const order = { repository: walk.repository, holders: () => [other.repository] }
  assert.ok((await mendChunks(notedStep(), order)) > 0)
  for (const isReopened of [false, true]) {
    if (isReopened) await walk.reopen()
    const step = notedStep()
    await walk.verify(step)
    const unneeded = step.reports[0]?.unneeded?.length ?? 0
    assert.ok(unneeded > 0)
    assert.deepEqual(step.warned, [sentence('bad-packs-unneeded', { count: String(unneeded) })])
  }
  for (const [id, content] of contents) assert.ok((await walk.content(id, 'vda')).equals(content))
  assert.equal(await mendChunks(notedStep(), { ...order, repository: walk.repository }), 0)
})
