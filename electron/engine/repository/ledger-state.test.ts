import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EntryBody } from './format/entry.ts'
import { LedgerState } from './ledger-state.ts'

const name = (digit: number): string => String(digit).repeat(64)
const id = (digit: number): string => String(digit).repeat(32)
const none = { packs: [], indexes: [], manifests: [] }

/** What these entries come to; the first one has number 1. */
function stateOf(...bodies: readonly EntryBody[]): LedgerState {
  const state = new LedgerState()
  for (const [at, body] of bodies.entries()) {
    state.apply({ ...body, version: 1, number: at + 1, previous: name(0), at: 1000 + at })
  }
  return state
}

const point = (digit: number): EntryBody => {
  return { kind: 'point', pointId: id(digit), manifest: name(digit), indexes: [name(digit)] }
}
const drop = (digit: number): EntryBody => ({ kind: 'drop', pointIds: [id(digit)], why: 'person' })
const purge = (digit: number): EntryBody => ({ kind: 'purge', pointIds: [id(digit)], fence: 1 })
const recover = (digit: number): EntryBody => ({ kind: 'recover', pointIds: [id(digit)] })
const mark = (digit: number): EntryBody => ({ kind: 'mark', ...none, packs: [name(digit)], revived: none, fence: 1 })
const sweepOf = (digit: number): EntryBody => ({ kind: 'sweep', ...none, packs: [name(digit)], fence: 1 })
const packPathOf = (digit: number): string => `packs/${name(digit).slice(0, 2)}/${name(digit)}`

test('a dropped point is still there, from when it was dropped first, until it is purged', () => {
  const dropped = stateOf(point(1), drop(1), drop(1)).points.get(id(1))
  assert.deepEqual(dropped?.dropped, { number: 2, at: 1001, why: 'person' })
  assert.equal(stateOf(point(1), drop(1), purge(1)).points.size, 0)
})

test('a purge that comes after the recovery ends nothing', () => {
  const state = stateOf(point(1), drop(1), recover(1), purge(1))
  assert.deepEqual(state.points.get(id(1)), { id: id(1), manifest: name(1), number: 1 })
})

test('what was said of a point goes with it', () => {
  const note: EntryBody = { kind: 'note', pointId: id(1), pinned: false, labels: ['a'] }
  assert.deepEqual(stateOf(point(1), note).notes.get(id(1)), { pinned: false, labels: ['a'] })
  assert.equal(stateOf(point(1), note, drop(1), purge(1)).notes.size, 0)
})

test('a mark knows how many cycles were finished before it, and is taken back where the object is needed', () => {
  const cycle: EntryBody = { kind: 'cycle', swept: [], fence: 1 }
  assert.deepEqual([...stateOf(cycle, mark(1)).marks], [[packPathOf(1), { number: 2, cycles: 1 }]])
  const revived: EntryBody = { kind: 'mark', ...none, revived: { ...none, packs: [name(1)] }, fence: 1 }
  assert.equal(stateOf(mark(1), revived).marks.size, 0)
})

test('a swept object stays known as swept when its removal is confirmed, and is not marked or bad any more', () => {
  const bad: EntryBody = { kind: 'bad', packs: [name(1)] }
  const state = stateOf(bad, mark(1), sweepOf(1), { kind: 'cycle', swept: [3], fence: 1 })
  assert.equal(state.sweeping.size, 0)
  assert.ok(state.isSwept(packPathOf(1)))
  assert.deepEqual([state.bad.size, state.marks.size, state.cycles, state.cycledAt], [0, 0, 1, 1003])
})

test('an index that was swept is not to be known, whoever named it', () => {
  const state = stateOf(point(1), { kind: 'indexes', indexes: [name(2)], fence: 1 }, point(3), {
    kind: 'sweep',
    ...none,
    indexes: [name(1), name(2)],
    fence: 1,
  })
  assert.deepEqual([...state.indexes], [name(3)])
})

test('a lease is there from its entry, whose number is its fence, to its release, which names what was stored under it', () => {
  const lease: EntryBody = { kind: 'lease', role: 'writer', holder: 'desk' }
  assert.deepEqual([...stateOf(lease).leases.values()], [{ fence: 1, role: 'writer', holder: 'desk', at: 1000 }])
  const state = stateOf(lease, { kind: 'release', fence: 1, indexes: [name(5)] })
  assert.equal(state.leases.size, 0)
  assert.ok(state.indexes.has(name(5)))
})

test('an epoch never goes back, and the newest lock rule counts, also when it is none', () => {
  const rule = { mode: 'governance', days: 3 } as const
  const state = stateOf({ kind: 'epoch', epoch: 3 }, { kind: 'epoch', epoch: 2 }, { kind: 'lock', rule })
  assert.deepEqual([state.epoch, state.lock], [3, rule])
  assert.equal(stateOf({ kind: 'lock', rule }, { kind: 'lock', rule: null }).lock, undefined)
})
