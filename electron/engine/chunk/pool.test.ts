import assert from 'node:assert/strict'
import { createHash, randomInt } from 'node:crypto'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { decodePackHeader, recordsOf } from '../repository/format/pack.ts'
import { idBytes, recordTypes, zeroId } from './chunk.ts'
import { filled, keys, noise, prose } from './chunk-samples.suite.ts'
import { Places } from './places.ts'
import { type FinishedPack, startPool } from './pool.ts'
import { coded, idsOf, keep, never, packBytes, requestsOf, seal, unitBytes, until } from './pool-rig.suite.ts'
import { chunkId } from './seal.ts'

test('what was sealed in many batches at once is found in the packs, each chunk once', async () => {
  const seed = randomInt(2 ** 32)
  const pool = startPool(2)
  await using _ = pool
  const { packs, sealer } = keep(pool)
  await using __ = sealer
  const units = Array.from({ length: 400 }, (_, at) => {
    const kind = (seed + at * 7) % 5
    if (kind === 0) return filled(unitBytes, 0)
    return kind < 3 ? noise(unitBytes, `${seed} ${at % 150}`) : prose(unitBytes, `${seed} ${at % 150}`)
  })
  const batches = Array.from({ length: 50 }, (_, at) => Buffer.concat(units.slice(at * 8, at * 8 + 8)))
  const ids = (await Promise.all(batches.map((batch) => seal(sealer, batch)))).flatMap(idsOf)
  await sealer.flush(never)
  const stored = new Map<string, Buffer>()
  for (const pack of packs) {
    assert.equal(pack.name, createHash('sha256').update(pack.bytes).digest('hex'))
    assert.ok(pack.bytes.length <= packBytes)
    assert.deepEqual(decodePackHeader(pack.bytes).salt, Buffer.from(pack.salt))
    const told = [...recordsOf(pack.bytes)].map(({ ordinal: _, ...record }) => ({
      ...record,
      id: new Uint8Array(record.id),
    }))
    assert.deepEqual(told, pack.records)
    const { bytes, damaged } = await pool.open(keys, pack.bytes, requestsOf(pack), true, never)
    assert.deepEqual(damaged, [])
    for (const [at, { id }] of pack.records.entries()) {
      const name = Buffer.from(id).toString('hex')
      assert.ok(!stored.has(name), `seed ${seed}: chunk ${name} was stored twice`)
      stored.set(name, Buffer.from(bytes.subarray(at * unitBytes, (at + 1) * unitBytes)))
    }
  }
  for (const [at, unit] of units.entries()) {
    const id = ids[at] ?? ''
    const found = id === Buffer.from(zeroId).toString('hex') ? Buffer.alloc(unitBytes) : stored.get(id)
    assert.deepEqual(found, Buffer.from(unit), `seed ${seed}, unit ${at}`)
  }
})

test('the last unit may be shorter, an empty batch has no ids, and small shared buffers are taken', async () => {
  await using pool = startPool(1)
  const { packs, sealer } = keep(pool)
  await using _ = sealer
  const bytes = Buffer.concat([noise(unitBytes, 'whole'), noise(3, 'rest')])
  assert.deepEqual(
    Buffer.from(await seal(sealer, bytes)),
    Buffer.concat([
      chunkId(keys, recordTypes.data, noise(unitBytes, 'whole')),
      chunkId(keys, recordTypes.data, noise(3, 'rest')),
    ]),
  )
  assert.equal((await seal(sealer, new Uint8Array(0))).length, 0)
  const small = Buffer.from('a small buffer of a page') as Uint8Array<ArrayBuffer>
  const id = await sealer.seal(recordTypes.page, unitBytes, small, never)
  assert.deepEqual(Buffer.from(id), chunkId(keys, recordTypes.page, Buffer.from('a small buffer of a page')))
  await sealer.flush(never)
  assert.deepEqual(
    packs.flatMap((pack) => pack.records.map((record) => [record.type, record.rawBytes])),
    [
      [recordTypes.data, unitBytes],
      [recordTypes.data, 3],
      [recordTypes.page, 24],
    ],
  )
})

