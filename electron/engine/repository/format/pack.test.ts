import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import {
  decodePackHeader,
  decodeRecord,
  encodePackHeader,
  encodeRecordHeader,
  packAad,
  packHeaderBytes,
  recordsOf,
  setRecord,
  tagBytes,
} from './pack.ts'

const header = { repositoryId: Buffer.alloc(16, 0xa1), epoch: 7, salt: Buffer.alloc(32, 0xb2) }
const records = [
  { type: 1, codec: 1, ordinal: 0, rawBytes: 131_072, storedBytes: 5 },
  { type: 2, codec: 0, ordinal: 1, rawBytes: 3, storedBytes: 3 },
] as const

function samplePack(): Buffer {
  const parts = records.map((record) => {
    const bytes = Buffer.alloc(48 + record.storedBytes + tagBytes, 0xc3 + record.ordinal)
    encodeRecordHeader(bytes, 0, record)
    return bytes
  })
  return Buffer.concat([encodePackHeader(header), ...parts])
}

function damaged(act: () => unknown): void {
  assert.throws(act, (thrown) => thrown instanceof Failure && thrown.code === 'object-damaged')
}

test('pack, record header and authenticated data have the bytes they have always had', () => {
  const golden = JSON.parse(readFileSync(new URL('./pack.golden.json', import.meta.url), 'utf8'))
  const aad = packAad(header)
  setRecord(aad, records[0])
  assert.equal(samplePack().toString('hex'), golden.pack)
  assert.equal(aad.toString('hex'), golden.aadOfFirstRecord)
})

test('what was encoded is decoded', () => {
  const pack = samplePack()
  const found = [...recordsOf(pack)]
  assert.deepEqual(decodePackHeader(pack), header)
  assert.deepEqual(
    found.map(({ id: _, offset: __, ...rest }) => rest),
    records,
  )
  assert.deepEqual(
    found.map((record) => record.offset),
    [packHeaderBytes + 48, packHeaderBytes + 48 + 5 + tagBytes + 48],
  )
  assert.deepEqual(found[1]?.id, Buffer.alloc(32, 0xc4))
})

test('a pack cut anywhere is refused, never read past its end', () => {
  const pack = samplePack()
  const whole = new Set([packHeaderBytes, packHeaderBytes + 48 + 5 + tagBytes, pack.length])
  for (let length = 0; length < pack.length; length++) {
    const cut = pack.subarray(0, length)
    if (whole.has(length)) assert.ok([...recordsOf(cut)].length < records.length)
    else damaged(() => [decodePackHeader(cut), ...recordsOf(cut)])
  }
})

test('a later version of pack is told from a damaged one', () => {
  const pack = samplePack()
  pack.writeUInt16LE(2, 4)
  assert.throws(
    () => decodePackHeader(pack),
    (thrown) => thrown instanceof Failure && thrown.code === 'format-unsupported',
  )
})

test('a record whose header cannot be true is refused', () => {
  const changes: ((pack: Buffer) => void)[] = [
    (pack) => pack.writeUInt8(0, packHeaderBytes),
    (pack) => pack.writeUInt8(3, packHeaderBytes),
    (pack) => pack.writeUInt8(2, packHeaderBytes + 1),
    (pack) => pack.writeUInt16LE(1, packHeaderBytes + 2),
    (pack) => pack.writeUInt32LE(1, packHeaderBytes + 4),
    (pack) => pack.writeUInt32LE(4, packHeaderBytes + 8),
    (pack) => pack.writeUInt32LE(0xffff_ffff, packHeaderBytes + 8),
    (pack) => pack.writeUInt32LE(0xffff_ffff, packHeaderBytes + 12),
    (pack) => pack.write('SPOB', 0),
    (pack) => pack.writeUInt16LE(1, 6),
    (pack) => pack.writeUInt32LE(1, 60),
  ]
  for (const change of changes) {
    const pack = samplePack()
    change(pack)
    damaged(() => [decodePackHeader(pack), ...recordsOf(pack)])
  }
})

test('a record is found in a pack that is a view of larger memory', () => {
  const memory = Buffer.concat([Buffer.alloc(9, 0xff), samplePack(), Buffer.alloc(9, 0xff)])
  const view = new Uint8Array(memory.buffer, memory.byteOffset + 9, memory.length - 18)
  assert.equal(decodeRecord(view, packHeaderBytes).rawBytes, 131_072)
})
