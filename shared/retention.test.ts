import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Retention } from './policy.ts'
import { type Keepable, kept } from './retention.ts'

const none: Retention = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }

/** Points at noon of `days` days back from 22 November 2026, a Sunday. */
function noons(...days: readonly number[]): readonly Keepable[] {
  return days.map((day) => ({ id: `${day}`, createdAt: new Date(2026, 10, 22 - day, 12).getTime(), pinned: false }))
}

const ids = (points: readonly Keepable[], wanted: Partial<Retention>): readonly string[] =>
  [...kept(points, { ...none, ...wanted }).keys()].sort((a, b) => Number(a) - Number(b))

test('days without a point do not use up what daily keeps', () => {
  assert.deepEqual(ids(noons(0, 1, 5, 9, 30), { daily: 3 }), ['0', '1', '5'])
})

test('of one day the newest point stays', () => {
  const morning = { id: 'morning', createdAt: new Date(2026, 10, 22, 8).getTime(), pinned: false }
  assert.deepEqual(ids([morning, ...noons(0, 1)], { daily: 2 }), ['0', '1'])
})

test('weeks begin on Monday', () => {
  assert.deepEqual(ids(noons(0, 6, 7, 13, 14), { weekly: 3 }), ['0', '7', '14'])
})

test('what is pinned stays, and the minimum stays however old it is', () => {
  const [old] = noons(400)
  assert.ok(old !== undefined)
  assert.deepEqual(ids([...noons(0, 1, 2), { ...old, pinned: true }], { last: 1 }), ['0', '400'])
  assert.deepEqual(ids(noons(700, 800, 900), { daily: 1, minimum: 2 }), ['700', '800'])
})

test('without any count everything stays', () => {
  assert.deepEqual(ids(noons(0, 1, 2, 900), {}), ['0', '1', '2', '900'])
})

test('what carries a label that is named stays and counts like any other, and other labels keep nothing', () => {
  const points = noons(0, 1, 2, 3).map((point) => ({ ...point, labels: point.id === '3' ? ['audit'] : ['other'] }))
  assert.deepEqual(ids(points, { last: 1, labels: ['audit', 'tax'] }), ['0', '3'])
  assert.deepEqual(kept(points, { ...none, last: 1, labels: ['audit'] }).get('3'), ['label'])
  assert.deepEqual(kept(points, { ...none, last: 4, labels: ['audit'] }).get('3'), ['label', 'last'])
})

test('a point has all its reasons', () => {
  assert.deepEqual(kept(noons(0), { ...none, last: 1, daily: 1, yearly: 1 }).get('0'), [
    'minimum',
    'last',
    'daily',
    'yearly',
  ])
})

test('forgetting again with the same counts forgets nothing more', () => {
  const count = fc.integer({ min: 0, max: 5 })
  const retention = fc.record({
    last: count,
    hourly: count,
    daily: count,
    weekly: count,
    monthly: count,
    yearly: count,
    minimum: fc.integer({ min: 1, max: 5 }),
  })
  const point = fc.record({ hours: fc.integer({ min: 0, max: 20_000 }), pinned: fc.boolean() })
  fc.assert(
    fc.property(fc.array(point, { maxLength: 60 }), retention, (list, wanted) => {
      const points = list.map(({ hours, pinned }, at) => ({ id: `${at}`, createdAt: hours * 3_600_000, pinned }))
      const first = kept(points, wanted)
      const rest = points.filter(({ id }) => first.has(id))
      assert.deepEqual(new Set(kept(rest, wanted).keys()), new Set(first.keys()))
    }),
  )
})
