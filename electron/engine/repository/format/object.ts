import { createHash } from 'node:crypto'
import zlib from 'node:zlib'
import { MiB } from '../../../../shared/units.ts'
import { codecs } from '../../chunk/chunk.ts'
import { FieldReader, join, u16, u32 } from './bytes.ts'
import { hkdf, type RepositoryKeys } from './key.ts'
import { openOnce, sealOnce } from './seal.ts'

/** Sealed objects other than packs (FORMAT.md §4). */
export const objectTypes = { index: 1, manifest: 2, entry: 3 } as const
export type ObjectType = (typeof objectTypes)[keyof typeof objectTypes]

const magic = Buffer.from('SPOB')
const version = 1
export const objectSaltBytes = 32
const headerBytes = 68

/** No object of ours comes near; a hostile one cannot make us allocate more. */
const limitBytes = 512 * MiB

/** `salt` is 32 bytes that were never used before with these keys. */
export function sealObject(
  keys: RepositoryKeys,
  type: ObjectType,
  salt: Uint8Array,
  plaintext: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const { codec, stored } = shrink(plaintext)
  const { repositoryId, epoch } = keys.chunks
  const header = join(
    magic,
    u16(version),
    Uint8Array.of(type, codec),
    repositoryId,
    u32(epoch),
    salt,
    u32(plaintext.length),
    u32(stored.length),
  )
  return join(header, sealOnce(objectKey(keys, type, salt), header, stored))
}

/** `keys` may be of any epoch. Fails with `object-damaged`; nothing of the body is looked at before it is authenticated. `name` is for the message. */
export function openObject(keys: RepositoryKeys, type: ObjectType, bytes: Uint8Array, name: string): Uint8Array {
  const fields = new FieldReader(bytes, name)
  fields.expect(magic, 'its magic')
  fields.expect(u16(version), 'its version')
  fields.expect(Uint8Array.of(type), 'its type')
  const codec = fields.u8()
  fields.expect(keys.chunks.repositoryId, 'its repository')
  const ofEpoch = keys.at(fields.u32())
  const salt = fields.take(objectSaltBytes)
  const rawBytes = fields.u32()
  const storedBytes = fields.u32()
  const stored = openOnce(objectKey(ofEpoch, type, salt), bytes.subarray(0, headerBytes), bytes.subarray(headerBytes))
  if (stored === undefined) throw fields.damaged('it does not open with this repository’s key')
  if (stored.length !== storedBytes || rawBytes > limitBytes) throw fields.damaged('its lengths cannot be')
  const plaintext = codec === codecs.raw ? stored : expand(stored, rawBytes, codec, fields)
  if (plaintext.length !== rawBytes) throw fields.damaged('its lengths cannot be')
  return plaintext
}

/** SHA-256 of the stored bytes, lower-case hex: the name of packs, indexes, manifests and slots. */
export function nameOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function objectKey(keys: RepositoryKeys, type: ObjectType, salt: Uint8Array): Uint8Array {
  const { repositoryId, epoch } = keys.chunks
  const key = type === objectTypes.entry ? keys.audit : keys.meta
  return hkdf(key, salt, join(Buffer.from('sp/object/1'), repositoryId, u32(epoch), Uint8Array.of(type)))
}

function shrink(plaintext: Uint8Array): { readonly codec: number; readonly stored: Uint8Array } {
  const shrunk = zlib.zstdCompressSync(plaintext)
  if (shrunk.length < plaintext.length) return { codec: codecs.zstd, stored: shrunk }
  return { codec: codecs.raw, stored: plaintext }
}

function expand(stored: Uint8Array, rawBytes: number, codec: number, fields: FieldReader): Uint8Array {
  if (codec !== codecs.zstd) throw fields.damaged(`its codec ${codec} is unknown`)
  return zlib.zstdDecompressSync(stored, { maxOutputLength: Math.max(rawBytes, 1) })
}
