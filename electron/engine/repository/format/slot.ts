import { scrypt, timingSafeEqual } from 'node:crypto'
import { FieldReader, join, u16 } from './bytes.ts'
import { hkdf, keyBytes } from './key.ts'
import { tagBytes } from './pack.ts'
import { openOnce, sealOnce } from './seal.ts'

/** X25519 ephemeral key (32) | ML-KEM-768 ciphertext (1,088). */
export const capsuleBytes = 32 + 1088
/** What making a capsule takes of chance: an ephemeral X25519 secret, and the message of the encapsulation. */
export const capsuleChanceBytes = 64

/** What a slot is sealed for (FORMAT.md §6). */
export type SlotLock =
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  /** The 32 bytes that the recovery words encode. */
  | { readonly kind: 'recovery-words'; readonly secret: Uint8Array }
  | {
      readonly kind: 'recovery-key'
      /** SHA-256 of the recipient's public keys. */
      readonly digest: Uint8Array
      encapsulate(chance: Uint8Array): { readonly capsule: Uint8Array; readonly shared: Uint8Array }
      /** Where the secret half is at hand: the slot can be tried then. */
      decapsulate?(capsule: Uint8Array): Uint8Array
    }

/** What opens one. */
export type SlotKey =
  | Exclude<SlotLock, { kind: 'recovery-key' }>
  | {
      readonly kind: 'recovery-key'
      readonly digest: Uint8Array
      /** The shared secret; throws on what is no capsule. */
      decapsulate(capsule: Uint8Array): Uint8Array
    }

/** `other`: made for another kind of key. `wrong`: of this kind, sealed with another key. `damaged`: no slot that we know. */
export type SlotAnswer =
  | { readonly kind: 'open'; readonly repositoryId: Uint8Array; readonly rootKey: Uint8Array }
  | { readonly kind: 'other' | 'wrong' | 'damaged' }

const magic = Buffer.from('SPKS')
const version = 1
const kinds = { passphrase: 1, 'recovery-words': 2, 'recovery-key': 3 } as const
const slotKinds = [
  ['passphrase', kinds.passphrase],
  ['recovery-words', kinds['recovery-words']],
  ['recovery-key', kinds['recovery-key']],
] as const
const saltBytes = 32
/** Magic, version, kind, a reserved byte, the repository's id. */
const headBytes = 24
const sealedBytes = headBytes + saltBytes + keyBytes + keyBytes + tagBytes
const slotBytes = {
  passphrase: sealedBytes + 4,
  'recovery-words': sealedBytes,
  'recovery-key': sealedBytes + capsuleBytes + keyBytes,
} as const

/** Random bytes that sealing a slot uses up: its salt, and what a recovery key's encapsulation needs. */
export const slotChanceBytes = saltBytes + capsuleChanceBytes

/** OWASP's floor for scrypt; 128 MiB and a third of a second for each guess. */
const cost = { log2N: 17, r: 8, p: 1 } as const
type Cost = { readonly log2N: number; readonly r: number; readonly p: number }

export async function sealSlot(
  lock: SlotLock,
  repositoryId: Uint8Array,
  rootKey: Uint8Array,
  chance: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const salt = chance.subarray(0, saltBytes)
  const { parameters, kek } = await lockWith(lock, salt, chance.subarray(saltBytes))
  const head = join(magic, u16(version), Uint8Array.of(kinds[lock.kind], 0), repositoryId, salt, parameters)
  const { wrap, commitment } = slotKeys(kek, salt, repositoryId)
  return join(head, commitment, sealOnce(wrap, head, rootKey))
}

/** Never fails on what the slot holds: a damaged slot is an answer, since another may still open the repository. */
export async function openSlot(key: SlotKey, bytes: Uint8Array): Promise<SlotAnswer> {
  try {
    return await tryOpen(key, bytes)
  } catch {
    return { kind: 'damaged' }
  }
}

