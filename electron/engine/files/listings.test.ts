import assert from 'node:assert/strict'
import { test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { type FakeNode, fakeFileSystem, fakeFound, file, folder } from './fake-file-system.rig.ts'
import { Listings } from './listings.ts'

const never = new AbortController().signal
const names = Array.from({ length: 20 }, (_, at) => `n${at}`)
const where = { pointId: '0'.repeat(32), volumeId: 'vda/1', path: '/many' }

function rig(
  children: Readonly<Record<string, FakeNode>> = Object.fromEntries(names.map((name) => [name, file(name)])),
) {
  const fileSystem = fakeFileSystem(folder({ many: folder(children), 'a file': file('x') }))
  let holders = 0
  const hold = async () => {
    holders++
    return {
      volume: fakeFound(undefined).volume,
      fileSystem,
      async [Symbol.asyncDispose]() {
        holders--
      },
    }
  }
  return { listings: new Listings({ hold }, systemClock), fileSystem, holders: () => holders }
}

for (const limit of [1, 2, 3, 4, 19, 20, 21, 10_000]) {
  test(`pages of ${limit} are the folder, read once`, async () => {
    const { listings, fileSystem, holders } = rig()
    await using _ = listings
    const told: string[] = []
    for (let at: number | undefined = 0; at !== undefined; ) {
      const { entries, next } = await listings.page(where, at, limit, never)
      told.push(...entries.map(({ name }) => name))
      assert.ok(next === undefined || (next === told.length && entries.length === limit))
      at = next
    }
    assert.deepEqual(told, names)
    assert.deepEqual([fileSystem.listed, holders()], [1, 0])
  })
}

test('a page can be asked for again, and one after a listing that is gone goes on where it ended', async () => {
  const { listings, fileSystem } = rig()
  await using _ = listings
  const first = await listings.page(where, 0, 7, never)
  const again = await listings.page(where, 0, 7, never)
  assert.deepEqual(again, first)
  for (let round = 0; round < 3; round++) {
    const { entries, next } = await listings.page(where, 7, 7, never)
    assert.deepEqual([entries.map(({ name }) => name), next], [names.slice(7, 14), 14])
  }
  assert.equal(fileSystem.listed, 3)
})

test('a place behind the end is an empty last page', async () => {
  const { listings, holders } = rig()
  await using _ = listings
  assert.deepEqual(await listings.page(where, 500, 7, never), { entries: [], next: undefined })
  assert.equal(holders(), 0)
})

test('many half-read folders keep few volumes open, and closing lets go of all', async () => {
  const { listings, holders } = rig()
  for (let at = 0; at < 30; at++) await listings.page(where, 0, 1 + (at % 5), never)
  assert.ok(holders() > 0 && holders() <= 8, String(holders()))
  await listings[Symbol.asyncDispose]()
  assert.equal(holders(), 0)
})

test('a listing that is not to be had lets go of its volume', async () => {
  const { listings, holders } = rig({})
  await using _ = listings
  for (const [path, code] of [
    ['/nothing', 'file-not-found'],
    ['/a file', 'invalid-argument'],
    ['/a file/in it', 'file-not-found'],
    ['/many/..', 'file-not-found'],
    ['/./many', 'file-not-found'],
  ] as const) {
    await assert.rejects(listings.page({ ...where, path }, 0, 7, never), { code })
  }
  await assert.rejects(listings.page(where, 0, 7, AbortSignal.abort()), { name: 'AbortError' })
  assert.equal(holders(), 0)
  assert.deepEqual(await listings.page(where, 0, 7, never), { entries: [], next: undefined })
})
