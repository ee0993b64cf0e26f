import assert from 'node:assert/strict'
import { test } from 'node:test'
import { joinSpan, splitSpan } from './span-of-time.ts'

test('a span is shown in the largest unit in which it is whole, and comes back the same', () => {
  const spans = [1, 45, 60, 90, 1440, 1500, 10_080].map((minutes) => splitSpan(minutes))
  assert.deepEqual(
    spans.map(({ amount, unit }) => `${amount} ${unit}`),
    ['1 minutes', '45 minutes', '1 hours', '90 minutes', '1 days', '25 hours', '7 days'],
  )
  for (const minutes of [1, 45, 60, 90, 1440, 1500, 10_080]) {
    const { amount, unit } = splitSpan(minutes)
    assert.equal(joinSpan(amount, unit), minutes)
  }
})

test('what is no span of a minute to a year is refused', () => {
  assert.equal(joinSpan(0, 'hours'), undefined)
  assert.equal(joinSpan(366, 'days'), undefined)
  assert.equal(joinSpan(Number.NaN, 'days'), undefined)
})
