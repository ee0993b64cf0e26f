import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dateText, type Entry, entry } from './entries.ts'
import { search } from './search.ts'

const act = { kind: 'theme' } as const
const entries: readonly Entry[] = [
  entry('screen', 'm', 'Machines', '', act),
  entry('machine', '1', 'mail-01', 'kvm-1', act),
  entry('machine', '2', 'web mail', 'kvm-2', act),
  entry('machine', '3', 'webmail', 'kvm-2', act),
  entry('point', '4', 'mail-01', '2026-11-22 07:30', act),
  entry('point', '5', 'mail-01', '2026-11-21 07:30', act),
]

function ids(query: string): readonly string[] {
  return search(entries, query).map(({ id }) => id)
}

test('what begins with the word stands before what only holds it, and points stand last', () => {
  assert.deepEqual(ids('mail'), ['machine-1', 'machine-2', 'machine-3', 'point-4', 'point-5'])
})

test('every word must occur, wherever', () => {
  assert.deepEqual(ids('MAIL 11-21'), ['point-5'])
  assert.deepEqual(ids('2026-11-22 mail'), ['point-4'])
  assert.deepEqual(ids('mail nowhere'), [])
})

test('without a word everything stays as it came', () => {
  assert.deepEqual(search(entries, '  '), entries)
})

test('a moment is told in the reader’s own zone', () => {
  assert.equal(dateText(new Date(2026, 0, 5, 7, 3).getTime()), '2026-01-05 07:03')
})
