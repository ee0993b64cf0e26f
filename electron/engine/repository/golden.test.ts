import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { codecs, recordTypes } from '../chunk/chunk.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { footerTag, packSeal } from '../chunk/seal.ts'
import { type MemoryStore, memoryStore } from '../store/memory.ts'
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
const golden: {
  readonly passphrase: string
  readonly recoveryWords: string
  readonly recoveryKey: { readonly x25519: string; readonly mlKemSeed: string }
  readonly rootKey: string
  readonly objects: Readonly<Record<string, string>>
} = JSON.parse(readFileSync(new URL('format-1.golden.json', import.meta.url), 'utf8'))

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

function goldenStore(): MemoryStore {
  const store = memoryStore()
  for (const [name, bytes] of Object.entries(golden.objects)) store.objects.set(name, Buffer.from(bytes, 'base64'))
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
