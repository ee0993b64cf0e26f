import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Item } from './errand.ts'
import { ListingParser } from './listing.ts'
import { Tree } from './tree.ts'

function parsed(text: string, pieceBytes = text.length): readonly Item[] {
  const items: Item[] = []
  const parser = new ListingParser((item) => items.push(item))
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += pieceBytes) parser.take(bytes.subarray(at, at + pieceBytes))
  parser.end()
  return items
}

const listing = `Path = 报告/a = b
Folder = -
Size = 5
Packed Size = 15
Modified = 2001-02-03 04:05:06.1234567
Mode = -rwsr-x--T
User ID = 1000
Symbolic Link = 

Path = up
Size = 0
Modified = 
Mode = lrwxrwxrwx
Symbolic Link = ../é

`

test('a listing is the same in whatever pieces it comes', () => {
  const whole = parsed(listing)
  for (const pieceBytes of [1, 2, 3, 7, 64]) assert.deepEqual(parsed(listing, pieceBytes), whole)
  assert.deepEqual(whole, [
    {
      path: '报告/a = b',
      facts: {
        kind: 'file',
        sizeBytes: 5,
        allocatedBytes: 15,
        modifiedAt: 981_173_106_123_456_700n,
        mode: 0o5750,
        uid: 1000,
      },
    },
    { path: 'up', facts: { kind: 'link', sizeBytes: 5, mode: 0o777, target: '../é' } },
  ])
})

test('what is no entry is passed over, and a line without end is refused', () => {
  assert.deepEqual(parsed('Errors: 2\n\nSize = 5\nUnknown = x\n\n'), [])
  assert.deepEqual(parsed('Path = a\nSize = -1\nModified = soon\n')[0]?.facts, { kind: 'file', sizeBytes: 0 })
  assert.throws(() => parsed('x'.repeat(1 << 20), 4096), RangeError)
})

test('paths that lead elsewhere are left out, and one name for two things has no facts', () => {
  const tree = new Tree()
  const facts = { kind: 'file', sizeBytes: 1 } as const
  for (const path of ['../a', 'a//b', 'a/./b', '', 'file', 'file/below', 'twice', 'twice', 'new/folder/c']) {
    tree.add({ path, facts })
  }
  assert.equal(tree.leftOut, 4)
  const entries = [...tree.children('0').values()].map((place) => tree.entry(place))
  assert.deepEqual(
    entries.map(({ name, facts: told, problem }) => [name, told?.kind, problem]),
    [
      ['file', undefined, '7-Zip tells a folder and a file of this name'],
      ['twice', undefined, '7-Zip tells two of this name'],
      ['new', 'folder', undefined],
    ],
  )
  assert.throws(() => tree.node('9999999'), { code: 'file-not-found' })
})
