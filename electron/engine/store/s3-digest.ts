import { createHash, webcrypto } from 'node:crypto'
import { setImmediate as turn } from 'node:timers/promises'
import { MiB } from '../../../shared/units.ts'

const pieceBytes = MiB

/** Computed beside the event loop. */
export async function sha256Of(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await webcrypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>))
}

/** In hex, as an `ETag` tells it. No more than a check of the way to a store that keeps no SHA-256. */
export async function md5Of(bytes: Uint8Array): Promise<string> {
  const hash = createHash('md5')
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    hash.update(bytes.subarray(at, at + pieceBytes))
    await turn()
  }
  return hash.digest('hex')
}
