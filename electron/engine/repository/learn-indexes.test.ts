import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { startPool } from '../chunk/pool.ts'
import type { ObjectInfo, Store } from '../store/store.ts'
import { contentOf, copyOf, makePoint, newRepository, noise, reopen, testChunkBytes } from './test-rig.ts'

const pool = startPool(1)
after(() => pool[Symbol.asyncDispose]())

const points = 12
const sizeBytes = 2 * testChunkBytes

/** Lists of indexes as a store might give them that cannot be relied on. */
const lists: readonly (readonly [string, (real: AsyncIterable<ObjectInfo>) => AsyncIterable<ObjectInfo>])[] = [
  ['that is refused', () => refused()],
  ['that breaks off', (real) => brokenOff(real)],
  ['that tells nothing', () => nothing()],
  ['that tells of sizes no memory could hold', (real) => swollen(real)],
]

// biome-ignore lint/correctness/useYield: it fails before it tells anything
async function* refused(): AsyncGenerator<ObjectInfo> {
  throw new Failure('credentials-refused', 'These credentials may not list')
}

async function* brokenOff(real: AsyncIterable<ObjectInfo>): AsyncGenerator<ObjectInfo> {
  for await (const info of real) {
    yield info
    throw new Failure('repository-unreachable', 'The second page does not come')
  }
}

async function* nothing(): AsyncGenerator<ObjectInfo> {}

async function* swollen(real: AsyncIterable<ObjectInfo>): AsyncGenerator<ObjectInfo> {
  for await (const info of real) yield { ...info, sizeBytes: 2 ** 50 }
}

for (const [told, listed] of lists) {
  test(`a repository of many indexes opens whole with a list ${told}`, async () => {
    const made = await newRepository(pool)
    {
      await using repository = await reopen(pool, made)
      for (let number = 0; number < points; number++) {
        const writes = [{ offset: 0, bytes: noise(number, sizeBytes) }]
        await makePoint(repository, number, [{ name: 'vda', sizeBytes, writes }])
      }
    }
    const copy = copyOf(made.store)
    const real = copy.list.bind(copy)
    let asked = 0
    const list: Store['list'] = (prefix, signal) => {
      if (prefix !== 'indexes/') return real(prefix, signal)
      asked++
      return listed(real(prefix, signal))
    }
    await using repository = await reopen(pool, { ...made, store: Object.assign(copy, { list }) })
    assert.ok(asked > 0)
    assert.deepEqual(repository.problems(), [])
    for (const { id, createdAt } of repository.points()) {
      const number = createdAt - 1_700_000_000_000
      assert.ok((await contentOf(repository, id, 'vda')).equals(noise(number, sizeBytes)))
    }
    assert.equal(repository.points().length, points)
  })
}