test('what the repository holds already is not sealed again, unless its pack is distrusted', async () => {
  await using pool = startPool(2)
  const first = keep(pool)
  await seal(first.sealer, noise(4 * unitBytes, 'known'))
  await first.sealer.flush(never)
  await first.sealer[Symbol.asyncDispose]()
  const options = { keys, packBytes, table: first.places.table }
  const later: string[] = []
  const onPack = async (pack: FinishedPack) => void later.push(pack.name)
  for (const expected of [0, 1]) {
    await using sealer = pool.sealer({ ...options, onPack })
    await seal(sealer, noise(4 * unitBytes, 'known'))
    await sealer.flush(never)
    assert.equal(later.length, expected)
    first.places.change(new Map([[0, 'distrust']]))
  }
})

test('each of two flushes at once resolves only when every pack was taken', async () => {
  await using pool = startPool(2)
  const gate = Promise.withResolvers<void>()
  let waiting = 0
  const { packs, sealer } = keep(pool, () => {
    waiting++
    return gate.promise
  })
  await using _ = sealer
  await seal(sealer, noise(4 * unitBytes, 'flushed twice'))
  const ended: number[] = []
  const flushes = [1, 2].map((number) => sealer.flush(never).then(() => void ended.push(number)))
  await until(() => waiting > 0)
  assert.deepEqual(ended, [])
  gate.resolve()
  await Promise.all(flushes)
  assert.equal(packs.flatMap(({ records }) => records).length, 4)
})

test('while packs are not taken only so many are made, and all go on once they are', async () => {
  await using pool = startPool(2)
  const gate = Promise.withResolvers<void>()
  let waiting = 0
  let most = 0
  const { packs, sealer } = keep(pool, async () => {
    most = Math.max(most, ++waiting)
    await gate.promise
    waiting--
  })
  await using _ = sealer
  let sealed = 0
  const batches = Array.from({ length: 60 }, async (_, at) => {
    await seal(sealer, noise(8 * unitBytes, `held ${at}`))
    sealed++
  })
  await until(() => waiting >= 4)
  const identified = await pool.identify(keys, unitBytes, noise(unitBytes, 'other work'), never)
  assert.deepEqual(Buffer.from(identified), chunkId(keys, recordTypes.data, noise(unitBytes, 'other work')))
  assert.ok(sealed < 30, `${sealed} batches went on`)
  gate.resolve()
  await Promise.all(batches)
  await sealer.flush(never)
  // Two of each thread, and what the two batches behind them may fill.
  assert.ok(most <= 8, `${most} packs were out at once`)
  assert.equal(packs.flatMap((pack) => pack.records).length, 480)
})

test('a small run is not kept waiting by a large one', async () => {
  await using pool = startPool(1)
  const large = keep(pool)
  const small = keep(pool)
  let done = 0
  const many = Array.from({ length: 40 }, async (_, at) => {
    await seal(large.sealer, noise(8 * unitBytes, `large ${at}`))
    done++
  })
  await seal(small.sealer, noise(unitBytes, 'small'))
  assert.ok(done < 10, `${done} batches of the large run came first`)
  await Promise.all(many)
  for (const { sealer } of [large, small]) await sealer[Symbol.asyncDispose]()
})

test('identify gives the ids that sealing gives', async () => {
  await using pool = startPool(2)
  const { sealer } = keep(pool)
  await using _ = sealer
  const bytes = Buffer.concat([noise(unitBytes, 'a'), Buffer.alloc(unitBytes), prose(5, 'b')])
  const identified = await pool.identify(keys, unitBytes, new Uint8Array(bytes), never)
  assert.deepEqual(identified, await seal(sealer, bytes))
  assert.deepEqual(identified.subarray(idBytes, 2 * idBytes), zeroId)
})

test('packs that cannot hold a unit or that the format does not allow are refused', async () => {
  await using pool = startPool(1)
  const { sealer } = keep(pool)
  await using _ = sealer
  const bytes = new Uint8Array(packBytes)
  await assert.rejects(sealer.seal(recordTypes.data, packBytes, bytes, never), coded('invalid-argument'))
  const options = { keys, table: new Places().table, onPack: async () => {} }
  assert.throws(() => pool.sealer({ ...options, packBytes: 64 * MiB + 1 }), coded('invalid-argument'))
})
