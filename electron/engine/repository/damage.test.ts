import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { MemoryStore } from '../store/memory.ts'
import { fromHex } from './format/bytes.ts'
import { decodeConfig, encodeConfig } from './format/config.ts'
import { entryName, openEntry } from './format/entry.ts'
import { indexPath } from './format/index.ts'
import { deriveConfigKey, deriveKeys, type RepositoryKeys } from './format/key.ts'
import { nameOf, objectTypes, sealObject } from './format/object.ts'
import { openRepository } from './open.ts'
import type { Repository } from './repository.ts'
import {
  contentOf,
  copyOf,
  makePoint,
  never,
  newRepository,
  noise,
  passphrase,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

const chunks = (count: number): number => count * testChunkBytes
const sizeBytes = chunks(40)
const first = noise(1, sizeBytes)
const second = noise(2, sizeBytes)

/** Two points that share nothing but the format. */
before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
  await makePoint(await reopen(pool, template), 1, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: first }] }])
  await makePoint(await reopen(pool, template), 2, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: second }] }])
})
after(() => pool[Symbol.asyncDispose]())

const fresh = (): TestRepository => ({ ...template, store: copyOf(template.store) })

function flip(store: MemoryStore, name: string, at: number): void {
  const bytes = Uint8Array.from(store.objects.get(name) ?? [])
  bytes[at] = (bytes[at] ?? 0) ^ 0x10
  store.objects.set(name, bytes)
}

function named(store: MemoryStore, prefix: string): readonly string[] {
  return [...store.objects.keys()].filter((name) => name.startsWith(prefix))
}

async function verify(repository: Repository) {
  const { damaged } = await repository.verify(undefined, () => {}, never)
  return damaged.map(({ object, points }) => ({ object, points: [...points].sort() }))
}

function keysOf({ rootKey, store }: TestRepository): RepositoryKeys {
  const config = decodeConfig(store.objects.get('config') ?? new Uint8Array(), deriveConfigKey(rootKey))
  return deriveKeys(rootKey, fromHex(config?.repositoryId ?? ''), 1)
}

/** The index that came with a point. */
function indexOf(number: number): string {
  const bytes = template.store.objects.get(entryName(number + 1)) ?? new Uint8Array()
  const entry = openEntry(keysOf(template), bytes, number + 1)
  return indexPath(entry.kind === 'point' ? (entry.indexes[0] ?? '') : '')
}

/** Bytes all over the headers, and some of what follows them. */
function* places(lengthBytes: number): Generator<number> {
  for (let at = 0; at < lengthBytes; at += at < 160 ? 7 : Math.ceil(lengthBytes / 12)) yield at
}

async function checkFlip(name: string, at: number): Promise<void> {
  const rig = fresh()
  flip(rig.store, name, at)
  const repository = await reopen(pool, rig)
  const damaged = await verify(repository)
  assert.deepEqual(
    damaged.map(({ object }) => object),
    [name],
    `byte ${at}`,
  )
  const hurt = new Set(damaged.flatMap(({ points }) => points))
  for (const [number, content] of [first, second].entries()) {
    const id = pointIdOf(number + 1)
    const restored = await contentOf(repository, id, 'vda').catch(() => undefined)
    assert.equal(restored?.equals(content) === true, !hurt.has(id), `${name} byte ${at}, point ${id}`)
  }
  assert.ok(hurt.size < 2, 'one point needs the object, the other does not')
}

test('verification finds nothing wrong with a whole repository, and reads every pack', async () => {
  const repository = await reopen(pool, fresh())
  let read = 0
  let total = 0
  const onRead = (bytes: number, totalBytes: number): void => {
    read += bytes
    total = totalBytes
  }
  const report = await repository.verify(undefined, onRead, never)
  assert.deepEqual(report.damaged, [])
  assert.equal(report.chunks, repository.totals.chunks)
  assert.equal(read, repository.totals.storedBytes)
  assert.equal(total, read)
})

test('any flipped byte of an index, a manifest or a pack is found by verification, and the other point still restores', async () => {
  for (const name of ['indexes/', 'manifests/', 'packs/'].flatMap((kind) => named(template.store, kind))) {
    for (const at of places(template.store.objects.get(name)?.length ?? 0)) await checkFlip(name, at)
  }
})

