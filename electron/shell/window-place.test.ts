import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openingOf, type Rectangle } from './window-place.ts'

const left: Rectangle = { x: 0, y: 25, width: 1920, height: 1055 }
const right: Rectangle = { x: 1920, y: 0, width: 2560, height: 1440 }
const usual = { width: 1280, height: 820, isMaximized: false }

function place(x: number, y: number, width = 1000, height = 700, isMaximized = false) {
  return { bounds: { x, y, width, height }, isMaximized }
}

test('the window opens where it stood, on whichever display that was', () => {
  assert.deepEqual(openingOf(place(2000, 100), [left, right]), { ...place(2000, 100).bounds, isMaximized: false })
  assert.equal(openingOf(place(10, 30, 1000, 700, true), [left]).isMaximized, true)
})

test('a place on a display that is gone, or out of reach, is forgotten; that it was maximised is not', () => {
  assert.deepEqual(openingOf(place(2000, 100), [left]), usual)
  assert.deepEqual(openingOf(place(-950, 100), [left]), usual)
  assert.deepEqual(openingOf(place(100, -400), [left]), usual)
  assert.deepEqual(openingOf(place(100, 1079), [left]), usual)
  assert.deepEqual(openingOf(place(2000, 100, 1000, 700, true), [left]), { ...usual, isMaximized: true })
})

test('a window that is larger than its display, or smaller than it may be, is brought to size', () => {
  const { width, height } = openingOf(place(0, 30, 5000, 5000), [left])
  assert.deepEqual([width, height], [1920, 1055])
  const small = openingOf(place(0, 30, 300, 100), [left])
  assert.deepEqual([small.width, small.height], [900, 560])
})

test('whatever else a file holds opens the usual window', () => {
  const broken = [undefined, null, 7, 'x', [], {}, { bounds: {} }, { ...place(0, 30), isMaximized: 1 }]
  const bounds = { x: 0, y: 30, width: Number.POSITIVE_INFINITY, height: Number.NaN }
  for (const kept of [...broken, { bounds, isMaximized: false }, place(0.5, 30)])
    assert.deepEqual(openingOf(kept, [left]), usual)
  assert.deepEqual(openingOf(place(0, 30), []), usual)
})
