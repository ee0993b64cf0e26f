import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { codecs, recordTypes } from '../chunk/chunk.ts'
import { planRuns, planStretches, type Wanted } from './runs.ts'

function wanted(pack: number, offset: number, storedBytes: number, rawBytes = storedBytes): Wanted {
  const place = { pack, ordinal: 0, offset, storedBytes, rawBytes, type: recordTypes.data, codec: codecs.raw }
  return { id: new Uint8Array(32), place, chunks: [0] }
}

const KiB = 1024
/** A place holds one record, so its length follows from where it is. */
const record = fc
  .record({ pack: fc.nat(2), slot: fc.nat(400) })
  .map(({ pack, slot }) => wanted(pack, slot * 129 * KiB, 1 + ((slot * 7919) % (128 * KiB)), 128 * KiB))

test('every record is in exactly one run, inside its bounds, and no run is too large', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 200 }), (records) => {
      const runs = planRuns(records)
      const planned = runs.flatMap((run) => run.records)
      assert.deepEqual(new Set(planned), new Set(records))
      assert.equal(planned.length, records.length)
      for (const { pack, start, end, records: inside } of runs) {
        assert.ok(inside.every(({ place }) => place.pack === pack && place.offset >= start))
        assert.ok(inside.every(({ place }) => place.offset + place.storedBytes + 16 <= end))
        assert.ok(end - start <= 2048 * KiB)
        assert.ok(inside.reduce((sum, { place }) => sum + place.rawBytes, 0) <= 2048 * KiB)
      }
    }),
  )
})

test('neighbours of one pack are read at once, in whatever order they were wanted', () => {
  const records = [0, 1, 2, 3].map((at) => wanted(0, at * 65_600, 65_536))
  assert.equal(planRuns(records.toReversed()).length, 1)
  assert.equal(planRuns([wanted(0, 0, 100), wanted(1, 100, 100)]).length, 2)
  assert.equal(
    planRuns([wanted(0, 0, 100), wanted(0, 1_000_000, 100)]).length,
    2,
    'what lies far off is read by itself',
  )
})

test('chunks that open to far more than they were read as are opened in small runs', () => {
  const records = Array.from({ length: 1000 }, (_, at) => wanted(0, at * 100, 36, 128 * KiB))
  assert.equal(planRuns(records).length, Math.ceil(1000 / 16))
})

test('every run is in exactly one stretch, which reads no further than it must', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 400 }), (records) => {
      const runs = planRuns(records)
      const stretches = planStretches(runs)
      assert.deepEqual(
        stretches.flatMap((stretch) => stretch.runs),
        runs,
      )
      for (const { pack, start, end, runs: inside } of stretches) {
        assert.ok(inside.every((run) => run.pack === pack))
        assert.deepEqual([inside[0]?.start, inside.at(-1)?.end], [start, end])
        assert.ok(end - start <= 4096 * KiB)
      }
    }),
  )
})

test('runs that follow each other in a pack are read at once', () => {
  const records = Array.from({ length: 48 }, (_, at) => wanted(0, at * 65_600, 65_536, 128 * KiB))
  const runs = planRuns(records)
  assert.ok(runs.length > 1)
  assert.equal(planStretches(runs).length, 1)
})
