import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  timingSafeEqual,
} from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import { packAad, type RecordHeader, setRecord, tagBytes } from '../repository/format/pack.ts'
import { type ChunkKeys, codecs, type RecordType, recordTypes } from './chunk.ts'
import { noPlants, type Plants } from './plant.ts'
import { release } from './transfer.ts'
import type { Zstd } from './zstd.ts'

const cipher = 'aes-256-gcm'
const keyBytes = 32
const nonceBytes = 12
const packInfo = Buffer.from('sp/pack/1', 'latin1')
const footerInfo = Buffer.from('sp/footer/1', 'latin1')
const chunkInfo = Buffer.from('sp/chunk/1', 'latin1')

/** HMAC-SHA-256 with the key of the kind of record: keyed, so that nobody can test whether bytes are in there (I16). */
export function chunkId(keys: ChunkKeys, type: RecordType, plaintext: Uint8Array): Buffer {
  const key = type === recordTypes.data ? keys.id : keys.pageId
  return createHmac('sha256', createSecretKey(key)).update(plaintext).digest()
}

/** What all records of one pack share: K_pack and the first part of their authenticated data (FORMAT.md §3). */
export type PackSeal = { readonly key: KeyObject; readonly aad: Buffer }

/** `salt` is the pack's, 32 bytes: fresh and random for a new pack. */
export function packSeal(keys: ChunkKeys, salt: Uint8Array): PackSeal {
  const epoch = Buffer.alloc(4)
  epoch.writeUInt32LE(keys.epoch)
  const info = Buffer.concat([packInfo, keys.repositoryId, epoch])
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', keys.data, salt, info, keyBytes)))
  return { key, aad: packAad({ repositoryId: keys.repositoryId, epoch: keys.epoch, salt }) }
}

/** The tag of a pack's footer, of which `bytes` is all before the tag. */
export function footerTag({ key }: PackSeal, bytes: Uint8Array): Buffer {
  const footerKey = createSecretKey(createHmac('sha256', key).update(footerInfo).digest())
  return createHmac('sha256', footerKey).update(bytes).digest()
}

export type SealedRecord = { readonly header: RecordHeader; readonly ciphertext: Uint8Array; readonly tag: Uint8Array }

/** Compresses where that makes it smaller, then encrypts. A pack's ordinal is sealed once: key and nonce come from it. */
export function sealRecord(
  pack: PackSeal,
  record: { readonly type: RecordType; readonly ordinal: number; readonly id: Uint8Array },
  plaintext: Uint8Array,
  zstd: Zstd,
  plants: Plants = noPlants,
): SealedRecord {
  const packed = zstd.compress(plaintext)
  const body = packed ?? plaintext
  const header: RecordHeader = {
    type: record.type,
    codec: packed === undefined ? codecs.raw : codecs.zstd,
    ordinal: record.ordinal,
    rawBytes: plaintext.length,
    storedBytes: body.length,
  }
  const { key, nonce } = recordKey(pack, record.ordinal, record.id)
  const authTagLength = plants.has('short-tag') ? 4 : tagBytes
  const sealing = createCipheriv(cipher, key, nonce, { authTagLength })
  setRecord(pack.aad, header)
  if (!plants.has('no-aad')) sealing.setAAD(pack.aad)
  const ciphertext = sealing.update(body)
  sealing.final()
  const tag = Buffer.alloc(tagBytes)
  tag.set(sealing.getAuthTag())
  return { header, ciphertext, tag }
}

/**
 * The plaintext of one record; `sealed` is its ciphertext and the 16-byte tag behind it. Fails with `object-damaged`
 * unless the tag proves that exactly this id, place, type and these lengths were sealed under these keys.
 * What is answered may be a view that the next call overwrites.
 */
export function openRecord(
  pack: PackSeal,
  record: RecordHeader & { readonly id: Uint8Array },
  sealed: Uint8Array,
  zstd: Zstd,
  plants: Plants = noPlants,
): Uint8Array {
  if (sealed.length !== record.storedBytes + tagBytes) throw damaged(record, 'is cut off')
  const { key, nonce } = recordKey(pack, record.ordinal, record.id)
  const authTagLength = plants.has('short-tag') ? 4 : tagBytes
  const opening = createDecipheriv(cipher, key, nonce, { authTagLength })
  setRecord(pack.aad, record)
  if (!plants.has('no-aad')) opening.setAAD(pack.aad)
  opening.setAuthTag(sealed.subarray(record.storedBytes, record.storedBytes + authTagLength))
  const body = opening.update(sealed.subarray(0, record.storedBytes))
  proveTag(opening, record)
  // Only here are the bytes proven (I13): nothing has looked at them before.
  const plaintext = record.codec === codecs.zstd ? zstd.expand(body, record.rawBytes) : body
  if (record.codec === codecs.zstd) release(body)
  if (plaintext?.length !== record.rawBytes) throw damaged(record, 'does not expand to its length')
  return plaintext
}

export function sameId(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && timingSafeEqual(a, b)
}

function proveTag(opening: { final(): Buffer }, record: RecordHeader): void {
  try {
    opening.final()
  } catch (cause) {
    throw damaged(record, 'is not what was sealed', cause)
  }
}

/**
 * A key seals one message. The id is in it, so that even a repeated salt repeats no key for other bytes. It goes on as
 * a KeyObject because Node takes five times as long to set up a cipher from plain bytes.
 */
function recordKey(pack: PackSeal, ordinal: number, id: Uint8Array): { key: KeyObject; nonce: Buffer } {
  const nonce = Buffer.alloc(nonceBytes)
  nonce.writeUInt32LE(ordinal)
  const key = createHmac('sha256', pack.key).update(chunkInfo).update(nonce.subarray(0, 4)).update(id).digest()
  return { key: createSecretKey(key), nonce }
}

function damaged(record: RecordHeader, what: string, cause?: unknown): Failure {
  return new Failure('object-damaged', `record ${record.ordinal} of a pack ${what}`, { cause })
}
