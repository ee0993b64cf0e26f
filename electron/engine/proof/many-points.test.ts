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

type Made = { readonly ids: readonly string[]; readonly contents: readonly Buffer[]; readonly backUps: readonly Work[] }

async function makePoints(walk: FakeWalk): Promise<Made> {
  const chance = chanceFrom(20_260_106)
  const disk = walk.machine.disk('vda')
  disk.write(0, chance.bytes(diskBytes))
  const [ids, contents, backUps]: [string[], Buffer[], Work[]] = [[], [], []]
  for (let at = 0; at < points; at++) {
    for (let changed = 0; at > 0 && changed < chunksPerPoint; changed++) {
      disk.write(chance.below(diskBytes / chunkBytes) * chunkBytes, chance.bytes(chunkBytes))
    }
    backUps.push(await counted(walk, async () => ids.push((await walk.backUp()).id)))
    if (kept.includes(at)) contents.push(walk.live('vda'))
  }
  return { ids, contents, backUps }
}

/** The work of a restore by a console that has just opened the repository. */
async function restoring(walk: FakeWalk, { ids, contents }: Made): Promise<readonly Work[]> {
  const works: Work[] = []
  for (const [at, number] of kept.entries()) {
    await walk.reopen()
    const content = counted(walk, async () => {
      assert.ok((await walk.content(ids[number] ?? '', 'vda')).equals(contents[at] ?? Buffer.alloc(0)))
    })
    works.push(await content)
  }
  return works
}

function assertNear(one: number | undefined, other: number | undefined): void {
  assert.ok(near(one ?? 0, other ?? 1), `${one} and ${other} are not within 20 %`)
}

test('with 500 points of a machine the last is restored with the bytes of the first, and each cost what changed', async (t) => {
  const disks = [{ name: 'vda', sizeBytes: diskBytes }]
  const walk = await FakeWalk.begin(pool, await newTemplate(pool), { name: 'shop', disks })
  const before = sizeOf(walk, '')
  const made = await makePoints(walk)
  const [early, late] = [made.backUps[30], made.backUps[points - 1]]
  assertNear(early?.calls, late?.calls)
  assertNear(early?.bytes, late?.bytes)
  // One page of the map, an index, a manifest and a ledger entry for each point beside its chunks.
  const changedBytes = diskBytes + (points - 1) * chunksPerPoint * chunkBytes
  const perPointBytes = (sizeOf(walk, '') - before - changedBytes) / points
  assert.ok(perPointBytes < 16 * KiB, `${perPointBytes} bytes for each point beside what changed`)
  const pageBytes = (diskBytes / chunkBytes) * 32
  const mapBytes = sizeOf(walk, 'packs/') - changedBytes
  assert.ok(mapBytes < points * (pageBytes + KiB + chunksPerPoint * 64), `${mapBytes} bytes of maps`)
  assert.ok(sizeOf(walk, 'indexes/') < points * (chunksPerPoint + 3) * 256, `${sizeOf(walk, 'indexes/')} of indexes`)

  await walk.reopen()
  const listing = await counted(walk, async () => {
    assert.deepEqual(
      walk.repository.points().map(({ id }) => id),
      made.ids,
    )
  })
  assert.equal(listing.calls, 0)
  const [first, middle, last] = await restoring(walk, made)
  t.diagnostic(JSON.stringify({ early, late, first, middle, last, perPointBytes, mapBytes }))
  assertNear(first?.bytes, last?.bytes)
  assertNear(middle?.bytes, last?.bytes)
  // Chunks that were stored together are fetched together; those of 250 points or of 500 lie one by one.
  assertNear(middle?.calls, last?.calls)
  assert.ok((last?.calls ?? Number.POSITIVE_INFINITY) <= diskBytes / chunkBytes + 8)
})
