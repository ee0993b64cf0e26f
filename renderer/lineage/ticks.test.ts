import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Span, zoomMs, zooms } from './band.ts'
import { ticksOf } from './ticks.ts'

test('no zoom draws more lines or labels than there is room for, and all lie in the span', () => {
  const from = new Date(2026, 2, 20, 7, 13).getTime()
  for (const factor of [0.25, 1, 1.9]) {
    for (const zoom of zooms) {
      const span: Span = { from, to: from + zoomMs[zoom] * factor }
      const ticks = ticksOf(span)
      const labels = ticks.filter(({ labelled }) => labelled).length
      assert.ok(ticks.length >= 5 && ticks.length <= 60, `${zoom} ${factor}: ${ticks.length} lines`)
      assert.ok(labels >= 1 && labels <= 14, `${zoom} ${factor}: ${labels} labels`)
      assert.ok(ticks.every(({ at }) => at >= span.from && at <= span.to))
      assert.ok(ticks.every(({ at }, place) => place === 0 || at > (ticks[place - 1]?.at ?? 0)))
    }
  }
})

test('days begin at local midnight and months on their first day', () => {
  const from = new Date(2026, 2, 20, 7, 13).getTime()
  for (const { at } of ticksOf({ from, to: from + zoomMs.week })) assert.equal(new Date(at).getHours(), 0)
  for (const { at } of ticksOf({ from, to: from + zoomMs.year })) assert.equal(new Date(at).getDate(), 1)
})
