import { createCipheriv, createDecipheriv } from 'node:crypto'

const tagBytes = 16
/** Each key here seals one message, so a fixed nonce never repeats under a key. */
const nonce = new Uint8Array(12)

/** AES-256-GCM under a key that seals nothing else: ciphertext | tag (16). */
export function sealOnce(key: Uint8Array, authenticated: Uint8Array, plaintext: Uint8Array): Uint8Array<ArrayBuffer> {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  cipher.setAAD(authenticated)
  return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
}

/** The plaintext, or undefined when key, authenticated data, ciphertext or tag is not the one it was sealed with. */
export function openOnce(
  key: Uint8Array,
  authenticated: Uint8Array,
  sealed: Uint8Array,
): Uint8Array<ArrayBuffer> | undefined {
  if (sealed.length < tagBytes) return undefined
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
  decipher.setAAD(authenticated)
  decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes))
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, sealed.length - tagBytes)), decipher.final()])
  } catch {
    return undefined
  }
}
