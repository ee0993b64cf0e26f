import assert from 'node:assert/strict'
import { test } from 'node:test'
import { axisMarks, placeOf } from './retention-axis.ts'

const day = 86_400_000

test('older points stand further from the newest, from 0 to 1', () => {
  const places = [0, 0.1, 1, 7, 30, 365].map((days) => placeOf(days * day, 365 * day))
  assert.equal(places[0], 0)
  assert.equal(places.at(-1), 1)
  assert.deepEqual(places, places.toSorted())
})

test('points of one moment stand at the newest place', () => {
  assert.equal(placeOf(0, 0), 0)
})

test('only ages that the band reaches are written below it', () => {
  assert.deepEqual(
    axisMarks(40 * day).map(({ name }) => name),
    ['axisNow', 'axisDay', 'axisWeek', 'axisMonth'],
  )
  assert.deepEqual(
    axisMarks(0).map(({ name }) => name),
    ['axisNow'],
  )
})
