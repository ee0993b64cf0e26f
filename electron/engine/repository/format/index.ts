import { type Codec, codecs, idBytes, type RecordType, recordTypes } from '../../chunk/chunk.ts'
import { FieldReader, fromHex, join, toHex, u16, u32 } from './bytes.ts'
import type { RepositoryKeys } from './key.ts'
import { objectTypes, openObject, sealObject } from './object.ts'
import { maxPackBytes, saltBytes, tagBytes } from './pack.ts'

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

/** One pack's part of an index. */
export function encodePack(pack: IndexedPack): Uint8Array {
  const parts = [fromHex(pack.name), pack.salt, u32(pack.epoch), u32(pack.sizeBytes), u32(pack.records.length)]
  for (const { id, offset, storedBytes, rawBytes, type, codec } of pack.records) {
    parts.push(id, u32(offset), u32(storedBytes), u32(rawBytes), Uint8Array.of(type, codec), u16(0))
  }
  return join(...parts)
}

/** What `encodePack` gave. Fails with `object-damaged`. */
export function decodePack(encoded: Uint8Array, name: string): IndexedPack {
  return readPack(new FieldReader(encoded, name))
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
export function* openIndex(keys: RepositoryKeys, bytes: Uint8Array, name: string): Generator<IndexedPack> {
  const fields = new FieldReader(openObject(keys, objectTypes.index, bytes, name), name)
  const packs = fields.u32()
  for (let at = 0; at < packs; at++) yield readPack(fields)
  fields.end()
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

function readPack(fields: FieldReader): IndexedPack {
  const name = toHex(fields.take(idBytes))
  const salt = fields.take(saltBytes)
  const epoch = fields.u32()
  const sizeBytes = fields.u32()
  if (sizeBytes > maxPackBytes) throw fields.damaged(`pack ${name} is too large`)
  const records = Array.from({ length: fields.u32() }, () => readRecord(fields, sizeBytes))
  return { name, salt, epoch, sizeBytes, records }
}

/** The records of a pack as its footer tells them; `what` names it in failures. */
export function readRecords(
  bytes: Uint8Array,
  records: number,
  bodyBytes: number,
  what: string,
): IndexedPack['records'] {
  const fields = new FieldReader(bytes, what)
  const read = Array.from({ length: records }, () => readRecord(fields, bodyBytes))
  fields.end()
  return read
}

function readRecord(fields: FieldReader, packBytes: number): IndexedPack['records'][number] {
  const record = {
    id: fields.take(idBytes),
    offset: fields.u32(),
    storedBytes: fields.u32(),
    rawBytes: fields.u32(),
    type: typeOf(fields),
    codec: codecOf(fields),
  }
  fields.expect(u16(0), 'a reserved field')
  if (record.offset + record.storedBytes + tagBytes > packBytes) throw fields.damaged('a record lies outside its pack')
  return record
}

function typeOf(fields: FieldReader): RecordType {
  const byte = fields.u8()
  const type = Object.values(recordTypes).find((known) => known === byte)
  if (type === undefined) throw fields.damaged(`type ${byte} is unknown`)
  return type
}

function codecOf(fields: FieldReader): Codec {
  const byte = fields.u8()
  const codec = Object.values(codecs).find((known) => known === byte)
  if (codec === undefined) throw fields.damaged(`codec ${byte} is unknown`)
  return codec
}