async function tryOpen(key: SlotKey, bytes: Uint8Array): Promise<SlotAnswer> {
  const fields = new FieldReader(bytes, 'key slot')
  fields.expect(magic, 'its magic')
  fields.expect(u16(version), 'its version')
  const kind = fields.u8()
  fields.expect(Uint8Array.of(0), 'a reserved byte')
  if (!Object.values<number>(kinds).includes(kind)) return { kind: 'damaged' }
  if (kind !== kinds[key.kind]) return { kind: 'other' }
  const repositoryId = fields.take(16)
  const salt = fields.take(saltBytes)
  const kek = await unlockWith(key, salt, fields)
  if (kek === undefined) return { kind: 'wrong' }
  const head = bytes.subarray(0, fields.offset)
  const { wrap, commitment } = slotKeys(kek, salt, repositoryId)
  if (!timingSafeEqual(fields.take(keyBytes), commitment)) return { kind: 'wrong' }
  const rootKey = openOnce(wrap, head, bytes.subarray(fields.offset))
  if (rootKey?.length !== keyBytes) return { kind: 'damaged' }
  return { kind: 'open', repositoryId, rootKey }
}

/** The key that opens what `lock` seals, where it is known. */
export function keyOf(lock: SlotLock): SlotKey | undefined {
  if (lock.kind !== 'recovery-key') return lock
  const { decapsulate } = lock
  return decapsulate && { kind: lock.kind, digest: lock.digest, decapsulate }
}

/** What stands in a slot for everybody to read. `isWhole`: nothing is missing or added, and we know the kind. */
export function describeSlot(bytes: Uint8Array): {
  readonly kind: SlotLock['kind']
  readonly repositoryId: Uint8Array
  readonly isWhole: boolean
} {
  const head = Buffer.from(bytes.subarray(0, headBytes))
  const [kind] = slotKinds.find(([, number]) => number === head[6]) ?? ['passphrase']
  const isOurs = head.subarray(0, 6).equals(join(magic, u16(version))) && head[6] === kinds[kind] && head[7] === 0
  return { kind, repositoryId: head.subarray(8, 24), isWhole: isOurs && bytes.length === slotBytes[kind] }
}

type Locked = { readonly parameters: Uint8Array; readonly kek: Uint8Array }

async function lockWith(lock: SlotLock, salt: Uint8Array, chance: Uint8Array): Promise<Locked> {
  switch (lock.kind) {
    case 'passphrase':
      return {
        parameters: Uint8Array.of(cost.log2N, cost.r, cost.p, 0),
        kek: await stretch(lock.passphrase, salt, cost),
      }
    case 'recovery-words':
      return { parameters: new Uint8Array(0), kek: lock.secret }
    case 'recovery-key': {
      const { capsule, shared } = lock.encapsulate(chance)
      return { parameters: join(capsule, lock.digest), kek: shared }
    }
  }
}

/** The key that encrypts K_root, or undefined when the slot names another recipient. */
async function unlockWith(key: SlotKey, salt: Uint8Array, fields: FieldReader): Promise<Uint8Array | undefined> {
  switch (key.kind) {
    case 'passphrase': {
      const read = { log2N: fields.u8(), r: fields.u8(), p: fields.u8() }
      fields.expect(Uint8Array.of(0), 'a reserved byte')
      return stretch(key.passphrase, salt, bounded(read, fields))
    }
    case 'recovery-words':
      return key.secret
    case 'recovery-key': {
      const capsule = fields.take(capsuleBytes)
      const isOurs = fields.take(keyBytes).equals(key.digest)
      return isOurs ? key.decapsulate(capsule) : undefined
    }
  }
}

/** A hostile slot must not make us spend gigabytes or hours. */
function bounded(read: Cost, fields: FieldReader): Cost {
  const isFit = read.log2N >= 10 && read.log2N <= 20 && read.r >= 1 && read.r <= 16 && read.p >= 1 && read.p <= 4
  if (!isFit) throw fields.damaged('its scrypt parameters are out of bounds')
  return read
}

function stretch(passphrase: string, salt: Uint8Array, { log2N, r, p }: Cost): Promise<Uint8Array> {
  const blockBytes = 128 * r
  const maxmem = blockBytes * (2 ** log2N + p + 2)
  return new Promise((resolve, reject) => {
    scrypt(passphrase.normalize('NFC'), salt, keyBytes, { N: 2 ** log2N, r, p, maxmem }, (error, key) => {
      if (error === null) resolve(key)
      else reject(error)
    })
  })
}

function slotKeys(
  kek: Uint8Array,
  salt: Uint8Array,
  repositoryId: Uint8Array,
): { wrap: Uint8Array; commitment: Uint8Array } {
  return {
    wrap: hkdf(kek, salt, join(Buffer.from('sp/slot/wrap/1'), repositoryId)),
    commitment: hkdf(kek, salt, join(Buffer.from('sp/slot/commit/1'), repositoryId)),
  }
}
