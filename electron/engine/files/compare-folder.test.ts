import assert from 'node:assert/strict'
import { test } from 'node:test'
import { compareFolder } from './compare-folder.ts'
import { type FakeNode, fakeFileSystem, file, folder } from './fake-file-system.rig.ts'

const never = new AbortController().signal
const place = { volumeId: 'vda/1', path: '/etc' }

async function compare(before: FakeNode | undefined, after: FakeNode | undefined) {
  const side = (node: FakeNode | undefined) => node && fakeFileSystem(folder({ etc: node }))
  const changes = await compareFolder(side(before), side(after), place, never)
  return changes.map(({ path, change, before: was, after: is }) => [path, change, was?.kind, is?.kind])
}

test('names are new, changed or gone, seen from the later moment', async () => {
  const told = await compare(
    folder({ same: file('a'), longer: file('a'), later: file('a', { modifiedAt: 1n }), gone: file('a') }),
    folder({ same: file('b'), longer: file('ab'), later: file('a', { modifiedAt: 2n }), fresh: folder({}) }),
  )
  assert.deepEqual(told, [
    ['/etc/longer', 'changed', 'file', 'file'],
    ['/etc/later', 'changed', 'file', 'file'],
    ['/etc/fresh', 'new', undefined, 'folder'],
    ['/etc/gone', 'gone', 'file', undefined],
  ])
})

test('a nanosecond, another kind and another target are changes, a damage that stays is none', async () => {
  const link = (target: string) => ({ bytes: Buffer.from('abc'), facts: { kind: 'link', target } }) as const
  const at = 1_800_000_000_000_000_000n
  const told = await compare(
    folder({ time: file('', { modifiedAt: at }), kind: file(''), link: link('abc'), sick: { problem: 'x' } }),
    folder({ time: file('', { modifiedAt: at + 1n }), kind: folder({}), link: link('abd'), sick: { problem: 'x' } }),
  )
  assert.deepEqual(
    told.map(([path]) => path),
    ['/etc/time', '/etc/kind', '/etc/link'],
  )
})

test('a folder that is there at one moment only has all its names new or gone', async () => {
  const full = folder({ a: file('a'), b: file('b') })
  for (const missing of [undefined, file('no folder')]) {
    assert.deepEqual(
      (await compare(missing, full)).map(([, change]) => change),
      ['new', 'new'],
    )
    assert.deepEqual(
      (await compare(full, missing)).map(([, change]) => change),
      ['gone', 'gone'],
    )
  }
  await assert.rejects(compare(undefined, undefined), { code: 'file-not-found' })
})

test('a folder in a folder that cannot be read is not taken for gone', async () => {
  const sick = fakeFileSystem(folder({ a: { problem: 'its inode is damaged' } }))
  const whole = fakeFileSystem(folder({ a: folder({ b: folder({ c: file('c') }) }) }))
  const compared = compareFolder(whole, sick, { volumeId: 'vda/1', path: '/a/b' }, never)
  await assert.rejects(compared, { code: 'file-system-damaged' })
})
