import { chmodSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { writeDurably } from './base/durable-file.ts'

/** Where keys rest on this machine. Names are ours (hex), values are never shown, logged or put into the catalog. */
export type SecretStore = {
  get(name: string): Promise<Uint8Array | undefined>
  /** Durable when it resolves. */
  put(name: string, secret: Uint8Array): Promise<void>
  remove(name: string): Promise<void>
}

/** One file per secret that only its owner may read. */
export function fileSecrets(folder: string): SecretStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  chmodSync(folder, 0o700)
  return {
    async get(name) {
      try {
        return readFileSync(join(folder, name))
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined
        throw thrown
      }
    },
    put: async (name, secret) => writeDurably(join(folder, name), secret, 0o600),
    remove: async (name) => rmSync(join(folder, name), { force: true }),
  }
}
