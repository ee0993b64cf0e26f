import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { filled, idOf } from './chunk-samples.suite.ts'
import { type PlacedPack, Places } from './places.ts'
import { TableReader } from './table.ts'

function packOf(name: string, ids: readonly number[]): PlacedPack {
  const records = ids.map((number, ordinal) => ({
    id: idOf(number),
    offset: 112 + ordinal * 100,
    storedBytes: 36,
    rawBytes: 131_072 - ordinal,
    type: ordinal % 2 === 0 ? (1 as const) : (2 as const),
    codec: ordinal % 3 === 0 ? (1 as const) : (0 as const),
  }))
  return { name, salt: filled(32, 7), epoch: 3, sizeBytes: 64 + ids.length * 100, records }
}

test('every record is found with all that its index told of it', () => {
  const places = new Places()
  const ids = Array.from({ length: 3000 }, (_, number) => number)
  const first = packOf('aa', ids.slice(0, 2999))
  const second = packOf('bb', ids.slice(2999))
  const numbers = [places.add(first), places.add(second)]
  for (const [at, pack] of [first, second].entries()) {
    for (const [ordinal, { id, ...place }] of pack.records.entries()) {
      assert.deepEqual(places.find(id), { pack: numbers[at], ordinal, ...place })
    }
    const { name, salt, epoch, sizeBytes, records } = places.pack(numbers[at] ?? -1)
    assert.deepEqual(
      { name, salt, epoch, sizeBytes },
      { name: pack.name, salt: pack.salt, epoch: 3, sizeBytes: pack.sizeBytes },
    )
    assert.equal(records, pack.records.length)
  }
  assert.equal(places.find(idOf(3000)), undefined)
  assert.equal(places.records, 3000)
})

test('a pack that is told of twice counts once', () => {
  const places = new Places()
  const number = places.add(packOf('aa', [1, 2]))
  assert.equal(places.add(packOf('aa', [1, 2])), number)
  assert.equal(places.records, 2)
  assert.equal(places.numberOf('aa'), number)
})

test('the facts of a pack do not change with the buffer that its index was read from', () => {
  const places = new Places()
  const salt = filled(32, 7)
  const number = places.add({ ...packOf('aa', [1]), salt })
  salt.fill(0)
  assert.deepEqual(places.pack(number).salt, filled(32, 7))
})

test('a record that does not lie in its pack is damage, and nothing of that pack is learnt', () => {
  const places = new Places()
  const pack = packOf('aa', [1, 2])
  assert.throws(
    () => places.add({ ...pack, sizeBytes: pack.sizeBytes - 100 }),
    (thrown) => thrown instanceof Failure && thrown.code === 'object-damaged',
  )
  assert.equal(places.find(idOf(1)), undefined)
})

test('workers see through the shared table what may be relied on', () => {
  const places = new Places()
  const number = places.add(packOf('aa', [1]))
  assert.equal(new TableReader(places.table()).has(idOf(1)), true)
  places.change(new Map([[number, 'distrust']]))
  assert.equal(new TableReader(places.table()).has(idOf(1)), false)
  assert.equal(places.find(idOf(1))?.pack, number)
  places.change(new Map([[number, 'remove']]))
  assert.equal(places.find(idOf(1)), undefined)
  assert.notEqual(places.add(packOf('aa', [1])), number)
})
