import assert from 'node:assert/strict'
import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { Failure } from '../../../shared/failure.ts'
import { reportPlanted } from '../proof/rows.ts'
import { decodePackHeader, recordsOf, tagBytes } from '../repository/format/pack.ts'
import { codecs, recordTypes } from './chunk.ts'
import { filled, keys, noise, prose } from './chunk-samples.suite.ts'
import { noPlants, type Plant, type Plants } from './plant.ts'
import { chunkId, openRecord, packSeal, sealRecord } from './seal.ts'
import { startZstd } from './zstd.ts'

const zstd = startZstd()
const salt = filled(32, 9)

function sealed(plaintext: Uint8Array, ordinal = 0, plants: Plants = noPlants) {
  const id = chunkId(keys, recordTypes.data, plaintext)
  const { header, ciphertext, tag } = sealRecord(
    packSeal(keys, salt),
    { type: recordTypes.data, ordinal, id },
    plaintext,
    zstd,
    plants,
  )
  return { record: { ...header, id }, bytes: Buffer.concat([ciphertext, tag]) }
}

function opens(one: ReturnType<typeof sealed>, plants: Plants = noPlants, pack = packSeal(keys, salt)): boolean {
  try {
    openRecord(pack, one.record, one.bytes, zstd, plants)
    return true
  } catch (thrown) {
    assert.ok(thrown instanceof Failure && thrown.code === 'object-damaged', String(thrown))
    return false
  }
}

test('a record opens to what was sealed, compressed where that helps and raw where not', () => {
  for (const [plaintext, codec] of [
    [prose(131_072, 'a'), codecs.zstd],
    [noise(131_072, 'a'), codecs.raw],
    [filled(1, 5), codecs.raw],
  ] as const) {
    const one = sealed(plaintext, 3)
    assert.equal(one.record.codec, codec)
    const opened = openRecord(packSeal(keys, salt), one.record, one.bytes, zstd)
    assert.deepEqual(Buffer.from(opened), Buffer.from(plaintext))
  }
})

test('a record can be opened by the letter of the format alone', () => {
  const plaintext = prose(70_000, 'letter')
  const { record, bytes } = sealed(plaintext, 5)
  const word = (value: number) => Buffer.from(Uint32Array.of(value).buffer)
  const info = Buffer.concat([Buffer.from('sp/pack/1'), keys.repositoryId, word(1)])
  const packKey = Buffer.from(hkdfSync('sha256', keys.data, salt, info, 32))
  const chunkKey = createHmac('sha256', packKey)
    .update(Buffer.concat([Buffer.from('sp/chunk/1'), word(5), record.id]))
    .digest()
  const nonce = Buffer.concat([word(5), Buffer.alloc(8)])
  const opening = createDecipheriv('aes-256-gcm', chunkKey, nonce, { authTagLength: 16 })
  const place = [
    Buffer.from('SPPK'),
    Buffer.from([1, 0]),
    keys.repositoryId,
    word(1),
    salt,
    word(5),
    Buffer.from([1, 1]),
  ]
  opening.setAAD(Buffer.concat([...place, word(70_000), word(record.storedBytes)]))
  opening.setAuthTag(bytes.subarray(record.storedBytes))
  const packed = Buffer.concat([opening.update(bytes.subarray(0, record.storedBytes)), opening.final()])
  assert.deepEqual(zstdDecompressSync(packed), Buffer.from(plaintext))
  assert.deepEqual(record.id, createHmac('sha256', keys.id).update(plaintext).digest())
})

test('a pack of version 1 that was sealed once opens for ever', () => {
  const golden = JSON.parse(readFileSync(new URL('./seal.golden.json', import.meta.url), 'utf8'))
  const pack = Buffer.from(golden.pack, 'base64')
  const seal = packSeal(keys, decodePackHeader(pack).salt)
  const opened = [...recordsOf(pack)].map((record) => {
    const bytes = pack.subarray(record.offset, record.offset + record.storedBytes + tagBytes)
    return Buffer.from(openRecord(seal, record, bytes, zstd))
  })
  assert.deepEqual(opened, [
    Buffer.from(prose(4096, 'golden')),
    Buffer.from(noise(100, 'golden')),
    Buffer.alloc(64, 0xee),
  ])
})

test('the same bytes as a chunk and as a page have different ids', () => {
  const bytes = prose(32_768, 'both')
  assert.notDeepEqual(chunkId(keys, recordTypes.data, bytes), chunkId(keys, recordTypes.page, bytes))
})

test('no byte of a record can be changed', () => {
  const one = sealed(prose(300, 'bytes'))
  for (let at = 0; at < one.bytes.length; at++) {
    const bytes = Buffer.from(one.bytes)
    bytes[at] = (bytes[at] ?? 0) ^ 1
    assert.equal(opens({ ...one, bytes }), false, `byte ${at}`)
  }
  assert.equal(opens(one), true)
})

test('a record opens at no other place, as nothing else and under no other key', () => {
  const one = sealed(prose(300, 'place'))
  const { record } = one
  const others: Partial<typeof record>[] = [
    { ordinal: 1 },
    { type: recordTypes.page },
    { codec: codecs.raw },
    { codec: codecs.raw, rawBytes: record.storedBytes },
    { rawBytes: record.rawBytes + 1 },
    { storedBytes: record.storedBytes - 1 },
    { id: Buffer.alloc(32, 1) },
  ]
  for (const other of others) assert.equal(opens({ ...one, record: { ...record, ...other } }), false)
  const otherKeys = [
    { ...keys, data: filled(32, 8) },
    { ...keys, epoch: 2 },
    { ...keys, repositoryId: filled(16, 8) },
  ]
  for (const other of otherKeys) assert.equal(opens(one, noPlants, packSeal(other, salt)), false)
  assert.equal(opens(one, noPlants, packSeal(keys, filled(32, 8))), false)
})

test('a record that lost its end is damage, not a crash', () => {
  const one = sealed(prose(300, 'end'))
  for (let length = 0; length < one.bytes.length; length++) {
    assert.equal(opens({ ...one, bytes: one.bytes.subarray(0, length) }), false)
  }
})

/** What holds as long as the bug is not planted; each says whether the damage it makes goes through. */
const loopholes: Readonly<Record<Extract<Plant, 'no-aad' | 'short-tag'>, (plants: Plants) => boolean>> = {
  'no-aad': (plants) => {
    const one = sealed(noise(300, 'aad'), 0, plants)
    return opens({ ...one, record: { ...one.record, type: recordTypes.page } }, plants)
  },
  'short-tag': (plants) => {
    const one = sealed(noise(300, 'tag'), 0, plants)
    one.bytes.fill(0, one.bytes.length - 12)
    return opens(one, plants)
  },
}

for (const [plant, goesThrough] of Object.entries(loopholes)) {
  test(`the planted bug ${plant} is told from sound code`, () => {
    const isCaught = !goesThrough(noPlants) && goesThrough(new Set([plant as Plant]))
    reportPlanted({ bug: plant, isCaught, suite: import.meta.url })
    assert.ok(isCaught)
  })
}
