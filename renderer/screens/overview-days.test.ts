import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Policy } from '../../shared/policy.ts'
import { calendarDays, pastStarts, tellDays } from './overview-days.ts'

const retention = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }

function policy(enabled: boolean): Policy {
  return {
    id: 'p',
    createdAt: 0,
    name: 'nightly',
    enabled,
    machineIds: [],
    excluded: [],
    freeze: true,
    repositoryId: 'r',
    rules: [{ method: 'incremental', on: { kind: 'every-day' }, hour: 22, minute: 0 }],
    retention,
  }
}

test('the calendar begins on a Monday and goes on for seven days after today, whatever day it is', () => {
  for (let day = 0; day < 7; day++) {
    const now = new Date(2026, 9, 20 + day, 12).getTime()
    const days = calendarDays(now)
    assert.equal(new Date(days[0] ?? 0).getDay(), 1)
    assert.equal(new Date(days.at(-1) ?? 0).getDate(), new Date(2026, 9, 27 + day).getDate())
    const past = pastStarts(days, now)
    assert.equal(past.at(-1), new Date(2026, 9, 21 + day).getTime())
    assert.deepEqual(
      days.map((at) => new Date(at).getHours()),
      days.map(() => 0),
    )
  }
})

test('results are counted day by day, and only starts that are still to come are planned', () => {
  const now = new Date(2026, 10, 22, 23).getTime()
  const days = calendarDays(now)
  const today = days.findIndex((at) => new Date(at).getDate() === 22 && new Date(at).getMonth() === 10)
  const none = days.slice(0, today).map(() => 'none' as const)
  const results = [{ days: [...none, 'good' as const] }, { days: [...none, 'failed' as const] }]
  const told = tellDays(days, results, [policy(true), policy(false)], now)
  assert.deepEqual(told[today]?.tally, { good: 1, warning: 0, failed: 1 })
  assert.deepEqual([told[today]?.isToday, told[today]?.planned, told[today + 1]?.planned], [true, 0, 1])
  assert.equal(told.at(-1)?.planned, 1)
})
