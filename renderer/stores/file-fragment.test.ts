import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type FolderPlace, folderFragment, readFolderFragment } from './file-fragment.ts'

const point = { kind: 'folder', machineId: '0b0e7a6e-1c3b-4c1e-8f51-0123456789ab', pointId: 'b'.repeat(32) } as const
const hostile = [
  'plain',
  '100%',
  '~',
  '~DC80',
  '~~',
  'a?name=b&against=c',
  '#',
  ' ',
  '..',
  'photo\u202Egpj.exe',
  'bytes \uDC80\uDCFF end',
  'half \uD800',
  '虚拟机',
  '🏴‍☠️',
  'new\nline',
]

test('every folder comes back from its own fragment, whatever it is called', () => {
  const places: FolderPlace[] = [
    point,
    { ...point, volumeId: 'vg0/root', path: '/' },
    { ...point, volumeId: 'vda', path: '/', against: 'c'.repeat(32) },
    ...hostile.map((name) => ({ ...point, volumeId: 'vda/2', path: `/a/${name}/b`, name })),
    { ...point, volumeId: 'vda/2', path: `/${hostile.join('/')}` },
  ]
  for (const place of places) assert.deepEqual(readFolderFragment(folderFragment(place)), place)
})

test('a fragment holds nothing that an address could not keep', () => {
  for (const name of hostile)
    assert.match(folderFragment({ ...point, volumeId: 'v', path: `/${name}`, name }), /^[\x21-\x7E]+$/)
})

test('what is no folder of a point is none', () => {
  const whole = folderFragment({ ...point, volumeId: 'v', path: '/a' })
  assert.notEqual(readFolderFragment(whole), undefined)
  for (const odd of ['#/files', '#/files/x', `${whole}/%E4%`, `${whole}//b`, whole.replace('b'.repeat(32), 'short')])
    assert.equal(readFolderFragment(odd), undefined, odd)
})
