import { isMarkedAsUntransferable } from 'node:worker_threads'

/** The bytes themselves, or a copy where Node shares their buffer with others (small ones made by `Buffer.from`). */
export function transferable(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return isMarkedAsUntransferable(bytes.buffer) ? new Uint8Array(bytes) : bytes
}

/**
 * Gives the memory of a buffer that nobody else knows back now. A thread that computes all the time leaves it to a late
 * garbage collection otherwise: measured, that doubles the time of every encryption.
 */
export function release(bytes: Uint8Array): void {
  if (bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength) bytes.buffer.transfer(0)
}
