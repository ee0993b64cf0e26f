import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { KiB } from '../../../../shared/units.ts'
import { meets, ReadSet } from './read-set.ts'

const block = 128 * KiB
const disks = ['vda', 'vdb']

test('what was read meets a change exactly where they share a block of the same disk', () => {
  const range = fc.record({ disk: fc.nat(1), start: fc.nat(300), length: fc.integer({ min: 1, max: 5 }) })
  void fc.assert(
    fc.property(fc.array(range, { minLength: 1, maxLength: 8 }), range, fc.nat(2 ** 31), (reads, change, far) => {
      const set = new ReadSet(disks)
      const at = (unit: number): number => (unit + far) * block
      for (const { disk, start, length } of reads) set.add(disks[disk] ?? '', at(start) + 5, at(start + length) - 5)
      const changed = disks.map((_, disk) =>
        disk === change.disk ? [{ start: at(change.start) + 7, end: at(change.start + change.length) - 7 }] : [],
      )
      const isShared = reads.some(
        ({ disk, start, length }) =>
          disk === change.disk && start < change.start + change.length && change.start < start + length,
      )
      assert.equal(meets(set.encode() ?? new Uint8Array(), changed), isShared)
    }),
  )
})

test('a set of nothing, or of a disk that nobody knows, says nothing', () => {
  const set = new ReadSet(disks)
  assert.equal(set.encode(), undefined)
  set.add('vda', 0, 1)
  assert.ok(set.encode() !== undefined)
  set.add('vdc', 0, 1)
  assert.equal(set.encode(), undefined)
  set.clear()
  assert.equal(set.encode(), undefined)
})
