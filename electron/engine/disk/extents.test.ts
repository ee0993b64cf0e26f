import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { alignTo, clip, cut, type Extent, type Extents, intersect, subtract, total, union } from './extents.ts'

const sizeBytes = 64

const range = fc
  .tuple(fc.nat(sizeBytes), fc.nat(12))
  .map(([start, lengthBytes]) => ({ start, end: Math.min(sizeBytes, start + lengthBytes) }))
const ranges = fc.array(range, { maxLength: 12 })
const extents = ranges.map(union)

/** The model: which bytes are in. */
function bytesOf(of: Iterable<Extent>): Set<number> {
  const bytes = new Set<number>()
  for (const { start, end } of of) for (let at = start; at < end; at++) bytes.add(at)
  return bytes
}

function assertForm(of: Extents): void {
  of.forEach((extent, index) => {
    assert.ok(extent.start < extent.end)
    assert.ok(index === 0 || (of[index - 1]?.end ?? 0) < extent.start)
  })
}

test('a union holds exactly the bytes of its ranges, in any order, as sorted extents that never touch', () => {
  fc.assert(
    fc.property(ranges, (list) => {
      const joined = union(list)
      assertForm(joined)
      assert.deepEqual(bytesOf(joined), bytesOf(list.toSorted((a, b) => a.start - b.start)))
    }),
  )
})

test('intersection and difference are those of the sets of bytes', () => {
  fc.assert(
    fc.property(extents, extents, (a, b) => {
      const both = intersect(a, b)
      const left = subtract(a, b)
      assertForm(both)
      assertForm(left)
      assert.deepEqual(bytesOf(both), new Set([...bytesOf(a)].filter((at) => bytesOf(b).has(at))))
      assert.deepEqual(bytesOf(left), new Set([...bytesOf(a)].filter((at) => !bytesOf(b).has(at))))
    }),
  )
})

test('one changed byte brings its whole chunk along', () => {
  assert.deepEqual(alignTo([{ start: 4097, end: 4098 }], 4096), [{ start: 4096, end: 8192 }])
})

test('aligned extents hold exactly the grains that were touched', () => {
  fc.assert(
    fc.property(extents, fc.integer({ min: 1, max: 9 }), (list, grainBytes) => {
      const aligned = alignTo(list, grainBytes)
      assertForm(aligned)
      const grains = (of: Extents): Set<number> => new Set([...bytesOf(of)].map((at) => Math.floor(at / grainBytes)))
      assert.deepEqual(grains(aligned), grains(list))
      assert.equal(total(aligned), grains(list).size * grainBytes)
    }),
  )
})

test('nothing behind the end of a disk survives clipping', () => {
  fc.assert(
    fc.property(extents, fc.nat(sizeBytes), (list, endBytes) => {
      const expected = [...bytesOf(list)].filter((at) => at < endBytes)
      assert.deepEqual([...bytesOf(clip(list, endBytes))], expected)
    }),
  )
})

test('cutting loses no byte and never crosses a border', () => {
  fc.assert(
    fc.property(extents, fc.integer({ min: 1, max: 9 }), (list, pieceBytes) => {
      const pieces = [...cut(list, pieceBytes)]
      assert.deepEqual(bytesOf(pieces), bytesOf(list))
      assert.equal(total(pieces), total(list))
      for (const { start, end } of pieces) {
        assert.ok(start < end)
        assert.equal(Math.floor(start / pieceBytes), Math.floor((end - 1) / pieceBytes))
      }
    }),
  )
})
