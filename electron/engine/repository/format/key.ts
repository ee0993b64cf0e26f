import { hkdfSync } from 'node:crypto'
import type { ChunkKeys } from '../../chunk/chunk.ts'
import { join, u32 } from './bytes.ts'

/** What K_root and `config` open (FORMAT.md §2). */
export type RepositoryKeys = {
  readonly chunks: ChunkKeys
  /** K_meta[epoch]: indexes and manifests. */
  readonly meta: Uint8Array
  /** K_audit[epoch]: ledger entries. */
  readonly audit: Uint8Array
  /** Those of another epoch: every object and every pack names its own. */
  at(epoch: number): RepositoryKeys
}

export const keyBytes = 32

/** Epochs are few: a repository whose objects name more is not kept in memory for it. */
const epochsKept = 64

export function deriveKeys(rootKey: Uint8Array, repositoryId: Uint8Array, epoch: number): RepositoryKeys {
  const derived = new Map<number, RepositoryKeys>()
  const at = (wanted: number): RepositoryKeys => {
    const keys = derived.get(wanted) ?? { ...keysOfEpoch(rootKey, repositoryId, wanted), at }
    if (derived.size < epochsKept) derived.set(wanted, keys)
    return keys
  }
  return at(epoch)
}

function keysOfEpoch(rootKey: Uint8Array, repositoryId: Uint8Array, epoch: number): Omit<RepositoryKeys, 'at'> {
  const ofEpoch = (purpose: string, number: number): Uint8Array =>
    hkdf(rootKey, new Uint8Array(0), join(Buffer.from(`sp/${purpose}/1`), repositoryId, u32(number)))
  return {
    chunks: {
      repositoryId,
      epoch,
      data: ofEpoch('data', epoch),
      id: ofEpoch('id', 0),
      pageId: ofEpoch('page', 0),
    },
    meta: ofEpoch('meta', epoch),
    audit: ofEpoch('audit', epoch),
  }
}

/** K_config: MAC of `config`, from which everything else about the repository is learnt. */
export function deriveConfigKey(rootKey: Uint8Array): Uint8Array {
  return hkdf(rootKey, new Uint8Array(0), Buffer.from('sp/config/1'))
}

/** HKDF-SHA-256 (RFC 5869), 32 bytes out. */
export function hkdf(key: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, keyBytes))
}
