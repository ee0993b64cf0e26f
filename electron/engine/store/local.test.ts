import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { createLocalStore, openLocalStore } from './local.ts'
import { draftName, isDead, thisOwner } from './local-owner.ts'
import { placeByClaim } from './local-place.ts'
import { storeSuite } from './store.suite.ts'

const signal = new AbortController().signal
const scratch = await mkdtemp(path.join(tmpdir(), 'stillpoint-store-'))
after(() => rm(scratch, { recursive: true, force: true }))

let last = 0
function newFolder(): string {
  return path.join(scratch, `${++last}`)
}

storeSuite('folder', () => createLocalStore(newFolder(), signal))

storeSuite('folder without hard links', async () => {
  const folder = newFolder()
  await createLocalStore(folder, signal)
  return await openLocalStore(folder, signal, placeByClaim)
})

test('a store that is opened again holds what it held', async () => {
  const folder = newFolder()
  const first = await createLocalStore(folder, signal)
  await first.put('packs/aa/1', new Uint8Array([1, 2, 3]), signal)
  await using second = await createLocalStore(folder, signal)
  assert.deepEqual(await second.get('packs/aa/1', signal), new Uint8Array([1, 2, 3]))
  await using third = await openLocalStore(folder, signal)
  assert.deepEqual(await third.get('packs/aa/1', signal), new Uint8Array([1, 2, 3]))
})

test('opening never makes a store: a folder that is gone is unreachable, an empty one holds none', async () => {
  const folder = newFolder()
  await assert.rejects(openLocalStore(folder, signal), { code: 'repository-unreachable' })
  await assert.rejects(readdir(folder), { code: 'ENOENT' })
  await mkdir(folder)
  await assert.rejects(openLocalStore(folder, signal), { code: 'repository-not-found' })
  assert.deepEqual(await readdir(folder), [])
})

test('a copy that lost its hidden files is a store all the same', async () => {
  const folder = newFolder()
  await mkdir(folder)
  await writeFile(path.join(folder, 'config'), 'x')
  await using store = await openLocalStore(folder, signal)
  assert.deepEqual(await store.get('config', signal), new Uint8Array([0x78]))
})

for (const [what, swap] of [
  ['gone', async (folder: string) => rename(folder, newFolder())],
  ['not mounted', async (folder: string) => rename(folder, newFolder()).then(() => mkdir(folder))],
  [
    'replaced by another one',
    async (folder: string) => {
      await rename(folder, newFolder())
      await createLocalStore(folder, signal)
    },
  ],
] as const) {
  test(`a store that is ${what} is unreachable, takes no object, and its objects are not taken for missing`, async () => {
    const folder = newFolder()
    await using store = await createLocalStore(folder, signal)
    await store.put('a', new Uint8Array(1), signal)
    await swap(folder)
    const before = await readdir(folder, { recursive: true }).catch(() => undefined)
    const gone = { code: 'repository-unreachable' }
    await assert.rejects(store.get('a', signal), gone)
    await assert.rejects(store.stat('a', signal), gone)
    await assert.rejects(store.put('b', new Uint8Array(1), signal), gone)
    await assert.rejects(store.create('c', new Uint8Array(1), signal), gone)
    await assert.rejects(store.remove('a', signal), gone)
    await assert.rejects(async () => {
      for await (const _ of store.list('', signal));
    }, gone)
    assert.deepEqual(await readdir(folder, { recursive: true }).catch(() => undefined), before)
  })
}

test('nothing but objects is left after puts, conflicts and races', async () => {
  const folder = newFolder()
  await using store = await createLocalStore(folder, signal)
  await store.put('a', new Uint8Array(1), signal)
  await assert.rejects(store.put('a', new Uint8Array(2), signal), { code: 'object-conflict' })
  await Promise.all([1, 2, 3].map((byte) => store.create('b', new Uint8Array([byte]), signal)))
  assert.deepEqual((await readdir(folder)).sort(), ['.stillpoint-store', 'a', 'b', 'tmp'])
  assert.deepEqual(await readdir(path.join(folder, 'tmp')), [])
})

/** No process has this id: it is above what Linux gives. */
const deadPid = 2 ** 22 + 1

test('opening removes drafts of dead processes of this host, and those of others only after a day', async () => {
  const folder = newFolder()
  await createLocalStore(folder, signal)
  const self = await thisOwner()
  const [dead, living] = [draftName({ ...self, pid: deadPid }), draftName(self)]
  const [elsewhere, old] = [draftName({ host: 'elsewhere', pid: deadPid }), draftName({ host: 'elsewhere', pid: 1 })]
  const claims = ['claim.00', 'claim.01']
  for (const name of [dead, living, elsewhere, old]) await writeFile(path.join(folder, 'tmp', name), 'x')
  await writeFile(path.join(folder, 'tmp', 'claim.00'), dead)
  await writeFile(path.join(folder, 'tmp', 'claim.01'), living)
  const longAgo = new Date(Date.now() - 25 * 60 * 60 * 1000)
  await utimes(path.join(folder, 'tmp', old), longAgo, longAgo)
  await openLocalStore(folder, signal)
  assert.deepEqual((await readdir(path.join(folder, 'tmp'))).sort(), [elsewhere, living, claims[1]].sort())
})

test('only a process of this host that no longer runs is called dead', async () => {
  const self = await thisOwner()
  assert.ok(isDead({ ...self, pid: deadPid }, self))
  assert.ok(!isDead(self, self))
  assert.ok(!isDead({ ...self, pid: 1 }, self))
  assert.ok(!isDead({ host: 'elsewhere', pid: deadPid }, self))
})

test('a claim that another writer holds is waited for, and a taken name is seen after it', async () => {
  const folder = newFolder()
  await createLocalStore(folder, signal)
  await using store = await openLocalStore(folder, signal, placeByClaim)
  const results = await Promise.all([1, 2, 3, 4].map((byte) => store.create('a/b', new Uint8Array([byte]), signal)))
  assert.equal(results.filter(Boolean).length, 1)
  assert.deepEqual(await readdir(path.join(folder, 'tmp')), [])
})
