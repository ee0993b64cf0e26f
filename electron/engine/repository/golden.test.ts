import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { codecs, recordTypes } from '../chunk/chunk.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { footerTag, packSeal } from '../chunk/seal.ts'
import { type MemoryStore, memoryStore } from '../store/memory.ts'
import { entries } from './damage-rig.ts'
import { fromHex, toHex } from './format/bytes.ts'
import { decodeConfig, encodeConfig } from './format/config.ts'
import { deriveConfigKey, deriveKeys } from './format/key.ts'
import { nameOf, objectTypes, openObject, sealObject } from './format/object.ts'
import { decodeFooterEnd, encodeFooter, encodePackHeader, footerBytes } from './format/pack.ts'
import { openRepository, type RepositoryKey } from './repository.ts'
import { contentOf, machineId, makePoint, never, noise, pointIdOf, testChunkBytes } from './test-rig.ts'

/**
 * A repository that format 1 made when it was new: two points, an attachment, a slot of each kind. The file is never made
 * again: bytes that change are a new format and get a file of their own beside this one.
 */
const golden: Golden & {
  readonly recoveryKey: { readonly x25519: string; readonly mlKemSeed: string }
} = JSON.parse(readFileSync(new URL('format-1.golden.json', import.meta.url), 'utf8'))

/**
 * One that lived: every kind of ledger entry, two epochs, footers; points in the trash (4), back from it (5) and purged (3), a
 * pack that was written anew, one that was found bad and mended and that waits for its sweep, and a lock rule.
 */
const lived: Golden = JSON.parse(readFileSync(new URL('format-1-trusted.golden.json', import.meta.url), 'utf8'))

type Golden = {
  readonly passphrase: string
  readonly recoveryWords: string
  readonly rootKey: string
  readonly objects: Readonly<Record<string, string>>
}

const derivedHash = 'c9cd9708e903b620c568be3ffc1f1553735af869b0520482a665336b75c3f25d'
const footerHash = 'fcd18d71be1b13edc9012eb2f24341afc01d127d3afef39ace13d772c0756ecc'
const sealedHashes = [
  [objectTypes.index, 'eee3978b15699c765cc158057697a24167ed3e40eb719f9c0f56520aee7b71ab'],
  [objectTypes.manifest, 'c58eb2c8ed39a248a6aea291aeaed72808ef8ca568ec1dcb51715de3a115a716'],
  [objectTypes.entry, 'd46368c5f57ea7da0726e210e4d810d65b5988431367c679a125a317503669ac'],
] as const

const chunks = (count: number): number => count * testChunkBytes

let pool: ChunkPool
before(() => {
  pool = startPool(1)
})
after(() => pool[Symbol.asyncDispose]())

function goldenStore({ objects }: Golden = golden): MemoryStore {
  const store = memoryStore()
  for (const [name, bytes] of Object.entries(objects)) store.objects.set(name, Buffer.from(bytes, 'base64'))
  return store
}

const keys: readonly RepositoryKey[] = [
  { kind: 'passphrase', passphrase: golden.passphrase },
  { kind: 'recovery-words', words: golden.recoveryWords },
  {
    kind: 'recovery-key',
    secret: { x25519: fromHex(golden.recoveryKey.x25519), mlKemSeed: fromHex(golden.recoveryKey.mlKemSeed) },
  },
  { kind: 'root-key', rootKey: fromHex(golden.rootKey) },
]

function disks(): readonly (readonly [string, Buffer])[] {
  const first = Buffer.alloc(chunks(1030) + 512)
  first.set(noise(1, chunks(2)))
  first.set(Buffer.alloc(chunks(2) + 512, 'a line that repeats itself\n'), chunks(1028))
  const second = Buffer.from(first)
  second.set(noise(2, chunks(1)))
  return [
    [pointIdOf(1), first],
    [pointIdOf(2), second],
  ]
}

/** Of the points that are left of the one that lived, also of that in the trash. */
function livedDisks(): readonly (readonly [string, Buffer])[] {
  const disk = (...writes: readonly Buffer[]): Buffer => {
    const bytes = Buffer.alloc(chunks(8) + 512)
    for (const write of writes) bytes.set(write)
    return bytes
  }
  const first = disk(noise(1, chunks(2)))
  first.set(Buffer.alloc(chunks(1) + 512, 'a line that repeats itself\n'), chunks(7))
  const second = Buffer.from(first)
  second.set(noise(2, chunks(1)))
  const others = [noise(4, chunks(2)), noise(3, chunks(1)), noise(6, chunks(2))].map((bytes) => disk(bytes))
  const numbers = [1, 2, 4, 5, 6]
  return [first, second, ...others].map((content, at) => [pointIdOf(numbers[at] ?? 0), content])
}

