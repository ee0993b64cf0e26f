import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  holding,
  lengthOf,
  moved,
  neighbourOf,
  pointAtMoment,
  shareOf,
  spanAround,
  stepOf,
  zoomed,
  zoomMs,
  zoomOf,
  zooms,
} from './band.ts'
import { pointAt } from './life.ts'
import type { PointNode } from './lineage.ts'

const minute = 60_000
const day = 1440 * minute

function node(at: number, live = true): PointNode {
  return { kind: 'point', key: `point:${at}`, at, point: pointAt(String(at), at), live }
}

test('a moment means the newest point at or before it, and nothing before the first', () => {
  const points = [node(10 * minute), node(20 * minute), node(30 * minute)]
  const meant = (moment: number): number | undefined => pointAtMoment(points, moment)?.at
  assert.deepEqual([10 * minute - 1, 10 * minute, 30 * minute - 1, 99 * minute].map(meant), [
    undefined,
    10 * minute,
    20 * minute,
    30 * minute,
  ])
})

test('of the points of one minute the live line’s newest is meant, however much newer a branch’s is', () => {
  const points = [node(60_000), node(60_010), node(60_500, false), node(60_900, false), node(120_000, false)]
  assert.equal(pointAtMoment(points, 61_000)?.at, 60_010)
  assert.equal(pointAtMoment(points, 60_005)?.at, 60_000)
  assert.equal(pointAtMoment(points, 120_000)?.at, 120_000)
})

test('neighbours stop at both ends, and the first step chooses an end', () => {
  const points = [node(1), node(2), node(3)]
  assert.equal(neighbourOf(points, 'point:2', 1)?.at, 3)
  assert.equal(neighbourOf(points, 'point:1', -1)?.at, 1)
  assert.equal(neighbourOf(points, 'snapshot:x', -1)?.at, 3)
  assert.equal(neighbourOf([], undefined, 1), undefined)
})

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const now = 20_000 * day
const past = fc.integer({ min: now - 900 * day, max: now })

test(`zooming and moving keep the span whole, not past now, and the moment in its place (SEED=${seed})`, () => {
  const factor = fc.double({ min: 0.05, max: 20, noNaN: true })
  fc.assert(
    fc.property(
      fc.constantFrom(...zooms),
      past,
      factor,
      fc.double({ min: -2, max: 2, noNaN: true }),
      (zoom, at, by, share) => {
        const span = spanAround(zoom, at, now)
        assert.ok(Math.abs(lengthOf(span) - zoomMs[zoom]) < 1)
        assert.equal(zoomOf(span), zoom)
        for (const each of [
          span,
          zoomed(span, by, at, now),
          moved(span, share, now),
          holding(span, at - 80 * day, now),
        ]) {
          assert.ok(each.to <= now + 0.03 * lengthOf(each) + 1)
          assert.ok(lengthOf(each) >= day / 4 - 1 && lengthOf(each) <= 2 * zoomMs.year + 1)
        }
        const closer = zoomed(span, 0.5, at, now)
        if (closer.to < now) assert.ok(Math.abs(shareOf(closer, at) - shareOf(span, at)) < 0.001)
        const held = holding(span, at - 80 * day, now)
        assert.ok(held.from <= at - 80 * day && held.to >= at - 80 * day)
      },
    ),
    { seed },
  )
})

test('an arrow key moves by a round amount that fits the span', () => {
  assert.deepEqual(
    zooms.map((zoom) => stepOf({ from: 0, to: zoomMs[zoom] }) / minute),
    [5, 60, 180, 2880],
  )
})
