import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { reportPlanted } from '../proof/rows.ts'
import { footerBytes, tagBytes } from '../repository/format/pack.ts'
import { recordTypes } from './chunk.ts'
import { filled, keys, noise, prose } from './chunk-samples.suite.ts'
import type { Plant } from './plant.ts'
import { type OpenRequest, startPool } from './pool.ts'
import { coded, type Kept, keep, never, requestsOf, seal, unitBytes } from './pool-rig.suite.ts'
import { chunkId, packSeal, sealRecord } from './seal.ts'
import { oneShotZstd } from './zstd.ts'

test('a store that fails fails the sealer for good, with its own failure', async () => {
  await using pool = startPool(2)
  const full = new Failure('no-space', 'the store is full')
  let handed = 0
  const { packs, sealer } = keep(pool, async () => {
    if (++handed === 2) throw full
  })
  await using _ = sealer
  const batches = Array.from({ length: 12 }, (_, at) => seal(sealer, noise(16 * unitBytes, `full ${at}`)))
  await Promise.allSettled(batches)
  await assert.rejects(sealer.flush(never), (thrown) => thrown === full)
  await assert.rejects(seal(sealer, noise(unitBytes, 'more')), (thrown) => thrown === full)
  await assert.rejects(sealer.flush(never), (thrown) => thrown === full)
  assert.ok(packs.length < 12)
})

test('a thread that dies fails what it had and every sealer with a pack there; later work finds a new thread', async () => {
  await using pool = startPool(1, new Set(['dying-worker']))
  const bystander = keep(pool)
  const flushed = keep(pool)
  const victim = keep(pool)
  await seal(flushed.sealer, noise(unitBytes, 'flushed'))
  await flushed.sealer.flush(never)
  await seal(bystander.sealer, noise(unitBytes, 'bystander'))
  const deadly = noise(unitBytes, 'victim')
  deadly.set(Buffer.from('die!'))
  const behind = noise(unitBytes, 'behind')
  const results = await Promise.allSettled([seal(victim.sealer, deadly), seal(victim.sealer, behind)])
  assert.deepEqual(
    results.map((result) => result.status === 'rejected' && coded('engine-died')(result.reason)),
    [true, true],
  )
  await assert.rejects(victim.sealer.flush(never), coded('engine-died'))
  await assert.rejects(bystander.sealer.flush(never), coded('engine-died'))
  await seal(flushed.sealer, noise(unitBytes, 'after'))
  await flushed.sealer.flush(never)
  assert.equal(flushed.packs.flatMap((pack) => pack.records).length, 2)
  for (const { sealer } of [bystander, flushed, victim]) await sealer[Symbol.asyncDispose]()
})

test('a cancelled batch that waits is dropped, and the others are sealed', async () => {
  await using pool = startPool(1)
  const { packs, sealer } = keep(pool)
  await using _ = sealer
  const cancel = new AbortController()
  const kept = Array.from({ length: 4 }, (_, at) => seal(sealer, noise(8 * unitBytes, `kept ${at}`)))
  const dropped = seal(sealer, noise(8 * unitBytes, 'dropped'), cancel.signal)
  cancel.abort()
  await assert.rejects(dropped, { name: 'AbortError' })
  await assert.rejects(seal(sealer, noise(unitBytes, 'never'), cancel.signal), { name: 'AbortError' })
  await Promise.all(kept)
  await assert.rejects(sealer.flush(cancel.signal), { name: 'AbortError' })
  await sealer.flush(never)
  assert.equal(packs.flatMap((pack) => pack.records).length, 32)
})