const idsOf = (points: readonly { readonly id: string }[]) => points.map(({ id }) => id)

test('the golden repository of format 1 opens with each of its keys and reads back whole', async () => {
  for (const key of keys) {
    const { repository, rootKey } = await openRepository({ store: goldenStore(), pool, clock: systemClock, key }, never)
    assert.equal(toHex(rootKey), golden.rootKey)
    for (const [id, content] of disks()) assert.ok((await contentOf(repository, id, 'vda')).equals(content), id)
  }
})

test('the golden repository of format 1 tells the facts of its points, and verifies', async () => {
  const options = { store: goldenStore(), pool, clock: systemClock, key: keys[3] ?? assert.fail() }
  const { repository } = await openRepository(options, never)
  const [first] = repository.points()
  assert.equal(first?.machineId, machineId)
  assert.equal(first?.freezeMs, 12)
  const manifest = await repository.manifest(pointIdOf(1), never)
  assert.equal(manifest.checkpoint, 'c1')
  const [nvram] = manifest.attachments
  assert.ok(nvram !== undefined)
  assert.deepEqual(Buffer.from(await repository.attachment(nvram, never)), Buffer.alloc(5000, 'nv'))
  assert.deepEqual((await repository.verify({ onRead: () => {} }, never)).damaged, [])
})

test('the golden repository of format 1 can be written on', async () => {
  const store = goldenStore()
  const options = { store, pool, clock: systemClock, key: keys[3] ?? assert.fail() }
  const { repository } = await openRepository(options, never)
  const [, [, content] = ['', Buffer.alloc(0)]] = disks()
  const id = await makePoint(repository, 3, [{ name: 'vda', sizeBytes: content.length, base: pointIdOf(2) }])
  const { repository: again } = await openRepository(options, never)
  assert.ok((await contentOf(again, id, 'vda')).equals(content))
})

test('the golden repository that lived opens, shows what is in the trash, and all of its points read back whole', async () => {
  const ways: readonly RepositoryKey[] = [
    { kind: 'passphrase', passphrase: lived.passphrase },
    { kind: 'recovery-words', words: lived.recoveryWords },
  ]
  for (const key of ways) {
    const { repository } = await openRepository({ store: goldenStore(lived), pool, clock: systemClock, key }, never)
    const { epoch, lock, readOnly } = repository
    assert.deepEqual([epoch, lock, readOnly], [2, { mode: 'governance', days: 30 }, undefined])
    assert.deepEqual(idsOf(repository.points()), [1, 2, 5, 6].map(pointIdOf))
    assert.deepEqual(idsOf(repository.trash().map(({ point }) => point)), [pointIdOf(4)])
    assert.deepEqual(repository.notes().get(pointIdOf(1)), { pinned: true, labels: ['季度', 'audit'] })
    assert.equal(repository.upkeep().cycles, 4)
    for (const [id, content] of livedDisks()) assert.ok((await contentOf(repository, id, 'vda')).equals(content), id)
    const [nvram] = (await repository.manifest(pointIdOf(2), never)).attachments
    assert.ok(nvram !== undefined)
    assert.deepEqual(Buffer.from(await repository.attachment(nvram, never)), Buffer.alloc(5000, 'nv'))
  }
})

test('the golden repository that lived holds every kind of entry that there is', () => {
  const store = goldenStore(lived)
  const rig = { store, rootKey: fromHex(lived.rootKey), recoveryWords: lived.recoveryWords }
  const kinds = new Set(entries(rig).map(({ kind }) => kind))
  const upkeep = ['bad', 'mark', 'sweep', 'cycle', 'epoch', 'lock', 'indexes', 'lease', 'release'] as const
  const points = ['created', 'point', 'note', 'drop', 'recover', 'purge'] as const
  assert.deepEqual([...kinds].toSorted(), [...upkeep, ...points].toSorted())
})

