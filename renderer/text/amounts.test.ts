import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agoText, durationText, percentOf, sizeText, spanText } from './amounts.ts'

test('sizes change their unit exactly at powers of 1024', () => {
  const shown = [0, 1, 1023, 1024, 1536, 1024 ** 2 - 1, 1024 ** 2, 843 * 1024 ** 3, 2 ** 60].map((n) =>
    sizeText(n, 'en'),
  )
  assert.deepEqual(shown, ['0 B', '1 B', '1,023 B', '1 KiB', '1.5 KiB', '1,024 KiB', '1 MiB', '843 GiB', '1,024 PiB'])
})

test('durations carry seconds into minutes and minutes into hours', () => {
  assert.deepEqual([0, 7, 59.6, 750, 3599, 3600, 11_109].map(durationText), [
    '0:00',
    '0:07',
    '1:00',
    '12:30',
    '59:59',
    '1:00:00',
    '3:05:09',
  ])
})

test('the past is told in the largest unit that fits, in either language', () => {
  const now = 1_800_000_000_000
  const ago = (seconds: number, language: string): string => agoText(now - seconds * 1000, now, language)
  assert.deepEqual(
    [10, 59, 60, 3599, 7200, 86_400 * 40].map((seconds) => ago(seconds, 'en')),
    ['now', 'now', '1 minute ago', '59 minutes ago', '2 hours ago', 'last month'],
  )
  assert.equal(ago(7200, 'zh-CN'), '2小时前')
})

test('progress is never over 100 and nothing of nothing is no progress', () => {
  assert.deepEqual([percentOf(0, 0), percentOf(1, 3), percentOf(7, 7), percentOf(9, 7)], [0, 33, 100, 100])
})

test('a span is told in the unit in which it can be grasped', () => {
  const minute = 60_000
  const shown = [0, 45 * minute, 90 * minute, 26 * 60 * minute, 84 * 60 * minute].map((span) => spanText(span, 'en'))
  assert.deepEqual(shown, ['0 minutes', '45 minutes', '1.5 hours', '26 hours', '3.5 days'])
})