test('damaged records are named, leave zeroes, and do not keep the others from opening', async () => {
  await using pool = startPool(1)
  const { packs, sealer } = keep(pool)
  await using _ = sealer
  const plaintext = Buffer.concat([noise(unitBytes, 'a'), prose(unitBytes, 'b'), noise(unitBytes, 'c')])
  await seal(sealer, plaintext)
  await sealer.flush(never)
  const [pack] = packs as [Kept]
  const [, second] = pack.records as [unknown, Kept['records'][0]]
  const bytes = pack.bytes.slice()
  bytes[second.offset] = (bytes[second.offset] ?? 0) ^ 1
  const requests = requestsOf(pack)
  const outside = { ...(requests[0] as OpenRequest), offset: bytes.length - 5 }
  const opened = await pool.open(keys, bytes, [...requests, outside], false, never)
  assert.deepEqual(opened.damaged, [1, 3])
  plaintext.fill(0, unitBytes, 2 * unitBytes)
  assert.deepEqual(Buffer.from(opened.bytes), Buffer.concat([plaintext, Buffer.alloc(unitBytes)]))
})

test('only a re-hash finds a record that was sealed under the id of other bytes', async () => {
  await using pool = startPool(1)
  const salt = filled(32, 1)
  const id = chunkId(keys, recordTypes.data, prose(100, 'other bytes'))
  const record = { type: recordTypes.data, ordinal: 0, id }
  const { header, ciphertext, tag } = sealRecord(packSeal(keys, salt), record, prose(100, 'bytes'), oneShotZstd())
  const request = { ...header, id, salt, offset: 0 }
  for (const rehash of [false, true]) {
    const sealed = new Uint8Array(Buffer.concat([ciphertext, tag]))
    const { damaged } = await pool.open(keys, sealed, [request], rehash, never)
    assert.deepEqual(damaged, rehash ? [0] : [])
  }
})

test('closing a sealer or the pool ends what waits and stores nothing more', async () => {
  const pool = startPool(1)
  const closed = keep(pool)
  const batches = Array.from({ length: 9 }, (_, at) => seal(closed.sealer, noise(4 * unitBytes, `closed ${at}`)))
  const settled = Promise.allSettled(batches)
  await closed.sealer[Symbol.asyncDispose]()
  assert.equal(
    (await settled).some((result) => result.status === 'rejected' && coded('cancelled')(result.reason)),
    true,
  )
  assert.deepEqual(closed.packs, [])
  const open = keep(pool)
  const more = Array.from({ length: 9 }, (_, at) => seal(open.sealer, noise(4 * unitBytes, `open ${at}`)))
  const refused = Promise.allSettled(more)
  await pool[Symbol.asyncDispose]()
  const last = (await refused).at(-1)
  assert.ok(last?.status === 'rejected' && coded('cancelled')(last.reason))
  await assert.rejects(pool.identify(keys, unitBytes, noise(1, 'late'), never), coded('cancelled'))
})

/** Seals under a fault of memory; answers the packs that went out and whether all their records open. */
async function underFault(...plants: Plant[]): Promise<{ readonly refused: boolean; readonly sound: boolean }> {
  await using pool = startPool(1, new Set(plants))
  const { packs, sealer } = keep(pool)
  await using _ = sealer
  const refused = await seal(sealer, noise(unitBytes, 'fault')).then(() => false, coded('bug'))
  await sealer.flush(never).catch((thrown: unknown) => assert.ok(refused, String(thrown)))
  let sound = true
  for (const pack of packs) {
    const end = pack.records.reduce((last, record) => Math.max(last, record.offset + record.storedBytes + tagBytes), 0)
    assert.equal(end + footerBytes(pack.records.length), pack.bytes.length)
    sound &&= (await pool.open(keys, pack.bytes, requestsOf(pack), true, never)).damaged.length === 0
  }
  return { refused, sound }
}

test('a chunk that memory damaged on its way is never handed over', async () => {
  assert.deepEqual(await underFault('flipped-bit'), { refused: true, sound: true })
})

test('the planted bug no-verification-before-put is told from sound code', async () => {
  const { refused, sound } = await underFault('flipped-bit', 'no-verification-before-put')
  reportPlanted({ bug: 'no-verification-before-put', isCaught: !sound, suite: import.meta.url })
  assert.deepEqual({ refused, sound }, { refused: false, sound: false })
})
