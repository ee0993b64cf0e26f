import { randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import { assemble } from './assemble.ts'
import { catchUp } from './catch-up.ts'
import { fromHex } from './format/bytes.ts'
import { type Config, checkConfigVersion } from './format/config.ts'
import { entryName } from './format/entry.ts'
import { deriveKeys } from './format/key.ts'
import { nameOf } from './format/object.ts'
import { Holdings } from './holdings.ts'
import { getOrNothing, Ledger } from './ledger.ts'
import type { Parts } from './parts.ts'
import { noPlants } from './plant.ts'
import { PointList } from './point-list.ts'
import { Reader } from './reader.ts'
import type { OpenedRepository, OpenOptions } from './repository.ts'
import { Turns } from './turns.ts'
import { unlock } from './unlock.ts'

const packBytesUsual = 8 * MiB

/**
 * Failures: `repository-not-found`, `repository-too-new` (before anything else is looked at), `passphrase-wrong`,
 * `key-slot-damaged` (no slot that is whole takes this kind of key), `repository-damaged`, `repository-rolled-back`, and the
 * store's own. A damaged index or manifest is no failure of opening: see `Repository.problems`.
 */
export async function openRepository(options: OpenOptions, signal: AbortSignal): Promise<OpenedRepository> {
  const { store } = options
  const bytes = await getOrNothing(store, 'config', signal)
  if (bytes === undefined) throw await noConfig(options, signal)
  checkConfigVersion(bytes)
  const { rootKey, config } = await unlock(store, options.key, bytes, signal)
  const parts = { ...partsOf(options, rootKey, config), configHash: nameOf(bytes) }
  await parts.ledger.advance(signal)
  if (parts.ledger.head.number === 0) throw new Failure('repository-damaged', `${entryName(1)} is missing`)
  await parts.ledger.check(options.seen, signal)
  await catchUp(parts, signal)
  return { repository: assemble(parts), rootKey }
}

function partsOf(options: OpenOptions, rootKey: Uint8Array, config: Config): Omit<Parts, 'configHash'> {
  const { store, pool, clock, random = randomBytes, plants = noPlants, packBytes = packBytesUsual } = options
  const id = config.repositoryId
  const keys = deriveKeys(rootKey, fromHex(id), config.epoch)
  const holdings = new Holdings({ store, keys, random, plants })
  const ledger = new Ledger({ store, keys, random })
  const points = new PointList({ store, keys, repositoryId: id })
  const reader = new Reader({ store, pool, keys, holdings })
  const turns = new Turns()
  return { id, store, pool, clock, random, config, keys, ledger, holdings, points, reader, turns, packBytes, plants }
}

async function noConfig({ store }: OpenOptions, signal: AbortSignal): Promise<Failure> {
  const hasLedger = (await store.stat(entryName(2), signal)) !== undefined
  if (hasLedger) return new Failure('repository-damaged', `${store.title} holds a repository whose config is missing`)
  return new Failure('repository-not-found', `${store.title} holds no repository`)
}
