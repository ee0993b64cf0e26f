import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../../shared/policy.ts'
import { groupRules, scheduleSentences } from './schedule-text.ts'

const everyDay = { kind: 'every-day' } as const

function rule(method: Rule['method'], on: Rule['on'], hour: number, minute = 0): Rule {
  return { method, on, hour, minute }
}

function week(...days: number[]): Rule['on'] {
  return { kind: 'weekdays', days }
}

const told: readonly (readonly [string, readonly Rule[], readonly string[], readonly string[]])[] = [
  ['no rules', [], ['Only by hand'], ['仅手动启动']],
  ['one time a day', [rule('incremental', everyDay, 22)], ['Incremental every day at 22:00'], ['每天 22:00 增量备份']],
  [
    'two times a day',
    [rule('incremental', everyDay, 13, 5), rule('incremental', everyDay, 6)],
    ['Incremental every day at 06:00 and 13:05'],
    ['每天 06:00、13:05 增量备份'],
  ],
  [
    'an even rhythm',
    [0, 4, 8, 12, 16, 20].map((hour) => rule('incremental', everyDay, hour, 30)),
    ['Incremental every 4 hours, first at 00:30'],
    ['每 4 小时一次（从 00:30 起）增量备份'],
  ],
  [
    'three times that are no rhythm',
    [6, 12, 18].map((hour) => rule('incremental', everyDay, hour)),
    ['Incremental every day at 06:00, 12:00, and 18:00'],
    ['每天 06:00、12:00、18:00 增量备份'],
  ],
  ['a day of the week', [rule('full', week(0), 22)], ['Full on Sunday at 22:00'], ['每周日 22:00 完整备份']],
  [
    'days of the week in any order, Monday first',
    [rule('full', week(0, 3, 1), 22)],
    ['Full on Monday, Wednesday, and Sunday at 22:00'],
    ['每周一、周三、周日 22:00 完整备份'],
  ],
  [
    'working days',
    [rule('incremental', week(5, 4, 3, 2, 1), 19)],
    ['Incremental on Monday to Friday at 19:00'],
    ['每周一至周五 19:00 增量备份'],
  ],
  [
    'all seven days',
    [rule('incremental', week(0, 1, 2, 3, 4, 5, 6), 19)],
    ['Incremental every day at 19:00'],
    ['每天 19:00 增量备份'],
  ],
  [
    'a day of the month',
    [rule('differential', { kind: 'month-day', day: 22 }, 7)],
    ['Differential on the 22nd of each month at 07:00'],
    ['每月 22 日 07:00 差异备份'],
  ],
  [
    'a day that some months lack',
    [rule('differential', { kind: 'month-day', day: 31 }, 7)],
    ['Differential on the 31st (or last day) of each month at 07:00'],
    ['每月 31 日（当月无此日则为最后一天） 07:00 差异备份'],
  ],
]

for (const [name, rules, en, zh] of told) {
  test(`rules are told as people say them: ${name}`, () => {
    assert.deepEqual(scheduleSentences(rules, 'en'), en)
    assert.deepEqual(scheduleSentences(rules, 'zh-CN'), zh)
  })
}

test('rules of other methods or other days stay sentences of their own', () => {
  const rules = [rule('incremental', everyDay, 22), rule('full', everyDay, 22), rule('incremental', week(1), 22)]
  assert.equal(groupRules(rules).length, 3)
})
