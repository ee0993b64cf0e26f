import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Method } from './point.ts'
import type { Rule } from './policy.ts'
import { nextStart, startsWithin, strongestOf } from './schedule.ts'

function rule(method: Method, on: Rule['on'], hour = 22, minute = 0): Rule {
  return { method, on, hour, minute }
}

const at = (month: number, day: number, hour = 0): number => new Date(2026, month - 1, day, hour).getTime()
const daily = rule('incremental', { kind: 'every-day' })
const sunday = rule('full', { kind: 'weekdays', days: [0] })
const monthly = rule('differential', { kind: 'month-day', day: 31 })

test('of several methods at one moment the one that reads most is started, once', () => {
  const methods = startsWithin([daily, sunday, monthly], at(11, 20), at(12, 1)).map(
    (start) => `${new Date(start.at).getDate()} ${start.method}`,
  )
  assert.deepEqual(methods, [
    '20 incremental',
    '21 incremental',
    '22 full',
    '23 incremental',
    '24 incremental',
    '25 incremental',
    '26 incremental',
    '27 incremental',
    '28 incremental',
    '29 full',
    '30 differential',
  ])
})

test('the beginning is left out and the end belongs to it, so that spans in a row start everything once', () => {
  assert.deepEqual(startsWithin([daily], at(3, 1, 22), at(3, 2, 21)), [])
  assert.deepEqual(startsWithin([daily], at(3, 1, 21), at(3, 1, 22)), [{ at: at(3, 1, 22), method: 'incremental' }])
})

test('the day that a month does not have is its last', () => {
  assert.deepEqual(nextStart([monthly], at(2, 1)), { at: at(2, 28, 22), method: 'differential' })
  assert.deepEqual(nextStart([monthly], at(2, 28, 22)), { at: at(3, 31, 22), method: 'differential' })
})

test('without rules nothing starts', () => {
  assert.equal(nextStart([], at(1, 1)), undefined)
})

test('what makes up for several starts is the newest of those that read most', () => {
  const starts = startsWithin([daily, sunday, monthly], at(11, 1), at(12, 1))
  assert.deepEqual(strongestOf(starts), { at: at(11, 29, 22), method: 'full' })
  assert.deepEqual(strongestOf(startsWithin([daily], at(11, 1), at(11, 3)))?.at, at(11, 2, 22))
  assert.equal(strongestOf([]), undefined)
})
