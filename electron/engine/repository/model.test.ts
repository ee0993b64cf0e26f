import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import {
  contentOf,
  copyOf,
  makePoint,
  newRepository,
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
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

const mostChunks = 2200
const chunk = fc.oneof(fc.nat(mostChunks - 1), fc.constantFrom(0, 1, 1022, 1023, 1024, 1025, 2047, 2048))

/** A point: what it starts from, how large it is, and what happens to it in which order. */
const step = fc.record({
  base: fc.option(fc.nat(5)),
  sizeBytes: fc.oneof(
    fc.nat(mostChunks * testChunkBytes),
    chunk.map((at) => at * testChunkBytes),
  ),
  writes: fc.array(fc.record({ at: chunk, chunks: fc.integer({ min: 1, max: 40 }), seed: fc.nat(5) }), {
    maxLength: 6,
  }),
  zero: fc.array(fc.record({ at: chunk, chunks: fc.integer({ min: 1, max: 1500 }) }), { maxLength: 3 }),
})
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Seed 0 writes zeroes. */
function contentFor(seed: number, lengthBytes: number): Buffer {
  return seed === 0 ? Buffer.alloc(lengthBytes) : noise(seed, lengthBytes)
}

function plan({ sizeBytes, writes, zero }: Step) {
  const clipped = (at: number, chunks: number) => {
    const start = Math.min(at * testChunkBytes, sizeBytes)
    return { start, end: Math.min(start + chunks * testChunkBytes, sizeBytes) }
  }
  return {
    writes: writes
      .map(({ at, chunks, seed }) => ({ ...clipped(at, chunks), seed }))
      .filter(({ start, end }) => end > start)
      .map(({ start, end, seed }) => ({ offset: start, bytes: contentFor(seed, end - start) })),
    zero: zero.map(({ at, chunks }) => clipped(at, chunks)).filter(({ start, end }) => end > start),
  }
}

function modelOf({ sizeBytes }: Step, { writes, zero }: ReturnType<typeof plan>, base: Buffer | undefined): Buffer {
  const model = Buffer.alloc(sizeBytes)
  model.set(base?.subarray(0, sizeBytes) ?? [])
  for (const { offset, bytes } of writes) model.set(bytes, offset)
  for (const { start, end } of zero) model.fill(0, start, end)
  return model
}

async function check(steps: readonly Step[]): Promise<void> {
  const rig = { ...template, store: copyOf(template.store) }
  const repository = await reopen(pool, rig)
  const models: Buffer[] = []
  for (const [at, each] of steps.entries()) {
    const planned = plan(each)
    const base = models[each.base ?? at]
    const from = base === undefined ? {} : { base: pointIdOf(each.base ?? at) }
    await makePoint(repository, at, [{ name: 'vda', sizeBytes: each.sizeBytes, ...from, ...planned }])
    models.push(modelOf(each, planned, base))
  }
  const again = await reopen(pool, rig)
  for (const [at, model] of models.entries()) {
    assert.ok(model.equals(await contentOf(again, pointIdOf(at), 'vda')), `point ${at}`)
  }
}

test('points made of random writes, zeroes and sizes upon random bases read back as a plain model says', async () => {
  await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), check), { numRuns: 40 })
})
