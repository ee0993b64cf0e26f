import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Turn } from '../../shared/history.ts'
import { type Layout, layOut } from './lanes.ts'
import { machineWith, pointAt, snapshotAt } from './life.ts'
import { type LineageFacts, lineageOf } from './lineage.ts'

const moment = fc.nat({ max: 60 })
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
const name = fc.constantFrom(...names)
const turn: fc.Arbitrary<Turn> = fc.record({
  at: moment,
  to: fc.oneof(
    fc.record({ kind: fc.constant('snapshot' as const), name }),
    fc.record({ kind: fc.constant('point' as const), pointId: name }),
  ),
})
const cause = fc.constantFrom('bitmap-usable' as const, 'checkpoint-forked' as const)

/** Lives of machines, likely and absurd: any parents, even in rings, any times, turns to what never was. */
const life: fc.Arbitrary<LineageFacts> = fc
  .record({
    isGone: fc.boolean(),
    snapshots: fc.uniqueArray(fc.tuple(name, fc.option(moment), fc.option(name), fc.boolean()), {
      selector: ([own]) => own,
    }),
    points: fc.array(fc.tuple(name, moment, cause), { maxLength: 40 }),
    turns: fc.array(turn, { maxLength: 12 }),
  })
  .map(({ isGone, snapshots, points, turns }) => {
    const drawn = snapshots.map(([own, at, parent, current]) =>
      snapshotAt(own, at ?? undefined, { current, ...(parent === null ? {} : { parent }) }),
    )
    const taken = points.map(([id, at, why], number) => pointAt(number % 3 === 0 ? id : `${id}${number}`, at, why))
    return { machine: isGone ? undefined : machineWith(drawn), points: taken, turns }
  })

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000)
const options = { seed, numRuns: 2000 }

test(`each point and snapshot stands in exactly one row, every parent below its children (SEED=${seed})`, () => {
  fc.assert(
    fc.property(life, (facts) => {
      const { rows } = layOut(lineageOf(facts))
      const wanted = new Set([
        ...facts.points.map(({ id }) => `point:${id}`),
        ...(facts.machine?.snapshots.map((snapshot) => `snapshot:${snapshot.name}`) ?? []),
        ...(facts.machine === undefined ? [] : ['here']),
      ])
      assert.deepEqual(rows.map(({ node }) => node.key).toSorted(), [...wanted].toSorted())
      for (const [row, { node }] of rows.entries()) {
        if (node.parent !== undefined) assert.ok(rows.length - 1 - node.parent > row)
      }
    }),
    options,
  )
})

test(`lines lead from each node to its parent and cross no other node on their way (SEED=${seed})`, () => {
  fc.assert(
    fc.property(life, (facts) => {
      const layout = layOut(lineageOf(facts))
      for (let row = 0; row < layout.rows.length; row++) followDown(layout, row)
    }),
    options,
  )
})

function followDown({ rows }: Layout, start: number): void {
  const first = rows[start]
  if (first?.node.parent === undefined) return
  const end = rows.length - 1 - first.node.parent
  let { lane } = first
  for (let row = start; row < end; row++) {
    const down = rows[row]?.lines.filter(({ from }) => from === lane) ?? []
    assert.equal(down.length, 1, `one line goes down from row ${row} in lane ${lane}`)
    lane = down[0]?.to ?? -1
    if (row + 1 < end) assert.notEqual(lane, rows[row + 1]?.lane, `row ${row + 1} is crossed`)
  }
  assert.equal(lane, rows[end]?.lane)
}

test(`the live line alone stands in lane 0, and no lane is wasted (SEED=${seed})`, () => {
  fc.assert(
    fc.property(life, (facts) => {
      const { rows, lanes } = layOut(lineageOf(facts))
      for (const { node, lane } of rows) assert.equal(lane === 0, node.live)
      const used = new Set([0, ...rows.map(({ lane }) => lane)])
      assert.deepEqual(
        [...used].toSorted((a, b) => a - b),
        [...Array(lanes).keys()],
      )
    }),
    options,
  )
})

test(`the order in which points and turns are told changes nothing (SEED=${seed})`, () => {
  fc.assert(
    fc.property(life, (facts) => {
      const distinct = [...new Map(facts.points.map((point) => [point.id, point])).values()]
      const told = { ...facts, points: distinct, turns: facts.turns.slice(0, 1) }
      const again = { ...told, points: distinct.toReversed() }
      assert.deepEqual(layOut(lineageOf(told)), layOut(lineageOf(again)))
    }),
    options,
  )
})

test('a lane is used again when its branch has ended', () => {
  const back = (at: number, pointId: string): Turn => ({ at, to: { kind: 'point', pointId } })
  const points = [1, 2, 4, 5, 7].map((at) => pointAt(`p${at}`, at))
  const nodes = lineageOf({ machine: machineWith([]), points, turns: [back(3, 'p1'), back(6, 'p4')] })
  const { rows, lanes } = layOut(nodes)
  assert.deepEqual(
    rows.map(({ node, lane, branchTip }) => `${node.key} ${lane}${branchTip ? ' tip' : ''}`),
    ['here 0', 'point:p7 0', 'point:p5 1 tip', 'point:p4 0', 'point:p2 1 tip', 'point:p1 0'],
  )
  assert.equal(lanes, 2)
})
