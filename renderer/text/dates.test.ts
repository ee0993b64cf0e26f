import assert from 'node:assert/strict'
import { test } from 'node:test'
import { distanceText, fromLocalInput, localInput, tickTexts } from './dates.ts'

test('a distance is told in its two largest units, and an empty one not at all', () => {
  assert.equal(distanceText(2 * 86_400_000 + 5 * 3_600_000 + 60_000, 'en'), '2 days 5 hr')
  assert.equal(distanceText(3_600_000 + 5000, 'en'), '1 hr')
  assert.equal(distanceText(200_000, 'en'), '3 min 20 sec')
  assert.equal(distanceText(400, 'en'), '0 sec')
})

test('a local time comes back from its own field to the second, across a change of the clock', () => {
  for (const at of [1_774_747_800_000, 1_774_751_400_000, 1_795_336_200_000])
    assert.equal(fromLocalInput(localInput(at)), at)
  assert.equal(fromLocalInput(''), undefined)
  assert.equal(fromLocalInput('2026-13-01T00:00'), undefined)
})

test('a month that begins a year tells the year', () => {
  const at = (month: number): number => new Date(2026, month, 1).getTime()
  assert.deepEqual(
    tickTexts(
      [
        { at: at(10), unit: 'month' },
        { at: at(12), unit: 'month' },
      ],
      'en',
    ),
    ['Nov', 'Jan 2027'],
  )
})
