import { createHash } from 'node:crypto'
import type { ChunkKeys } from './chunk.ts'

/** Keys and bytes that the tests of this room share. */

export const keys: ChunkKeys = {
  repositoryId: filled(16, 1),
  epoch: 1,
  data: filled(32, 2),
  id: filled(32, 3),
  pageId: filled(32, 4),
}

export function filled(length: number, value: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(length).fill(value)
}

/** Bytes that no compressor makes smaller, the same for the same seed. */
export function noise(length: number, seed: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length)
  for (let at = 0; at < length; at += 32) {
    bytes.set(
      createHash('sha256')
        .update(`${seed} ${at}`)
        .digest()
        .subarray(0, length - at),
      at,
    )
  }
  return bytes
}

/** Bytes that a compressor makes much smaller, the same for the same seed. */
export function prose(length: number, seed: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.alloc(length, `The quick brown fox jumps over the lazy dog ${seed}. `))
}

/** As an index of 32 bytes that no other number has. */
export function idOf(number: number): Uint8Array {
  return createHash('sha256').update(String(number)).digest()
}
