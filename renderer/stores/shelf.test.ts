import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ShelfItem, shelfKey, shelfLimit, shelfStore } from './shelf.ts'

function item(path: string, rest: Partial<ShelfItem['ref']> = {}): ShelfItem {
  const ref = { pointId: 'a'.repeat(32), volumeId: 'vda/1', path, ...rest }
  return { ref, kind: 'file', sizeBytes: 1, machineId: 'm', machineName: 'web-01', at: 0 }
}

test('the same file of the same point lies on the shelf once, of two points twice', () => {
  const shelf = shelfStore()
  shelf.add([item('/a'), item('/b')])
  shelf.add([item('/a'), item('/a', { pointId: 'b'.repeat(32) }), item('/a', { stream: 'zone' })])
  assert.deepEqual(
    shelf.getState().items.map(({ ref }) => ref.path),
    ['/a', '/b', '/a', '/a'],
  )
  shelf.remove(shelfKey(item('/a')))
  assert.equal(shelf.getState().items.length, 3)
})

test('the shelf never holds more than one call takes', () => {
  const shelf = shelfStore()
  shelf.add(Array.from({ length: shelfLimit + 5 }, (_, at) => item(`/${at}`)))
  assert.equal(shelf.getState().items.length, shelfLimit)
})
