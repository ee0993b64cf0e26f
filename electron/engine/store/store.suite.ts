import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from './store.ts'

const signal = new AbortController().signal
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

async function namesOf(store: Store, prefix: string): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of store.list(prefix, signal)) names.push(name)
  return names.sort()
}

/** What every `Store` promises. `open` gives an empty one; the suite disposes it. */
export function storeSuite(label: string, open: () => Promise<Store>): void {
  test(`${label}: what was put is got back byte for byte, whole and in ranges`, async () => {
    await using store = await open()
    const big = new Uint8Array(3_000_001).map((_, index) => index * 31)
    await store.put('packs/ab/0123', big, signal)
    assert.deepEqual(await store.get('packs/ab/0123', signal), big)
    const range = await store.getRange('packs/ab/0123', 1_000_000, 65_536, signal)
    assert.deepEqual(range, big.slice(1_000_000, 1_065_536))
    assert.deepEqual(await store.getRange('packs/ab/0123', big.length, 0, signal), new Uint8Array())
    const { modifiedAt, ...info } = (await store.stat('packs/ab/0123', signal)) ?? { modifiedAt: undefined }
    assert.deepEqual(info, { name: 'packs/ab/0123', sizeBytes: big.length })
    assert.equal(typeof modifiedAt, 'number')
  })

  test(`${label}: what is got belongs to the caller and can be transferred away`, async () => {
    await using store = await open()
    await store.put('a', bytes('hello'), signal)
    for (const got of [await store.get('a', signal), await store.getRange('a', 0, 5, signal)]) {
      assert.equal(got.byteLength, got.buffer.byteLength)
      structuredClone(got, { transfer: [got.buffer] })
    }
    assert.deepEqual(await store.get('a', signal), bytes('hello'))
  })

  test(`${label}: changing the caller's bytes after a put changes nothing in the store`, async () => {
    await using store = await open()
    const given = bytes('hello')
    await store.put('a', given, signal)
    given.fill(0)
    assert.deepEqual(await store.get('a', signal), bytes('hello'))
  })

  test(`${label}: putting the same bytes again is success, other bytes are a conflict and change nothing`, async () => {
    await using store = await open()
    await store.put('a', bytes('one'), signal)
    await store.put('a', bytes('one'), signal)
    await assert.rejects(store.put('a', bytes('two'), signal), { code: 'object-conflict' })
    await assert.rejects(store.put('a', bytes('one and more'), signal), { code: 'object-conflict' })
    assert.deepEqual(await store.get('a', signal), bytes('one'))
  })

  test(`${label}: of many that create one object at once, exactly one does, and its bytes stay`, async () => {
    await using store = await open()
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, index) => store.create('ledger/0000000000000001', bytes(`${index}`), signal)),
    )
    const winner = answers.indexOf(true)
    assert.equal(answers.filter(Boolean).length, 1)
    assert.deepEqual(await store.get('ledger/0000000000000001', signal), bytes(`${winner}`))
    assert.equal(await store.create('ledger/0000000000000001', bytes(`${winner}`), signal), false)
  })

  test(`${label}: many that put the same bytes at once all succeed`, async () => {
    await using store = await open()
    await Promise.all(Array.from({ length: 8 }, () => store.put('packs/ab/c', bytes('same'), signal)))
    assert.deepEqual(await namesOf(store, 'packs/'), ['packs/ab/c'])
  })

  test(`${label}: a missing object is missing, and one that is too short is damaged`, async () => {
    await using store = await open()
    await store.put('a', bytes('12345'), signal)
    await assert.rejects(store.get('b', signal), { code: 'object-missing' })
    await assert.rejects(store.get('a/b', signal), { code: 'object-missing' })
    await assert.rejects(store.getRange('b/c', 0, 1, signal), { code: 'object-missing' })
    await assert.rejects(store.getRange('a', 3, 3, signal), { code: 'object-damaged' })
    assert.equal(await store.stat('b', signal), undefined)
  })

  test(`${label}: a list names exactly what lies below its prefix`, async () => {
    await using store = await open()
    for (const name of ['packs/aa/1', 'packs/ab/2', 'packs-old/1', 'config']) await store.put(name, bytes(name), signal)
    assert.deepEqual(await namesOf(store, 'packs/'), ['packs/aa/1', 'packs/ab/2'])
    assert.deepEqual(await namesOf(store, 'packs/ab/'), ['packs/ab/2'])
    assert.deepEqual(await namesOf(store, 'none/'), [])
    assert.deepEqual(await namesOf(store, ''), ['config', 'packs-old/1', 'packs/aa/1', 'packs/ab/2'])
    for await (const { name, sizeBytes } of store.list('', signal)) assert.equal(sizeBytes, name.length)
  })

  test(`${label}: an object that is there is made secure, and one that is not is missing`, async () => {
    await using store = await open()
    await store.put('packs/ab/c', bytes('here'), signal)
    await store.secure('packs/ab/c', signal)
    assert.deepEqual(await store.get('packs/ab/c', signal), bytes('here'))
    await assert.rejects(store.secure('packs/ab/d', signal), { code: 'object-missing' })
  })

  test(`${label}: what was put later is not told to be older, and putting it again does not make it younger`, async () => {
    await using store = await open()
    const timeOf = async (name: string): Promise<number> => (await store.stat(name, signal))?.modifiedAt ?? Number.NaN
    await store.put('first', bytes('one'), signal)
    await store.create('second', bytes('two'), signal)
    const [first, second] = [await timeOf('first'), await timeOf('second')]
    assert.ok(first <= second, `${first}, ${second}`)
    await store.put('first', bytes('one'), signal)
    assert.equal(await timeOf('first'), first)
  })

  test(`${label}: a removed object is gone, removing it again is success, and its name is free`, async () => {
    await using store = await open()
    await store.put('a/b', bytes('one'), signal)
    await store.remove('a/b', signal)
    await store.remove('a/b', signal)
    await store.remove('x/y', signal)
    await assert.rejects(store.get('a/b', signal), { code: 'object-missing' })
    await store.put('a/b', bytes('two'), signal)
    assert.deepEqual(await store.get('a/b', signal), bytes('two'))
  })

  for (const name of [
    '',
    '/',
    '/etc/passwd',
    '..',
    '../a',
    'a/../../b',
    'a//b',
    'a/',
    '.hidden',
    'a\\b',
    'a\0b',
    'C:a',
    'tmp/a',
    'a b',
    'é',
  ]) {
    test(`${label}: ${JSON.stringify(name)} names no object`, async () => {
      await using store = await open()
      const refused = { code: 'invalid-argument' }
      await assert.rejects(store.put(name, bytes('x'), signal), refused)
      await assert.rejects(store.create(name, bytes('x'), signal), refused)
      await assert.rejects(async () => store.get(name, signal), refused)
      await assert.rejects(async () => store.getRange(name, 0, 1, signal), refused)
      await assert.rejects(async () => store.stat(name, signal), refused)
      await assert.rejects(async () => store.remove(name, signal), refused)
      await assert.rejects(async () => store.secure(name, signal), refused)
    })
  }

  test(`${label}: an aborted call does nothing`, async () => {
    await using store = await open()
    const aborted = AbortSignal.abort(new Error('enough'))
    await assert.rejects(store.put('a', bytes('x'), aborted), { message: 'enough' })
    await assert.rejects(store.create('a', bytes('x'), aborted), { message: 'enough' })
    assert.deepEqual(await namesOf(store, ''), [])
  })
}
