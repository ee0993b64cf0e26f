import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hole, runsBetween, unpackRuns } from './runs.ts'

const packed = Buffer.of(0x21, 0x18, 0x34, 0x56, 0x01, 0x08, 0x11, 0x10, 0xf0, 0x00)

test('runs go forth and back by signed moves, and without a move are holes', () => {
  const runs = unpackRuns([{ firstVcn: 0, endVcn: 0x30, packed }], 0x10000)
  assert.deepEqual(runs, { vcns: [0, 0x18, 0x20], lcns: [0x5634, hole, 0x5624], end: 0x30 })
  assert.deepEqual(
    [...runsBetween(runs, 0x17, 0x22)],
    [
      { vcn: 0x17, lcn: 0x564b, clusters: 1 },
      { vcn: 0x18, lcn: hole, clusters: 8 },
      { vcn: 0x20, lcn: 0x5624, clusters: 2 },
    ],
  )
})

test('records in any order make one stream; a gap, an overlap or a missing first is damage', () => {
  const piece = (firstVcn: number, lcn: number) => ({
    firstVcn,
    endVcn: firstVcn + 4,
    packed: Buffer.of(0x11, 4, lcn, 0),
  })
  assert.deepEqual(unpackRuns([piece(4, 9), piece(0, 20)], 100).lcns, [20, 9])
  for (const pieces of [[piece(0, 1), piece(5, 9)], [piece(0, 1), piece(3, 9)], [piece(4, 9)]]) {
    assert.throws(() => unpackRuns(pieces, 100), { code: 'file-system-damaged' })
  }
})

test('a run outside the volume, of no length, of nine bytes, or other than said is damage', () => {
  for (const bytes of [
    [0x11, 4, 98, 0],
    [0x11, 4, 0xff, 0],
    [0x11, 0, 1, 0],
    [0x11, 0x80, 1, 0],
    [0x19, 1],
    [0x11, 3, 1, 0],
    [0x11, 4, 1],
  ]) {
    const piece = { firstVcn: 0, endVcn: 4, packed: Buffer.from(bytes) }
    assert.throws(() => unpackRuns([piece], 100), { code: 'file-system-damaged' }, String(bytes))
  }
})
