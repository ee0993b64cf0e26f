import { createHash, randomBytes } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import { FieldReader, join, u16 } from './bytes.ts'
import { keyBytes } from './key.ts'
import { ownRecipientLock, type RecipientSecret } from './recipient.ts'
import type { SlotLock } from './slot.ts'
import { toWords } from './words.ts'

/** Where chance comes from; a parameter, so that golden files can be made. */
type Random = (lengthBytes: number) => Uint8Array

const mlKemSeedBytes = 64
const magic = Buffer.from('SPRK')
const version = 1
const checksumBytes = 8
const bodyBytes = magic.length + 2 + 2 + keyBytes + mlKemSeedBytes
const lineLength = 64
const first = '-----BEGIN STILLPOINT RECOVERY KEY-----'
const last = '-----END STILLPOINT RECOVERY KEY-----'

/** A way in of its own: what the person keeps, shown once and never stored, and what the slot is sealed for. */
export function newRecoveryWords(random: Random = randomBytes): { readonly words: string; readonly lock: SlotLock } {
  const secret = random(keyBytes)
  return { words: toWords(secret), lock: { kind: 'recovery-words', secret } }
}

/** As `newRecoveryWords`, for a file: see `toRecoveryKeyText`. */
export function newRecoveryKey(random: Random = randomBytes): { readonly text: string; readonly lock: SlotLock } {
  const secret = { x25519: random(keyBytes), mlKemSeed: random(mlKemSeedBytes) }
  return { text: toRecoveryKeyText(secret), lock: ownRecipientLock(secret) }
}

/** The secret half of a recovery key for a file (FORMAT.md §6.1). Whoever has it opens every repository that knows its public half. */
export function toRecoveryKeyText({ x25519, mlKemSeed }: RecipientSecret): string {
  const body = join(magic, u16(version), u16(0), x25519, mlKemSeed)
  const text = Buffer.from(join(body, checksumOf(body))).toString('base64')
  const lines = text.match(new RegExp(`.{1,${lineLength}}`, 'g')) ?? []
  return [first, ...lines, last, ''].join('\n')
}

/**
 * Takes the text as editors and mail leave it: other line breaks, spaces, lines around it. Fails with `passphrase-wrong` when
 * it is cut off or mistyped, and with `format-unsupported` when a later version wrote it.
 */
export function fromRecoveryKeyText(text: string): RecipientSecret {
  const bytes = armoured(text)
  const fields = new FieldReader(bytes, 'recovery key')
  if (bytes.length < magic.length + 2 || !fields.take(magic.length).equals(magic)) throw mistaken('begins otherwise')
  const found = fields.u16()
  if (found > version) {
    throw new Failure('format-unsupported', `The recovery key has format ${found}, this knows ${version}`)
  }
  if (bytes.length !== bodyBytes + checksumBytes) throw mistaken('is cut off or has something added')
  const body = bytes.subarray(0, bodyBytes)
  if (!checksumOf(body).equals(bytes.subarray(bodyBytes))) throw mistaken('does not match its checksum')
  if (found !== version || fields.u16() !== 0) throw mistaken('is of no format that there is')
  return { x25519: Uint8Array.from(fields.take(keyBytes)), mlKemSeed: Uint8Array.from(fields.take(mlKemSeedBytes)) }
}

function armoured(text: string): Buffer {
  const from = text.indexOf(first)
  const to = text.indexOf(last)
  if (from < 0 || to < from) throw mistaken('has no first or no last line')
  const inside = text.slice(from + first.length, to).replace(/\s/g, '')
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(inside)) throw mistaken('holds characters that no key has')
  return Buffer.from(inside, 'base64')
}

function checksumOf(body: Uint8Array): Buffer {
  return createHash('sha256').update(body).digest().subarray(0, checksumBytes)
}

function mistaken(what: string): Failure {
  return new Failure('passphrase-wrong', `The recovery key ${what}`)
}
