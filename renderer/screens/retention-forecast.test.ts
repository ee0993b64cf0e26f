import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Retention, Rule } from '../../shared/policy.ts'
import { type Keepable, kept } from '../../shared/retention.ts'
import { verdicts, withComing } from './retention-forecast.ts'
import { templateRules } from './schedule-draft.ts'

const day = 86_400_000
const noon = new Date(2026, 10, 22, 12).getTime()
const retention: Retention = { last: 3, hourly: 0, daily: 7, weekly: 4, monthly: 6, yearly: 1, minimum: 2 }
const nightly: readonly Rule[] = templateRules({ kind: 'nightly' })

test('each verdict has the reasons that the rule of the product gives, newest first', () => {
  const points = Array.from({ length: 40 }, (_, at) => ({
    id: `p${at}`,
    createdAt: noon - at * day,
    pinned: at === 39,
  }))
  const found = verdicts(points.toReversed(), retention)
  const wanted = kept(points, retention)
  assert.deepEqual(
    found.map(({ id }) => id),
    points.map(({ id }) => id),
  )
  for (const { id, reasons } of found) assert.deepEqual(reasons, wanted.get(id) ?? [], id)
  assert.deepEqual(found.at(-1)?.reasons, ['pinned'])
})

test('what stays at the end is what removing after every single start would have left', () => {
  const real: readonly Keepable[] = [{ id: 'real', createdAt: noon - 3 * day, pinned: false }]
  const to = noon + 200 * day
  const atOnce = verdicts(withComing(real, nightly, noon, to), retention).filter(({ reasons }) => reasons.length > 0)
  let standing = real
  for (const start of withComing([], nightly, noon, to)) {
    const next = [...standing, start]
    const staying = kept(next, retention)
    standing = next.filter(({ id }) => staying.has(id))
  }
  assert.deepEqual(
    atOnce.map(({ id }) => id),
    standing.map(({ id }) => id).toReversed(),
  )
})

test('points to come are told from those that exist', () => {
  const all = verdicts(
    withComing([{ id: 'real', createdAt: noon, pinned: false }], nightly, noon, noon + 3 * day),
    retention,
  )
  assert.deepEqual(
    all.map(({ imagined }) => imagined),
    [true, true, true, false],
  )
})
