import { createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { ml_kem768 } from '@noble/post-quantum/ml-kem.js'
import { fromHex, join } from './bytes.ts'
import { nameOf } from './object.ts'
import type { SlotKey, SlotLock } from './slot.ts'

/** What the holder of a recovery key keeps: X25519 secret (32 bytes) and the seed of the ML-KEM-768 pair (64 bytes, FIPS 203). */
export type RecipientSecret = { readonly x25519: Uint8Array; readonly mlKemSeed: Uint8Array }

/** X25519 (32 bytes) | ML-KEM-768 (1,184 bytes). */
type RecipientPublic = Uint8Array

const x25519Bytes = 32

/** PKCS #8 and SPKI headers of X25519 keys (RFC 8410): the raw 32 bytes follow. */
const privateHeader = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicHeader = Buffer.from('302a300506032b656e032100', 'hex')

export function recipientPublic(secret: RecipientSecret): RecipientPublic {
  return join(x25519Public(secret.x25519), ml_kem768.keygen(secret.mlKemSeed).publicKey)
}

/** For sealing a slot that only the holder of the secret opens; neither half alone is enough to break it. */
export function recipientLock(recipient: RecipientPublic): Extract<SlotLock, { kind: 'recovery-key' }> {
  return { kind: 'recovery-key', digest: digestOf(recipient), encapsulate: (chance) => encapsulate(recipient, chance) }
}

/** The same for whoever made the secret: what such a lock seals can be tried at once. */
export function ownRecipientLock(secret: RecipientSecret): SlotLock & SlotKey {
  return { ...recipientLock(recipientPublic(secret)), ...recipientKey(secret) }
}

export function recipientKey(secret: RecipientSecret): Extract<SlotKey, { kind: 'recovery-key' }> {
  const digest = digestOf(recipientPublic(secret))
  return { kind: 'recovery-key', digest, decapsulate: (capsule) => decapsulate(secret, capsule) }
}

function encapsulate(recipient: RecipientPublic, chance: Uint8Array): { capsule: Uint8Array; shared: Uint8Array } {
  const ephemeral = chance.subarray(0, x25519Bytes)
  const classic = agree(ephemeral, recipient.subarray(0, x25519Bytes))
  const quantum = ml_kem768.encapsulate(recipient.slice(x25519Bytes), chance.slice(x25519Bytes))
  return { capsule: join(x25519Public(ephemeral), quantum.cipherText), shared: join(classic, quantum.sharedSecret) }
}

function decapsulate(secret: RecipientSecret, capsule: Uint8Array): Uint8Array {
  const classic = agree(secret.x25519, capsule.subarray(0, x25519Bytes))
  const { secretKey } = ml_kem768.keygen(secret.mlKemSeed)
  return join(classic, ml_kem768.decapsulate(capsule.slice(x25519Bytes), secretKey))
}

/** Fails on points of small order, as RFC 7748 §6.1 asks. */
function agree(secret: Uint8Array, other: Uint8Array): Uint8Array {
  const publicKey = createPublicKey({ key: Buffer.concat([publicHeader, other]), format: 'der', type: 'spki' })
  return diffieHellman({ privateKey: privateKey(secret), publicKey })
}

function x25519Public(secret: Uint8Array): Uint8Array {
  const spki = createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' })
  return spki.subarray(publicHeader.length)
}

function privateKey(secret: Uint8Array): ReturnType<typeof createPrivateKey> {
  return createPrivateKey({ key: Buffer.concat([privateHeader, secret]), format: 'der', type: 'pkcs8' })
}

function digestOf(recipient: RecipientPublic): Uint8Array {
  return fromHex(nameOf(recipient))
}
