import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  hkdfSync,
  scryptSync,
} from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import { startZstd } from './zstd.ts'

/**
 * Computes a published example with every primitive that keeps data safe. A library that answers wrongly would write
 * repositories that nobody can read: better not to start. Fails with `bug`. Takes some milliseconds.
 */
export function checkPrimitives(): void {
  for (const [name, isRight] of Object.entries(checks)) check(name, isRight)
}

function check(name: string, isRight: () => boolean): void {
  try {
    if (isRight()) return
  } catch (cause) {
    throw new Failure('bug', `${name} does not work on this computer`, { cause })
  }
  throw new Failure('bug', `${name} gives wrong answers on this computer`)
}

const checks = {
  /** FIPS 180-2, B.1. */
  'SHA-256': () =>
    is(createHash('sha256').update('abc').digest(), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
  /** RFC 4231, test case 2. */
  'HMAC-SHA-256': () =>
    is(
      createHmac('sha256', 'Jefe').update('what do ya want for nothing?').digest(),
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    ),
  /** RFC 5869, A.1. */
  'HKDF-SHA-256': () =>
    is(
      Buffer.from(
        hkdfSync('sha256', hex('0b'.repeat(22)), hex('000102030405060708090a0b0c'), hex('f0f1f2f3f4f5f6f7f8f9'), 42),
      ),
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865',
    ),
  /** RFC 7914, section 12. */
  scrypt: () =>
    is(
      scryptSync('', '', 64, { N: 16, r: 1, p: 1 }),
      '77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906',
    ),
  'AES-256-GCM': checkGcm,
  /** RFC 7748, section 6.1. */
  X25519: () =>
    is(
      diffieHellman({
        privateKey: createPrivateKey({
          key: hex('302e020100300506032b656e0422042077076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'),
          format: 'der',
          type: 'pkcs8',
        }),
        publicKey: createPublicKey({
          key: hex('302a300506032b656e032100de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f'),
          format: 'der',
          type: 'spki',
        }),
      }),
      '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742',
    ),
  zstd: checkZstd,
} satisfies Readonly<Record<string, () => boolean>>

/** Test case 14 of "The Galois/Counter Mode of Operation", and that a shortened tag is refused. */
function checkGcm(): boolean {
  const key = Buffer.alloc(32)
  const nonce = Buffer.alloc(12)
  const sealing = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
  const sealed = Buffer.concat([sealing.update(Buffer.alloc(16)), sealing.final(), sealing.getAuthTag()])
  if (!is(sealed, 'cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919')) return false
  const opening = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
  return throws(() => opening.setAuthTag(sealed.subarray(16, 20))) && refusesFlip(key, nonce, sealed)
}

function refusesFlip(key: Buffer, nonce: Buffer, sealed: Buffer): boolean {
  const opening = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 })
  opening.setAuthTag(sealed.subarray(16))
  opening.update(Buffer.alloc(16))
  return throws(() => opening.final())
}

/** A frame made once by zstd 1.5 reads as it did then, and what is made here reads back. */
function checkZstd(): boolean {
  const zstd = startZstd()
  const sample = Buffer.alloc(4096, 'still')
  const packed = Buffer.from(zstd.compress(sample) ?? [])
  const frame = hex('28b52ffd60000f650000287374696c6c0100f8875fb4')
  return sample.equals(zstd.expand(packed, 4096) ?? hex('')) && sample.equals(zstd.expand(frame, 4096) ?? hex(''))
}

function is(bytes: Uint8Array, expected: string): boolean {
  return hex(expected).equals(bytes)
}

function throws(act: () => unknown): boolean {
  try {
    act()
    return false
  } catch {
    return true
  }
}

function hex(digits: string): Buffer {
  return Buffer.from(digits, 'hex')
}
