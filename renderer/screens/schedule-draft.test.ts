import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Rule } from '../../shared/policy.ts'
import { startsWithin } from '../../shared/schedule.ts'
import {
  draftsOf,
  mostRules,
  readTimes,
  rhythms,
  ruleLacks,
  rulesOf,
  templateOf,
  templateRules,
} from './schedule-draft.ts'

test('times are read with commas of either language and refused when one of them is none', () => {
  assert.deepEqual(readTimes('22:00'), [{ hour: 22, minute: 0 }])
  assert.deepEqual(readTimes(' 6:05，12：30、 23:59'), [
    { hour: 6, minute: 5 },
    { hour: 12, minute: 30 },
    { hour: 23, minute: 59 },
  ])
  for (const none of ['', ' , ', '24:00', '7', '7:60', '07:00pm', '12:00 noon'])
    assert.equal(readTimes(none), undefined, none)
})

test('rules come back whole from their drafts', () => {
  const rules: readonly Rule[] = [
    { method: 'incremental', on: { kind: 'every-day' }, hour: 6, minute: 0 },
    { method: 'incremental', on: { kind: 'every-day' }, hour: 18, minute: 30 },
    { method: 'full', on: { kind: 'weekdays', days: [0, 3] }, hour: 22, minute: 0 },
    { method: 'differential', on: { kind: 'month-day', day: 31 }, hour: 0, minute: 5 },
  ]
  const drafts = draftsOf(rules)
  assert.deepEqual(
    drafts.map(({ times }) => times),
    ['06:00, 18:30', '22:00', '00:05'],
  )
  assert.deepEqual(rulesOf(drafts), rules)
})

test('a draft that lacks a time or a day is no rule yet', () => {
  const draft = { key: 0, method: 'full', on: { kind: 'weekdays', days: [] }, times: '22:00' } as const
  const weekly = { ...draft, on: { kind: 'weekdays' as const, days: [] } }
  assert.equal(ruleLacks(weekly), 'days')
  assert.equal(ruleLacks({ ...weekly, on: { kind: 'every-day' }, times: '9' }), 'times')
  assert.deepEqual(rulesOf([weekly]), [])
})

test('every template is known again, keeps within what the contract takes, and is none once it was changed', () => {
  const all = [
    { kind: 'nightly' },
    { kind: 'by-hand' },
    ...rhythms.map((hours) => ({ kind: 'hours', hours }) as const),
  ] as const
  for (const template of all) {
    const rules = templateRules(template)
    assert.deepEqual(templateOf(rulesOf(draftsOf(rules))), template)
    assert.ok(rules.length <= mostRules)
  }
  const [first, ...rest] = templateRules({ kind: 'nightly' })
  assert.ok(first)
  assert.equal(templateOf([{ ...first, hour: 3 }, ...rest]), undefined)
})

test('the nightly template starts one backup a night: full on Sundays, differential on the first, else incremental', () => {
  const from = new Date(2026, 10, 22, 12).getTime()
  const starts = startsWithin(templateRules({ kind: 'nightly' }), from, from + 35 * 86_400_000)
  assert.equal(starts.length, 35)
  for (const { at, method } of starts) {
    const day = new Date(at)
    const wanted = day.getDay() === 0 ? 'full' : day.getDate() === 1 ? 'differential' : 'incremental'
    assert.equal(method, wanted, day.toString())
  }
})
