import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { KiB, MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { chanceFrom } from './chance.ts'
import { FakeWalk, newTemplate } from './fake-walk.ts'

/** Work is counted in calls and bytes, which a busy computer does not change. */

let pool: ChunkPool
before(() => {
  pool = startPool(2)
})
after(() => pool[Symbol.asyncDispose]())

const points = 500
const chunksPerPoint = 2
const chunkBytes = 128 * KiB
const diskBytes = 16 * MiB
/** The first, one from the middle, the last. */
const kept = [0, points / 2, points - 1]

type Work = { calls: number; bytes: number }

/** What `work` asks of the store. */
async function counted(walk: FakeWalk, work: () => Promise<unknown>): Promise<Work> {
  const done: Work = { calls: 0, bytes: 0 }
  const { get, getRange } = walk.store
  walk.storeFaults.onCall = ({ when }) => void (when === 'before' && done.calls++)
  const count = <T extends Uint8Array>(bytes: T): T => {
    done.bytes += bytes.length
    return bytes
  }
  walk.store.get = async (...args) => count(await get(...args))
  walk.store.getRange = async (...args) => count(await getRange(...args))
  await work()
  Object.assign(walk.store, { get, getRange })
  walk.storeFaults.onCall = undefined
  return done
}

function near(one: number, other: number): boolean {
  return Math.abs(one - other) <= 0.2 * Math.max(one, other)
}

function sizeOf(walk: FakeWalk, prefix: string): number {
  return [...walk.store.objects].reduce((sum, [name, bytes]) => sum + (name.startsWith(prefix) ? bytes.length : 0), 0)
}

test('with 500 points of a machine the last is restored with the bytes of the first, and each cost what changed', async (t) => {
  const disks = [{ name: 'vda', sizeBytes: diskBytes }]
  const walk = await FakeWalk.begin(pool, await newTemplate(pool), { name: 'shop', disks })
  const chance = chanceFrom(20_260_106)
  const disk = walk.machine.disk('vda')
  disk.write(0, chance.bytes(diskBytes))
  const contents: Buffer[] = []
  const ids: string[] = []
  const backUps: Work[] = []
  const before = sizeOf(walk, '')
  for (let at = 0; at < points; at++) {
    for (let changed = 0; at > 0 && changed < chunksPerPoint; changed++) {
      disk.write(chance.below(diskBytes / chunkBytes) * chunkBytes, chance.bytes(chunkBytes))
    }
    backUps.push(await counted(walk, async () => ids.push((await walk.backUp()).id)))
    if (kept.includes(at)) contents.push(walk.live('vda'))
  }
  const [early, late] = [backUps[30], backUps[points - 1]]
  assert.ok(near(early?.calls ?? 0, late?.calls ?? 1), JSON.stringify([early, late]))
  // One page of the map, an index, a manifest and a ledger entry for each point beside its chunks.
  const changedBytes = diskBytes + (points - 1) * chunksPerPoint * chunkBytes
  const perPointBytes = (sizeOf(walk, '') - before - changedBytes) / points
  assert.ok(perPointBytes < 16 * KiB, `${perPointBytes} bytes for each point beside what changed`)
  const mapBytes = (diskBytes / chunkBytes) * 32
  const packBytes = sizeOf(walk, 'packs/') - changedBytes
  assert.ok(packBytes < points * (mapBytes + KiB) + points * chunksPerPoint * 64, `${packBytes} bytes of maps`)
  assert.ok(sizeOf(walk, 'indexes/') < points * (chunksPerPoint + 3) * 256, `${sizeOf(walk, 'indexes/')} of indexes`)

  await walk.reopen()
  assert.deepEqual(
    walk.repository.points().map(({ id }) => id),
    ids,
  )
  const listing = await counted(walk, async () => walk.repository.points())
  assert.equal(listing.calls, 0)
  const restores: Work[] = []
  for (const [at, id] of kept.map((number) => ids[number] ?? '').entries()) {
    await walk.reopen()
    restores.push(
      await counted(walk, async () => {
        assert.ok((await walk.content(id, 'vda')).equals(contents[at] ?? Buffer.alloc(0)))
      }),
    )
  }
  const [first, middle, last] = restores
  t.diagnostic(JSON.stringify({ early, late, first, middle, last, perPointBytes, packBytes }))
  assert.ok(near(first?.bytes ?? 0, last?.bytes ?? 1), JSON.stringify(restores))
  assert.ok(near(middle?.bytes ?? 0, last?.bytes ?? 1), JSON.stringify(restores))
  // Chunks that were stored together are fetched together; those of 250 points or of 500 lie one by one.
  assert.ok(near(middle?.calls ?? 0, last?.calls ?? 1), JSON.stringify(restores))
  assert.ok((last?.calls ?? Number.POSITIVE_INFINITY) <= diskBytes / chunkBytes + 8, JSON.stringify(restores))
})
