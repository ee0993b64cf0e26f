import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { type Codec, codecs, idBytes, type RecordType, recordTypes } from '../../chunk/chunk.ts'

/** The bytes of packs: FORMAT.md §3. Pure; nothing here encrypts or compresses. */

export const packHeaderBytes = 64
export const recordHeaderBytes = 16
export const tagBytes = 16
export const saltBytes = 32
export const maxPackBytes = 64 * MiB

/** What a record takes in a pack beside its ciphertext. */
export const recordOverheadBytes = recordHeaderBytes + idBytes + tagBytes

/** What the footer takes for each record, and beside its records. */
const footerRecordBytes = 48
export const footerEndBytes = 112

const magic = 'SPPK'
const footerMagic = 'SPPF'
const footerVersion = 1
const footerTagBytes = 32
const version = 1
const aadBytes = 72

export type PackHeader = {
  /** 16 bytes. */
  readonly repositoryId: Uint8Array
  readonly epoch: number
  /** 32 bytes. */
  readonly salt: Uint8Array
}

export type RecordHeader = {
  readonly type: RecordType
  readonly codec: Codec
  readonly ordinal: number
  readonly rawBytes: number
  readonly storedBytes: number
}

/** A record as its pack tells it: unproven until its tag is checked. `offset` is that of the ciphertext in the pack. */
export type PackRecord = RecordHeader & { readonly id: Uint8Array; readonly offset: number }

export function encodePackHeader(header: PackHeader): Buffer {
  const bytes = Buffer.alloc(packHeaderBytes)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt16LE(version, 4)
  bytes.set(header.repositoryId, 8)
  bytes.writeUInt32LE(header.epoch, 24)
  bytes.set(header.salt, 28)
  return bytes
}

/** Fails with `format-unsupported` for a later version and `object-damaged` for what is no pack. The views lie in `pack`. */
export function decodePackHeader(pack: Uint8Array): PackHeader {
  if (pack.length < packHeaderBytes) throw damaged(`${pack.length} bytes are no pack`)
  const bytes = bufferOf(pack)
  if (bytes.toString('latin1', 0, 4) !== magic) throw damaged('no pack begins like this')
  const found = bytes.readUInt16LE(4)
  if (found !== version) throw new Failure('format-unsupported', `a pack of version ${found}`)
  if (bytes.readUInt16LE(6) !== 0 || bytes.readUInt32LE(60) !== 0) throw damaged('reserved bytes of a pack are set')
  return { repositoryId: bytes.subarray(8, 24), epoch: bytes.readUInt32LE(24), salt: bytes.subarray(28, 60) }
}

export function encodeRecordHeader(into: Uint8Array, offset: number, record: RecordHeader): void {
  const bytes = bufferOf(into)
  bytes.writeUInt8(record.type, offset)
  bytes.writeUInt8(record.codec, offset + 1)
  bytes.writeUInt16LE(0, offset + 2)
  bytes.writeUInt32LE(record.ordinal, offset + 4)
  bytes.writeUInt32LE(record.rawBytes, offset + 8)
  bytes.writeUInt32LE(record.storedBytes, offset + 12)
}

/** The record whose header begins at `offset`. Fails with `object-damaged` unless it lies in the pack whole. */
export function decodeRecord(pack: Uint8Array, offset: number): PackRecord {
  const bytes = bufferOf(pack)
  if (offset + recordOverheadBytes > bytes.length) throw damaged(`a record at ${offset} is cut off`)
  const storedBytes = bytes.readUInt32LE(offset + 12)
  const rawBytes = bytes.readUInt32LE(offset + 8)
  if (offset + recordOverheadBytes + storedBytes > bytes.length) throw damaged(`a record at ${offset} is cut off`)
  if (rawBytes === 0 || rawBytes > maxPackBytes || storedBytes > rawBytes) {
    throw damaged(`a record at ${offset} says ${storedBytes} bytes for ${rawBytes}`)
  }
  if (bytes.readUInt16LE(offset + 2) !== 0) throw damaged(`reserved bytes of a record at ${offset} are set`)
  return {
    type: recordType(bytes.readUInt8(offset)),
    codec: codec(bytes.readUInt8(offset + 1)),
    ordinal: bytes.readUInt32LE(offset + 4),
    rawBytes,
    storedBytes,
    id: bytes.subarray(offset + recordHeaderBytes, offset + recordHeaderBytes + idBytes),
    offset: offset + recordHeaderBytes + idBytes,
  }
}