test('any flipped byte of config keeps the repository shut', async () => {
  const lengthBytes = template.store.objects.get('config')?.length ?? 0
  for (let at = 0; at < lengthBytes; at++) {
    const rig = fresh()
    flip(rig.store, 'config', at)
    // Magic and version stand before any key: a flipped version looks like a later one.
    const code = at === 4 || at === 5 ? 'repository-too-new' : 'repository-damaged'
    await assert.rejects(reopen(pool, rig), { code }, `byte ${at}`)
  }
})

test('any flipped byte of a ledger entry is damage, and damage found while open is told by verification', async () => {
  for (const number of [1, 2, 3]) {
    const lengthBytes = template.store.objects.get(entryName(number))?.length ?? 0
    for (let at = 0; at < lengthBytes; at += 3) {
      const rig = fresh()
      flip(rig.store, entryName(number), at)
      await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' }, `entry ${number} byte ${at}`)
    }
  }
  const rig = fresh()
  const repository = await reopen(pool, rig)
  flip(rig.store, entryName(2), 80)
  assert.deepEqual(await verify(repository), [{ object: entryName(2), points: [pointIdOf(1), pointIdOf(2)] }])
})

test('a damaged slot is said to be one, and another slot still opens', async () => {
  const slots = named(template.store, 'keys/')
  const usual = { pool, clock: systemClock }
  const byPassphrase = { kind: 'passphrase', passphrase } as const
  const byWords = { kind: 'recovery-words', words: template.recoveryWords } as const
  const broken = fresh()
  for (const slot of slots) flip(broken.store, slot, 70)
  for (const key of [byPassphrase, byWords]) {
    await assert.rejects(openRepository({ ...usual, store: broken.store, key }, never), { code: 'key-slot-damaged' })
  }
  let opened = 0
  for (const slot of slots) {
    const rig = fresh()
    flip(rig.store, slot, 100)
    for (const key of [byPassphrase, byWords]) {
      const result = await openRepository({ ...usual, store: rig.store, key }, never).catch(() => undefined)
      if (result !== undefined) opened++
      if (result !== undefined) assert.deepEqual(await verify(result.repository), [{ object: slot, points: [] }])
    }
  }
  assert.equal(opened, 2, 'with either slot damaged, the other one opens')
})

test('a missing pack is named with exactly the point that needs it', async () => {
  const rig = fresh()
  const [name = ''] = named(rig.store, 'packs/')
  rig.store.objects.delete(name)
  const repository = await reopen(pool, rig)
  const [damaged] = await verify(repository)
  assert.equal(damaged?.object, name)
  assert.equal(damaged?.points.length, 1)
  const lost = damaged?.points[0] ?? ''
  await assert.rejects(contentOf(repository, lost, 'vda'), { code: 'pack-missing' })
})

test('a missing index is a problem of its own points only', async () => {
  for (const number of [1, 2]) {
    const name = indexOf(number)
    const rig = fresh()
    rig.store.objects.delete(name)
    const repository = await reopen(pool, rig)
    assert.deepEqual(
      repository.problems().map(({ object }) => object),
      [name],
    )
    assert.deepEqual(await verify(repository), [{ object: name, points: [pointIdOf(number)] }])
    await assert.rejects(contentOf(repository, pointIdOf(number), 'vda'), { code: 'object-missing' })
    assert.ok((await contentOf(repository, pointIdOf(3 - number), 'vda')).equals(number === 1 ? second : first))
  }
})

test('an index that goes missing while the repository is open is missed by verification', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const name = indexOf(1)
  rig.store.objects.delete(name)
  assert.deepEqual(await verify(repository), [{ object: name, points: [pointIdOf(1)] }])
})

test('verifying one point reads and tells only what that point needs', async () => {
  const name = indexOf(1)
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const whole = await repository.verify(pointIdOf(1), () => {}, never)
  assert.ok(whole.chunks > 0 && whole.chunks < repository.totals.chunks)
  rig.store.objects.delete(name)
  assert.deepEqual((await repository.verify(pointIdOf(2), () => {}, never)).damaged, [])
  assert.equal((await repository.verify(pointIdOf(1), () => {}, never)).damaged.length, 1)
  await assert.rejects(
    repository.verify(pointIdOf(7), () => {}, never),
    { code: 'point-not-found' },
  )
})

