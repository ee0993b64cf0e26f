import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { Failure, toWire } from '../../shared/failure.ts'
import type { SecretAnswer, SecretQuestion } from './thread-messages.ts'

/** Keeps keys from whoever can read the files that they rest in. */
export type Sealer = {
  /** What seals: the system's own secret store, or a key that lives only as long as this process. */
  readonly kind: 'system' | 'memory'
  seal(secret: Uint8Array): Promise<Uint8Array>
  /** `isStale`: the secret should be sealed anew. Fails with `repository-locked` when another key sealed it. */
  open(sealed: Uint8Array): Promise<{ readonly secret: Uint8Array; readonly isStale: boolean }>
}

export async function answerSecret(sealer: Sealer | undefined, question: SecretQuestion): Promise<SecretAnswer> {
  const { kind, id, act, bytes } = question
  try {
    if (sealer === undefined) throw new Failure('repository-locked', 'This host has no secret store')
    if (act === 'seal') return { kind, id, bytes: await sealer.seal(bytes), isStale: false }
    const { secret, isStale } = await sealer.open(bytes)
    return { kind, id, bytes: secret, isStale }
  } catch (thrown) {
    return { kind, id, failure: toWire(thrown) }
  }
}

const cipher = 'aes-256-gcm'
const nonceBytes = 12
const tagBytes = 16

/** What it seals can be opened until this process ends, and never after. */
export function memorySealer(): Sealer {
  const key = randomBytes(32)
  return {
    kind: 'memory',
    async seal(secret) {
      const nonce = randomBytes(nonceBytes)
      const sealing = createCipheriv(cipher, key, nonce)
      return Buffer.concat([nonce, sealing.update(secret), sealing.final(), sealing.getAuthTag()])
    },
    async open(sealed) {
      try {
        const opening = createDecipheriv(cipher, key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
        opening.setAuthTag(sealed.subarray(-tagBytes))
        const secret = Buffer.concat([opening.update(sealed.subarray(nonceBytes, -tagBytes)), opening.final()])
        return { secret, isStale: false }
      } catch (cause) {
        throw new Failure('repository-locked', 'The key was kept until the console ended', { cause })
      }
    },
  }
}