/** What stands at the end of a pack, unproven until `tag` is checked. The views lie in `tail`. */
export type FooterEnd = PackHeader & {
  readonly records: number
  /** Where the footer begins: length of the pack without it. */
  readonly bodyBytes: number
  /** HMAC of the footer without it. */
  readonly tag: Uint8Array
}

export function footerBytes(records: number): number {
  return records * footerRecordBytes + footerEndBytes
}

/** The footer without its tag; `header` is the pack's, `bodyBytes` its length so far. */
export function encodeFooter(
  header: Uint8Array,
  bodyBytes: number,
  records: readonly Omit<PackRecord, 'ordinal'>[],
): Buffer {
  const bytes = Buffer.alloc(footerBytes(records.length) - footerTagBytes)
  for (const [ordinal, { id, offset, storedBytes, rawBytes, type, codec }] of records.entries()) {
    const at = ordinal * footerRecordBytes
    bytes.set(id, at)
    bytes.writeUInt32LE(offset, at + 32)
    bytes.writeUInt32LE(storedBytes, at + 36)
    bytes.writeUInt32LE(rawBytes, at + 40)
    bytes.writeUInt8(type, at + 44)
    bytes.writeUInt8(codec, at + 45)
  }
  const end = records.length * footerRecordBytes
  bytes.set(header, end)
  bytes.writeUInt32LE(bodyBytes, end + packHeaderBytes)
  bytes.writeUInt32LE(records.length, end + packHeaderBytes + 4)
  bytes.writeUInt16LE(footerVersion, end + packHeaderBytes + 8)
  bytes.write(footerMagic, end + packHeaderBytes + 12, 'latin1')
  return bytes
}

/** Undefined where a pack of `packBytes` that ends with `tail` has no footer that this version reads. */
export function decodeFooterEnd(tail: Uint8Array, packBytes: number): FooterEnd | undefined {
  if (tail.length < footerEndBytes || packBytes > maxPackBytes) return undefined
  const bytes = bufferOf(tail.subarray(tail.length - footerEndBytes))
  const bodyBytes = bytes.readUInt32LE(packHeaderBytes)
  const records = bytes.readUInt32LE(packHeaderBytes + 4)
  const isOurs =
    bytes.toString('latin1', packHeaderBytes + 12, packHeaderBytes + 16) === footerMagic &&
    bytes.readUInt16LE(packHeaderBytes + 8) === footerVersion &&
    bodyBytes >= packHeaderBytes &&
    bodyBytes + footerBytes(records) === packBytes &&
    bytes.toString('latin1', 0, 4) === magic
  if (!isOurs) return undefined
  return { ...decodePackHeader(bytes), records, bodyBytes, tag: bytes.subarray(footerEndBytes - footerTagBytes) }
}

/** Every record of a pack in its order, for rebuilding an index. Fails at the first that is not where and what it must be. */
export function* recordsOf(pack: Uint8Array): Generator<PackRecord> {
  const body = pack.subarray(0, decodeFooterEnd(pack, pack.length)?.bodyBytes)
  let offset = packHeaderBytes
  for (let ordinal = 0; offset < body.length; ordinal++) {
    const record = decodeRecord(body, offset)
    if (record.ordinal !== ordinal) throw damaged(`record ${ordinal} calls itself ${record.ordinal}`)
    yield record
    offset = record.offset + record.storedBytes + tagBytes
  }
}

/** The authenticated data of a pack's records: `setRecord` fills in the rest for one record. */
export function packAad(header: PackHeader): Buffer {
  const bytes = Buffer.alloc(aadBytes)
  bytes.write(magic, 0, 'latin1')
  bytes.writeUInt16LE(version, 4)
  bytes.set(header.repositoryId, 6)
  bytes.writeUInt32LE(header.epoch, 22)
  bytes.set(header.salt, 26)
  return bytes
}

export function setRecord(aad: Buffer, record: RecordHeader): void {
  aad.writeUInt32LE(record.ordinal, 58)
  aad.writeUInt8(record.type, 62)
  aad.writeUInt8(record.codec, 63)
  aad.writeUInt32LE(record.rawBytes, 64)
  aad.writeUInt32LE(record.storedBytes, 68)
}

function recordType(value: number): RecordType {
  if (value === recordTypes.data || value === recordTypes.page) return value
  throw damaged(`a record of type ${value}`)
}

function codec(value: number): Codec {
  if (value === codecs.raw || value === codecs.zstd) return value
  throw damaged(`a record of codec ${value}`)
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}

function damaged(message: string): Failure {
  return new Failure('object-damaged', message)
}