test('chunks of a damaged pack are stored again by the next full read, and the old point is whole again', async () => {
  const rig = fresh()
  const [name = ''] = named(rig.store, 'packs/')
  rig.store.objects.delete(name)
  const repository = await reopen(pool, rig)
  const [damaged] = await verify(repository)
  const lost = damaged?.points[0] ?? ''
  const base = { name: 'vda', sizeBytes, base: lost }
  await assert.rejects(makePoint(repository, 3, [base]), { code: 'object-damaged' }, 'damage is not handed on')
  const content = lost === pointIdOf(1) ? first : second
  await makePoint(repository, 3, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: content }] }])
  for (const opened of [repository, await reopen(pool, rig)]) {
    assert.ok((await contentOf(opened, lost, 'vda')).equals(content))
    assert.ok((await contentOf(opened, pointIdOf(3), 'vda')).equals(content))
  }
})

test('a ledger that lost its end, or an entry in the middle, is noticed', async () => {
  const seen = (await reopen(pool, fresh())).head()
  const cut = fresh()
  cut.store.objects.delete(entryName(3))
  assert.equal((await reopen(pool, cut)).points().length, 1, 'nobody can know without having seen it')
  await assert.rejects(reopen(pool, cut, { seen }), { code: 'repository-rolled-back' })
  const hole = fresh()
  hole.store.objects.delete(entryName(2))
  await assert.rejects(reopen(pool, hole), { code: 'repository-damaged' })
  const late = fresh()
  late.store.objects.set(entryName(40), late.store.objects.get(entryName(3)) ?? new Uint8Array())
  await assert.rejects(reopen(pool, late), { code: 'repository-damaged' }, 'a listing hints at a hole')
})

test('a fork of the ledger is noticed by whoever saw the other branch, and never written on', async () => {
  const one = fresh()
  const other = { ...one, store: copyOf(one.store) }
  const repository = await reopen(pool, one)
  await makePoint(repository, 3, [])
  await makePoint(await reopen(pool, other), 4, [])
  await assert.rejects(reopen(pool, other, { seen: repository.head() }), { code: 'repository-rolled-back' })
  one.store.objects.set(entryName(4), other.store.objects.get(entryName(4)) ?? new Uint8Array())
  await assert.rejects(makePoint(repository, 5, []), { code: 'repository-rolled-back' })
})

test('an entry of another repository, or of another number, is refused', async () => {
  const rig = fresh()
  rig.store.objects.set(entryName(3), rig.store.objects.get(entryName(2)) ?? new Uint8Array())
  await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' })
  const other = await newRepository(pool)
  rig.store.objects.set(entryName(1), other.store.objects.get(entryName(1)) ?? new Uint8Array())
  await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' })
})

test('a repository of a later version is refused before a key is even asked for', async () => {
  const rig = fresh()
  const config = Buffer.from(rig.store.objects.get('config') ?? [])
  config.writeUInt16LE(2, 4)
  rig.store.objects.set('config', config.subarray(0, 6))
  rig.store.objects.delete(named(rig.store, 'keys/')[0] ?? '')
  const options = { store: rig.store, pool, clock: systemClock, key: { kind: 'passphrase', passphrase } } as const
  await assert.rejects(openRepository(options, never), { code: 'repository-too-new' })
})

test('an unknown required feature, or an unknown kind of entry, makes the repository read-only', async () => {
  const featured = fresh()
  const configKey = deriveConfigKey(featured.rootKey)
  const config = decodeConfig(featured.store.objects.get('config') ?? new Uint8Array(), configKey)
  if (config === undefined) throw new Error('config did not open')
  const needy = { ...config, requiredFeatures: ['tides'] }
  featured.store.objects.set('config', encodeConfig(needy, configKey))
  const later = fresh()
  const previous = nameOf(later.store.objects.get(entryName(3)) ?? new Uint8Array())
  const strange = { version: 1, number: 4, previous, at: 0, kind: 'tide', height: 3 }
  const sealed = sealObject(keysOf(later), objectTypes.entry, noise(9, 32), Buffer.from(JSON.stringify(strange)))
  later.store.objects.set(entryName(4), sealed)
  for (const rig of [featured, later]) {
    const repository = await reopen(pool, rig)
    assert.notEqual(repository.readOnly, undefined)
    assert.ok((await contentOf(repository, pointIdOf(1), 'vda')).equals(first))
    await assert.rejects(makePoint(repository, 9, []), { code: 'repository-too-new' })
  }
})
