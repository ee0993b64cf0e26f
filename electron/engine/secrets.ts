import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { writeDurably } from './base/durable-file.ts'
import type { Log } from './base/log.ts'

/** Where keys rest on this machine. Names are ours (hex), values are never shown, logged or put into the catalog. */
export type SecretStore = {
  /** Undefined when there is none. Fails with `repository-locked` when it is sealed and cannot be opened here. */
  get(name: string): Promise<Uint8Array | undefined>
  /** Durable when it resolves. */
  put(name: string, secret: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}

/** Asks the engine's host to seal or to open; `isStale` says that what was opened should be sealed anew. */
export type Sealing = {
  seal(secret: Uint8Array): Promise<Uint8Array>
  open(sealed: Uint8Array): Promise<{ readonly secret: Uint8Array; readonly isStale: boolean }>
}

/** A file that begins with this holds sealed bytes after it; any other file is the secret itself. */
const sealedMark = Buffer.from('stillpoint sealed 1\n')

/** One file per secret that only its owner may read. Secrets that another host of this home has sealed stay closed to it. */
export function fileSecrets(folder: string): SecretStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return {
    async get(name) {
      const bytes = read(join(folder, name))
      if (bytes === undefined || sealedIn(bytes) === undefined) return bytes
      throw new Failure('repository-locked', 'Its key is sealed for the desktop console: open it by its passphrase')
    },
    put: async (name, secret) => writeDurably(join(folder, name), secret, 0o600),
    remove: async (name) => rmSync(join(folder, name), { force: true }),
  }
}

/** The same files, sealed. What lies there in plain is taken over: sealed as soon as it is asked for. */
export function sealedSecrets(folder: string, sealing: Sealing, log: Log): SecretStore {
  const files = fileSecrets(folder)
  const put = async (name: string, secret: Uint8Array): Promise<void> =>
    files.put(name, Buffer.concat([sealedMark, await sealing.seal(secret)]))
  const sealAgain = (name: string, secret: Uint8Array): Promise<void> =>
    put(name, secret).catch((thrown: unknown) => log.warn('A key could not be sealed', { problem: String(thrown) }))
  return {
    async get(name) {
      const bytes = read(join(folder, name))
      const sealed = bytes === undefined ? undefined : sealedIn(bytes)
      if (sealed !== undefined) {
        const { secret, isStale } = await sealing.open(sealed)
        if (isStale) await sealAgain(name, secret)
        return secret
      }
      if (bytes !== undefined) await sealAgain(name, bytes)
      return bytes
    },
    put,
    remove: files.remove,
  }
}

function read(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file)
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw thrown
  }
}

function sealedIn(bytes: Uint8Array): Uint8Array | undefined {
  const isSealed = sealedMark.equals(bytes.subarray(0, sealedMark.length))
  return isSealed ? bytes.subarray(sealedMark.length) : undefined
}
