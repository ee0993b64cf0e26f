import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Turn } from '../../shared/history.ts'
import { machineWith, pointAt, snapshotAt } from './life.ts'
import { type LineageNode, lineageOf } from './lineage.ts'

/** Each node with what it grew from; `*` marks the live line. */
function told(nodes: readonly LineageNode[]): readonly string[] {
  return nodes.map(
    ({ key, parent, live }) => `${key}${live ? '*' : ''}${parent === undefined ? '' : ` < ${nodes[parent]?.key}`}`,
  )
}

function toSnapshot(at: number, name: string): Turn {
  return { at, to: { kind: 'snapshot', name } }
}

test('without turns everything is one line, and the machine stands on top of it', () => {
  const machine = machineWith([snapshotAt('s', 2, {}), snapshotAt('t', 4, { parent: 's', current: true })])
  const points = [pointAt('c', 5), pointAt('a', 1), pointAt('b', 3)]
  assert.deepEqual(told(lineageOf({ machine, points, turns: [] })), [
    'point:a*',
    'snapshot:s* < point:a',
    'point:b* < snapshot:s',
    'snapshot:t* < point:b',
    'point:c* < snapshot:t',
    'here* < point:c',
  ])
})

test('what follows a turn grows from the snapshot that the machine went back to', () => {
  const machine = machineWith([snapshotAt('s', 2, {})])
  const points = [pointAt('a', 1), pointAt('b', 3), pointAt('c', 6)]
  assert.deepEqual(told(lineageOf({ machine, points, turns: [toSnapshot(5, 's')] })), [
    'point:a*',
    'snapshot:s* < point:a',
    'point:b < snapshot:s',
    'point:c* < snapshot:s',
    'here* < point:c',
  ])
})

test('a restore in place goes back to a point, and the hypervisor’s own parent does not overrule it', () => {
  const machine = machineWith([snapshotAt('s', 2, {}), snapshotAt('t', 5, { parent: 's', current: true })])
  const turns: readonly Turn[] = [{ at: 4, to: { kind: 'point', pointId: 'a' } }]
  assert.deepEqual(told(lineageOf({ machine, points: [pointAt('a', 1), pointAt('b', 3)], turns })), [
    'point:a*',
    'snapshot:s < point:a',
    'point:b < snapshot:s',
    'snapshot:t* < point:a',
    'here* < snapshot:t',
  ])
})

test('a snapshot whose parent is not where the machine was shows that somebody went back without the console', () => {
  const machine = machineWith([
    snapshotAt('s', 1, {}),
    snapshotAt('t', 2, { parent: 's' }),
    snapshotAt('u', 4, { parent: 's', current: true }),
  ])
  assert.deepEqual(told(lineageOf({ machine, points: [pointAt('a', 3)], turns: [] })), [
    'snapshot:s*',
    'snapshot:t < snapshot:s',
    'point:a < snapshot:t',
    'snapshot:u* < snapshot:s',
    'here* < snapshot:u',
  ])
})

test('a point whose record of changes did not fit tells when somebody went back unseen', () => {
  const machine = machineWith([snapshotAt('s', 2, { current: true }), snapshotAt('t', 4, { parent: 's' })])
  const points = [pointAt('a', 3), pointAt('b', 5), pointAt('c', 6, 'checkpoint-forked'), pointAt('d', 7)]
  assert.deepEqual(told(lineageOf({ machine, points, turns: [] })), [
    'snapshot:s*',
    'point:a < snapshot:s',
    'snapshot:t < point:a',
    'point:b < snapshot:t',
    'point:c* < snapshot:s',
    'point:d* < point:c',
    'here* < point:d',
  ])
})

test('a turn to a snapshot that was deleted since is a new beginning', () => {
  const points = [pointAt('a', 1), pointAt('b', 3)]
  assert.deepEqual(told(lineageOf({ machine: machineWith([]), points, turns: [toSnapshot(2, 'gone')] })), [
    'point:a',
    'point:b*',
    'here* < point:b',
  ])
})

test('a machine that is on no host keeps its line, without a place where it is now', () => {
  const turns: readonly Turn[] = [{ at: 3, to: { kind: 'point', pointId: 'a' } }]
  const points = [pointAt('a', 1), pointAt('b', 2), pointAt('c', 4)]
  assert.deepEqual(told(lineageOf({ machine: undefined, points, turns })), [
    'point:a*',
    'point:b < point:a',
    'point:c* < point:a',
  ])
})

test('a snapshot without a time, one older than its parent by the clock, and a ring of parents all find a place', () => {
  const machine = machineWith([
    snapshotAt('late', 1, { parent: 'early' }),
    snapshotAt('early', 5, {}),
    snapshotAt('untold', undefined, { parent: 'late' }),
    snapshotAt('x', 2, { parent: 'y' }),
    snapshotAt('y', 2, { parent: 'x' }),
  ])
  const nodes = lineageOf({ machine, points: [], turns: [] })
  assert.deepEqual(nodes.map(({ key }) => key).toSorted(), [
    'here',
    'snapshot:early',
    'snapshot:late',
    'snapshot:untold',
    'snapshot:x',
    'snapshot:y',
  ])
  const place = (name: string): number => nodes.findIndex(({ key }) => key === `snapshot:${name}`)
  assert.ok(place('early') < place('late') && place('late') < place('untold'))
})