test('the golden repository that lived verifies, and takes a new point', async () => {
  const store = goldenStore(lived)
  const key = { kind: 'root-key', rootKey: fromHex(lived.rootKey) } as const
  const { repository } = await openRepository({ store, pool, clock: systemClock, key }, never)
  const { damaged, unneeded } = await repository.verify({ onRead: () => {} }, never)
  assert.deepEqual([damaged, unneeded?.length], [[], 1])
  const [, [, content] = ['', Buffer.alloc(0)]] = livedDisks()
  const id = await makePoint(repository, 7, [{ name: 'vda', sizeBytes: content.length, base: pointIdOf(2) }])
  const { repository: again } = await openRepository({ store, pool, clock: systemClock, key }, never)
  assert.ok((await contentOf(again, id, 'vda')).equals(content))
})

test('config is still encoded to the same bytes', () => {
  const bytes = Buffer.from(golden.objects['config'] ?? '', 'base64')
  const configKey = deriveConfigKey(fromHex(golden.rootKey))
  const config = decodeConfig(bytes, configKey)
  assert.ok(config !== undefined)
  assert.deepEqual(Buffer.from(encodeConfig(config, configKey)), bytes)
})

test('keys are derived and objects are sealed to the same bytes as ever', () => {
  const keysOfGolden = deriveKeys(Buffer.alloc(32, 1), Buffer.alloc(16, 2), 1)
  const derived = [keysOfGolden.meta, keysOfGolden.audit, keysOfGolden.chunks.data, keysOfGolden.chunks.id]
  assert.equal(nameOf(Buffer.concat([...derived, keysOfGolden.chunks.pageId])), derivedHash)
  // Noise is stored as it is, so that no release of zstd has a say in these bytes.
  for (const [type, hash] of sealedHashes) {
    const sealed = sealObject(keysOfGolden, type, Buffer.alloc(32, 3), noise(4, 100))
    assert.equal(nameOf(sealed), hash)
    assert.deepEqual(Buffer.from(openObject(keysOfGolden, type, sealed, 'noise')), noise(4, 100))
  }
})

test('the footer of a pack is encoded and authenticated to the same bytes as ever', () => {
  const { chunks: chunkKeys } = deriveKeys(Buffer.alloc(32, 1), Buffer.alloc(16, 2), 1)
  const header = encodePackHeader({ repositoryId: chunkKeys.repositoryId, epoch: 1, salt: Buffer.alloc(32, 3) })
  const place = { offset: 112, storedBytes: 100, rawBytes: 4096, type: recordTypes.data, codec: codecs.zstd }
  const footer = encodeFooter(header, 228, [{ ...place, id: Buffer.alloc(32, 5) }])
  const tag = footerTag(packSeal(chunkKeys, Buffer.alloc(32, 3)), footer)
  assert.equal(footer.length + tag.length, footerBytes(1))
  assert.equal(nameOf(Buffer.concat([footer, tag])), footerHash)
  const end = decodeFooterEnd(Buffer.concat([footer, tag]), 228 + footerBytes(1))
  assert.deepEqual([end?.records, end?.bodyBytes, end?.epoch], [1, 228, 1])
})

test('no flipped bit, no other type and no cut leaves a sealed object that opens', () => {
  const ours = deriveKeys(Buffer.alloc(32, 1), Buffer.alloc(16, 2), 1)
  const sealed = sealObject(ours, objectTypes.manifest, Buffer.alloc(32, 3), Buffer.alloc(300, 'compressible '))
  for (let bit = 0; bit < sealed.length * 8; bit++) {
    const flipped = Uint8Array.from(sealed)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.throws(() => openObject(ours, objectTypes.manifest, flipped, 'x'), { code: 'object-damaged' }, `bit ${bit}`)
  }
  for (let lengthBytes = 0; lengthBytes < sealed.length; lengthBytes++) {
    const cut = sealed.subarray(0, lengthBytes)
    assert.throws(() => openObject(ours, objectTypes.manifest, cut, 'x'), { code: 'object-damaged' })
  }
  assert.throws(() => openObject(ours, objectTypes.index, sealed, 'x'), { code: 'object-damaged' })
  const other = deriveKeys(Buffer.alloc(32, 1), Buffer.alloc(16, 9), 1)
  assert.throws(() => openObject(other, objectTypes.manifest, sealed, 'x'), { code: 'object-damaged' })
})
