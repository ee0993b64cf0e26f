import { Failure } from '../../../../shared/failure.ts'
import { type Codec, codecs, idBytes, type RecordType, recordTypes } from '../../chunk/chunk.ts'
import { FieldReader, fromHex, join, toHex, u16, u32 } from './bytes.ts'
import type { RepositoryKeys } from './key.ts'
import { objectTypes, openObject, sealObject } from './object.ts'
import { maxPackBytes, saltBytes, tagBytes } from './pack.ts'

/** Of a record in an index and in a pack's footer. */
const recordBytes = 48
/** An index takes no less for a record, however well the rest shrinks: ids do not. */
export const leastBytesPerRecord = idBytes

const hex64 = /^[0-9a-f]{64}$/

/** What lies in one pack; a record's ordinal is its place in the list (FORMAT.md §4.1). */
export type IndexedPack = {
  /** SHA-256 of the pack's bytes, lower-case hex. */
  readonly name: string
  readonly salt: Uint8Array
  readonly epoch: number
  readonly sizeBytes: number
  readonly records: readonly {
    readonly id: Uint8Array
    /** Of the ciphertext. */
    readonly offset: number
    readonly storedBytes: number
    readonly rawBytes: number
    readonly type: RecordType
    readonly codec: Codec
  }[]
}

/**
 * The same with its records as they are encoded, a view of the index: what millions of records need. They were not looked at;
 * `readRecord` does.
 */
export type EncodedPack = Omit<IndexedPack, 'records'> & { readonly records: number; readonly encoded: DataView }

/** One pack's part of an index. */
export function encodePack(pack: IndexedPack): Uint8Array {
  const parts = [fromHex(pack.name), pack.salt, u32(pack.epoch), u32(pack.sizeBytes), u32(pack.records.length)]
  for (const { id, offset, storedBytes, rawBytes, type, codec } of pack.records) {
    parts.push(id, u32(offset), u32(storedBytes), u32(rawBytes), Uint8Array.of(type, codec), u16(0))
  }
  return join(...parts)
}

/** What `encodePack` gave. Fails with `object-damaged`. */
export function decodePack(encoded: Uint8Array, name: string): EncodedPack {
  return takePack(new FieldReader(encoded, name))
}

/** `packs` come from `encodePack`. */
export function sealIndex(
  keys: RepositoryKeys,
  salt: Uint8Array,
  packs: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  return sealObject(keys, objectTypes.index, salt, join(u32(packs.length), ...packs))
}

/** The packs of an index, decoded as they are asked for. Fails with `object-damaged`. `name` is for the message. */
export function* openIndex(keys: RepositoryKeys, bytes: Uint8Array, name: string): Generator<EncodedPack> {
  const fields = new FieldReader(openObject(keys, objectTypes.index, bytes, name), name)
  const packs = fields.u32()
  for (let at = 0; at < packs; at++) yield takePack(fields)
  fields.end()
}

/** With each record as an object. Fails with `object-damaged`. */
export function withRecords(pack: EncodedPack): IndexedPack {
  return { ...pack, records: recordsOf(pack.encoded, pack.sizeBytes, `pack ${pack.name}`) }
}

/** `packs/` and the first two digits make the folder, so that no folder grows too large. */
export function packPath(name: string): string {
  return `packs/${name.slice(0, 2)}/${name}`
}

/** Undefined for a path at which no pack of ours lies. */
export function packNameOf(path: string): string | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1)
  return hex64.test(name) && packPath(name) === path ? name : undefined
}

export function indexPath(name: string): string {
  return `indexes/${name}`
}

function takePack(fields: FieldReader): EncodedPack {
  const name = toHex(fields.take(idBytes))
  const salt = fields.take(saltBytes)
  const epoch = fields.u32()
  const sizeBytes = fields.u32()
  if (sizeBytes > maxPackBytes) throw fields.damaged(`pack ${name} is too large`)
  const records = fields.u32()
  const encoded = viewOf(fields.take(records * recordBytes))
  return { name, salt, epoch, sizeBytes, records, encoded }
}

/** The records of a pack as its footer tells them; `what` names it in failures. */
export function readRecords(
  bytes: Uint8Array,
  records: number,
  bodyBytes: number,
  what: string,
): IndexedPack['records'] {
  if (bytes.length !== records * recordBytes) throw damaged(what, 'its table has another length')
  return recordsOf(viewOf(bytes), bodyBytes, what)
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength)
}

function recordsOf(encoded: DataView, packBytes: number, what: string): IndexedPack['records'] {
  const { buffer, byteOffset, byteLength } = encoded
  return Array.from({ length: byteLength / recordBytes }, (_, ordinal) => ({
    id: Buffer.from(buffer as ArrayBuffer, byteOffset + idOffset(ordinal), idBytes),
    ...readRecord(encoded, ordinal, packBytes, what),
  }))
}

/** Where a record's id begins in the view of an `EncodedPack`. */
export function idOffset(ordinal: number): number {
  return ordinal * recordBytes
}

/** A record without its id. Fails with `object-damaged` for one that cannot lie in a pack of `packBytes`; `what` is for the message. */
export function readRecord(
  encoded: DataView,
  ordinal: number,
  packBytes: number,
  what: string,
): Omit<IndexedPack['records'][number], 'id'> {
  const at = idOffset(ordinal) + idBytes
  const offset = encoded.getUint32(at, true)
  const storedBytes = encoded.getUint32(at + 4, true)
  const rawBytes = encoded.getUint32(at + 8, true)
  const type = encoded.getUint8(at + 12)
  const codec = encoded.getUint8(at + 13)
  if (!isRecordType(type)) throw damaged(what, `type ${type} is unknown`)
  if (!isCodec(codec)) throw damaged(what, `codec ${codec} is unknown`)
  if (encoded.getUint16(at + 14, true) !== 0) throw damaged(what, 'a reserved field is not what it should be')
  if (offset + storedBytes + tagBytes > packBytes) throw damaged(what, 'a record lies outside its pack')
  return { offset, storedBytes, rawBytes, type, codec }
}

const knownTypes: readonly number[] = Object.values(recordTypes)
const knownCodecs: readonly number[] = Object.values(codecs)

function isRecordType(byte: number): byte is RecordType {
  return knownTypes.includes(byte)
}

function isCodec(byte: number): byte is Codec {
  return knownCodecs.includes(byte)
}

function damaged(what: string, problem: string): Failure {
  return new Failure('object-damaged', `${what}: ${problem}`)
}
