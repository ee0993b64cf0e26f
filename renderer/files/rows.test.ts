import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FileEntry } from '../../shared/files.ts'
import {
  compareEntries,
  filterRows,
  findTyped,
  folderOf,
  joinPath,
  lastName,
  mergePage,
  rowsOf,
  sortRows,
} from './rows.ts'

const shown = 'a'.repeat(32)
const other = 'b'.repeat(32)

function entry(name: string, rest: Partial<FileEntry> = {}): FileEntry {
  return { name, kind: 'file', sizeBytes: 1, ...rest }
}

function names(entries: readonly { readonly name: string }[]): readonly string[] {
  return entries.map(({ name }) => name)
}

test('pages that arrive one after another make the same order as all of them at once', () => {
  let seed = 20_261_123
  const next = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed
  }
  const entries = Array.from({ length: 3000 }, () =>
    entry(`file${next() % 2000}`, next() % 5 === 0 ? { kind: 'folder' } : {}),
  )
  let merged: readonly FileEntry[] = []
  for (let at = 0; at < entries.length; at += 700) merged = mergePage(merged, entries.slice(at, at + 700))
  assert.deepEqual(names(merged), names(entries.toSorted(compareEntries)), `seed 20261123`)
})

test('folders stand first, and numbers count as people count', () => {
  const page = [entry('a10'), entry('z', { kind: 'folder' }), entry('a2')]
  assert.deepEqual(names(mergePage([], page)), ['z', 'a2', 'a10'])
})

test('what only the other point has stands between the rows, and belongs to that point', () => {
  const entries = [entry('a'), entry('c')]
  const rows = rowsOf(entries, {
    pointId: shown,
    against: other,
    changes: [
      { volumeId: 'vda/1', path: '/x/b', change: 'new', after: entry('b') },
      { volumeId: 'vda/1', path: '/x/c', change: 'changed', before: entry('c'), after: entry('c') },
    ],
  })
  assert.deepEqual(
    rows.map(({ key, pointId, change, elsewhere }) => [key, pointId, change, elsewhere]),
    [
      ['a', shown, undefined, false],
      ['b', other, 'new', true],
      ['c', shown, 'changed', false],
    ],
  )
})

test('a name that a damaged folder has twice is two rows', () => {
  const rows = rowsOf([entry('a'), entry('a')], { pointId: shown })
  assert.equal(new Set(rows.map(({ key }) => key)).size, 2)
})

test('every order keeps folders first, absent values last and equals by name', () => {
  const entries = [
    entry('d', { kind: 'folder', sizeBytes: 4096 }),
    entry('a', { modifiedAt: 2, uid: 0 }),
    entry('b', { sizeBytes: 9, modifiedAt: 1, mode: 0o644 }),
    entry('c'),
  ]
  const rows = rowsOf(entries, { pointId: shown })
  const sorted = (column: Parameters<typeof sortRows>[1]['column'], down: boolean): string =>
    sortRows(rows, { column, down })
      .map(({ key }) => key)
      .join('')
  assert.equal(sorted('name', true), 'dcba')
  assert.equal(sorted('size', false), 'dacb')
  assert.equal(sorted('size', true), 'dbac')
  assert.equal(sorted('modified', false), 'dbac')
  assert.equal(sorted('modified', true), 'dabc')
  assert.equal(sorted('owner', false), 'dabc')
  assert.equal(sorted('mode', true), 'dbac')
})

test('a filter wants every word, and typing finds the next name around the end', () => {
  const rows = rowsOf([entry('Alpha one'), entry('beta'), entry('alpha two')], { pointId: shown })
  assert.deepEqual(
    filterRows(rows, 'TWO alp').map(({ key }) => key),
    ['alpha two'],
  )
  assert.equal(findTyped(rows, 1, 'al')?.key, 'alpha two')
  assert.equal(findTyped(rows, 3, 'al')?.key, 'Alpha one')
  assert.equal(findTyped(rows, 0, 'x'), undefined)
})

test('paths come apart and together again', () => {
  for (const path of ['/a', '/a/b', '/..', '/a/ ']) assert.equal(joinPath(folderOf(path), lastName(path)), path)
  assert.equal(folderOf('/'), '/')
})
