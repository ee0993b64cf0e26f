import { Failure } from '../../shared/failure.ts'
import { memorySealer, type Sealer } from '../host/sealer.ts'
import type { StateFile } from './state-file.ts'

/** As much of Electron's `safeStorage` as is used: its asynchronous half, and which store Linux has. */
export type SafeStorage = {
  isAsyncEncryptionAvailable(): Promise<boolean>
  encryptStringAsync(plain: string): Promise<Buffer>
  decryptStringAsync(sealed: Buffer): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }>
  getSelectedStorageBackend(): string
}

/** What a person answers where the system keeps no secrets; undefined when the question was put away. */
export type KeyPlace = 'files' | 'memory'

export type SealerOptions = {
  readonly storage: SafeStorage
  readonly platform: NodeJS.Platform
  /** Remembers the answer. */
  readonly kept: StateFile
  ask(): Promise<KeyPlace | undefined>
}

/**
 * What seals the keys in this home: the system's secret store where there is one; else what a person has chosen, and
 * undefined for plain files. Asked once; who puts the question away is asked again at the next start.
 */
export async function chooseSealer(options: SealerOptions): Promise<Sealer | undefined> {
  if (await keepsSecrets(options)) return systemSealer(options.storage)
  const place = placeIn(await options.kept.read()) ?? (await askOnce(options))
  return place === 'files' ? undefined : memorySealer()
}

/** On Linux, Electron falls back to a password that is the same everywhere, `basic_text`: that hides nothing. */
async function keepsSecrets({ storage, platform }: SealerOptions): Promise<boolean> {
  const hollow = ['basic_text', 'unknown']
  if (platform === 'linux' && hollow.includes(storage.getSelectedStorageBackend())) return false
  return storage.isAsyncEncryptionAvailable().catch(() => false)
}

async function askOnce({ kept, ask }: SealerOptions): Promise<KeyPlace | undefined> {
  const place = await ask()
  // An answer that cannot be remembered is asked for again.
  if (place !== undefined) await kept.write({ keys: place }).catch(() => undefined)
  return place
}

function placeIn(kept: unknown): KeyPlace | undefined {
  if (typeof kept !== 'object' || kept === null || !('keys' in kept)) return undefined
  return kept.keys === 'files' || kept.keys === 'memory' ? kept.keys : undefined
}

/** `safeStorage` takes text: the key goes through it as base64. */
function systemSealer(storage: SafeStorage): Sealer {
  return {
    kind: 'system',
    async seal(secret) {
      try {
        return await storage.encryptStringAsync(Buffer.from(secret).toString('base64'))
      } catch (cause) {
        throw new Failure('repository-locked', `The system's secret store did not take the key: ${String(cause)}`)
      }
    },
    async open(sealed) {
      try {
        const { result, shouldReEncrypt } = await storage.decryptStringAsync(Buffer.from(sealed))
        return { secret: Buffer.from(result, 'base64'), isStale: shouldReEncrypt }
      } catch (cause) {
        throw new Failure('repository-locked', `The system's secret store did not open the key: ${String(cause)}`)
      }
    },
  }
}
