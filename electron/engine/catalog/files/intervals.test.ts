import assert from 'node:assert/strict'
import test from 'node:test'
import * as fc from 'fast-check'
import { covers, type Interval, tidied, withContent } from './intervals.ts'

const contents = [undefined, { kind: 0, size: 1, modified: 1 }, { kind: 0, size: 2, modified: null }] as const

/** Which content each point has. */
function told(intervals: readonly Interval[], points: readonly number[]): readonly (number | undefined)[] {
  return points.map((point) => intervals.find((each) => covers(each, point))?.size)
}

test('points that come in any order and go again leave each its own content, in as few intervals as there are runs', () => {
  const step = fc.record({ point: fc.nat(20), content: fc.constantFrom(0, 1, 2), isGone: fc.boolean() })
  void fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let intervals: readonly Interval[] = []
      const listed = new Map<number, (typeof contents)[number]>()
      for (const { point, content, isGone } of steps) {
        if (listed.has(point)) {
          if (isGone) listed.delete(point)
          intervals = tidied(
            intervals,
            [...listed.keys()].sort((a, b) => a - b),
          )
        } else {
          const others = [...listed.keys()]
          const before = others.filter((other) => other < point).sort((a, b) => b - a)[0]
          const after = others.filter((other) => other > point).sort((a, b) => a - b)[0]
          intervals = withContent(intervals, point, contents[content], { before, after })
          listed.set(point, contents[content])
        }
        const points = [...listed.keys()].sort((a, b) => a - b)
        assert.deepEqual(
          told(intervals, points),
          points.map((each) => listed.get(each)?.size),
        )
        const runs = points.filter((each, at) => {
          const size = listed.get(each)?.size
          return size !== undefined && (at === 0 || listed.get(points[at - 1] ?? -1)?.size !== size)
        })
        assert.equal(tidied(intervals, points).length, runs.length)
      }
    }),
  )
})
