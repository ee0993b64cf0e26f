import type { RepositoryId } from '../../../shared/repository.ts'
import type { Clock } from '../base/clock.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import type { Store } from '../store/store.ts'
import type { Config } from './format/config.ts'
import type { RepositoryKeys } from './format/key.ts'
import type { Holdings } from './holdings.ts'
import type { Leases } from './lease.ts'
import type { Ledger } from './ledger.ts'
import type { Plants } from './plant.ts'
import type { PointList } from './point-list.ts'
import type { Reader } from './reader.ts'
import type { Random } from './repository.ts'
import type { Turns } from './turns.ts'

/** What an open repository consists of, and what is enough to read it and to write on in its ledger. */
export type Core = {
  readonly id: RepositoryId
  readonly store: Store
  readonly pool: ChunkPool
  readonly clock: Clock
  readonly random: Random
  readonly config: Config
  /** SHA-256 of `config` as it was read. */
  readonly configHash: string
  /** Those under which is written now; `keys.at` has those of other epochs. */
  readonly keys: RepositoryKeys
  /** 32 bytes, for new key slots. */
  readonly rootKey: Uint8Array
  readonly ledger: Ledger
  readonly holdings: Holdings
  readonly points: PointList
  readonly reader: Reader
  /** Whoever reads on in the ledger or appends to it takes a turn. */
  readonly turns: Turns
  readonly packBytes: number
  readonly plants: Plants
}

/** Writers, readers, sweepers and verifiers share it. */
export type Parts = Core & { readonly leases: Leases }
