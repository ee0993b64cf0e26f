import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { memoryStore } from '../store/memory.ts'
import { createRepository, openRepository } from './repository.ts'
import { contentOf, makePoint, never, noise, passphrase, pointIdOf, testChunkBytes } from './test-rig.ts'

let pool: ChunkPool
before(() => {
  pool = startPool(1)
})
after(() => pool[Symbol.asyncDispose]())

const breakGlass = new Uint8Array(Buffer.from('// a script'))
const usual = () => ({ pool, clock: systemClock, breakGlass, chunkBytes: testChunkBytes })

/** Numbers below `limit`, the same for the same seed. */
function chance(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

test('of two consoles that make a repository in one place at once, one does, whatever the interleaving', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const below = chance(seed)
    const store = memoryStore(async () => {
      for (let turn = below(4); turn > 0; turn--) await new Promise((resolve) => setImmediate(resolve))
    })
    const make = (word: string) => createRepository({ ...usual(), store, passphrase: word }, never)
    const [one, other] = await Promise.allSettled([make('first word'), make('second word')])
    const made = [one, other].filter(({ status }) => status === 'fulfilled')
    assert.equal(made.length, 1, `seed ${seed}`)
    const refused = one.status === 'rejected' ? one.reason : other.status === 'rejected' && other.reason
    assert.ok(refused instanceof Failure && refused.code === 'repository-exists', `seed ${seed}: ${String(refused)}`)
    const key = { kind: 'passphrase', passphrase: one.status === 'fulfilled' ? 'first word' : 'second word' } as const
    const { repository } = await openRepository({ ...usual(), store, key }, never)
    const id = await makePoint(repository, 1, [])
    assert.deepEqual(
      repository.points().map((point) => point.id),
      [id],
      `seed ${seed}`,
    )
  }
})

test('what is sealed after keys were renewed is sealed under new keys, and both ages are read', async () => {
  const store = memoryStore()
  const { repository, rootKey } = await createRepository({ ...usual(), store, passphrase }, never)
  const disk = (seed: number) => {
    const bytes = noise(seed, 20 * testChunkBytes)
    return { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  }
  await makePoint(repository, 1, [disk(1)])
  assert.equal(await repository.renewEpoch(never), 2)
  const before = new Set(store.objects.keys())
  await makePoint(repository, 2, [disk(2)])
  const key = { kind: 'root-key', rootKey } as const
  const { repository: again } = await openRepository({ ...usual(), store, key }, never)
  assert.equal(again.epoch, 2)
  for (const seed of [1, 2]) {
    assert.ok(
      (await contentOf(again, pointIdOf(seed), 'vda')).equals(noise(seed, 20 * testChunkBytes)),
      `point ${seed}`,
    )
  }
  const added = [...store.objects].filter(([name]) => !before.has(name))
  assert.ok(added.length >= 4, 'a pack, an index, a manifest, an entry')
  for (const [name, bytes] of added) assert.equal(Buffer.from(bytes).readUInt32LE(24), 2, `${name} is of the new epoch`)
  const third = await makePoint(again, 3, [disk(1)])
  assert.ok((await contentOf(again, third, 'vda')).equals(noise(1, 20 * testChunkBytes)))
})

test('a lock is refused, and nothing is left, where the store cannot lock', async () => {
  const store = memoryStore()
  const making = createRepository({ ...usual(), store, passphrase, lock: { mode: 'compliance', days: 7 } }, never)
  await assert.rejects(making, { code: 'store-unsuitable' })
  assert.equal(store.objects.size, 0)
})

test('a repository whose ledger is gone is not begun anew over what it holds', async () => {
  const store = memoryStore()
  const { repository, rootKey } = await createRepository({ ...usual(), store, passphrase }, never)
  await makePoint(repository, 1, [])
  const seen = repository.head()
  for (const name of [...store.objects.keys()]) if (name.startsWith('ledger/')) store.objects.delete(name)
  const options = { ...usual(), store, key: { kind: 'root-key', rootKey } } as const
  await assert.rejects(openRepository(options, never), { code: 'repository-damaged' })
  await assert.rejects(openRepository({ ...options, seen }, never), { code: 'repository-rolled-back' })
})
