import assert from 'node:assert/strict'
import { test } from 'node:test'
import { retentionText } from './retention-text.ts'

const nothing = { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 3 }

test('counts of zero keep everything and are told so', () => {
  assert.equal(retentionText(nothing, 'en'), 'Every point stays')
  assert.equal(retentionText(nothing, 'zh-CN'), '保留所有还原点')
})

test('only counts that keep something are told, the least number at the end', () => {
  const retention = { ...nothing, last: 7, daily: 14, monthly: 1 }
  assert.equal(
    retentionText(retention, 'en'),
    'Keep the newest 7 points, one for each of 14 days, and one of the newest month; never fewer than 3 points',
  )
  assert.equal(
    retentionText(retention, 'zh-CN'),
    '保留最新的 7 个还原点，最近 14 天每天一个，最近 1 个月每月一个；至少保留 3 个',
  )
})

test('labels are told beside what they add to, with what hides in them made visible', () => {
  const retention = { ...nothing, daily: 7, labels: ['audit', 'a\u200Bb'] }
  assert.match(retentionText(retention, 'en'), /; points labelled audit, a⟦.*⟧b stay too$/)
  assert.match(retentionText(retention, 'zh-CN'), /带有标签 audit/)
  assert.equal(retentionText({ ...nothing, labels: ['audit'] }, 'en'), 'Every point stays')
})
