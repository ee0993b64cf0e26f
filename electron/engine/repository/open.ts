import { randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import { thisHolder } from '../base/holder.ts'
import { adoptPacks } from './adopt.ts'
import { appendEntry } from './append.ts'
import { assemble } from './assemble.ts'
import { catchUp } from './catch-up.ts'
import { fromHex } from './format/bytes.ts'
import { type Config, checkConfigVersion } from './format/config.ts'
import { entryName } from './format/entry.ts'
import { deriveKeys } from './format/key.ts'
import { nameOf } from './format/object.ts'
import { Holdings } from './holdings.ts'
import { Leases } from './lease.ts'
import { getOrNothing, holdsData, Ledger } from './ledger.ts'
import type { Core } from './parts.ts'
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
  const core = coreOf(options, rootKey, config, nameOf(bytes))
  await core.ledger.advance(signal)
  await core.ledger.check(options.seen, signal)
  if (core.ledger.head.number === 0) await beginLedger(core, signal)
  await catchUp(core, signal)
  if (core.holdings.problems.length > 0) await findLost(core, signal)
  store.locks?.setRule(core.ledger.state.lock)
  const leases = new Leases(core, options.holder ?? thisHolder())
  return { repository: assemble(Object.assign(core, { leases })), rootKey }
}

function coreOf(options: OpenOptions, rootKey: Uint8Array, config: Config, configHash: string): Core {
  const { store, pool, clock, random = randomBytes, plants = noPlants, packBytes = packBytesUsual } = options
  const id = config.repositoryId
  const first = deriveKeys(rootKey, fromHex(id), config.epoch)
  const ledger = new Ledger({ store, keys: first, random })
  const holdings = new Holdings({ store, keys: first, ledger, random, plants })
  const points = new PointList({ store, keys: first, repositoryId: id, state: ledger.state })
  const reader = new Reader({ store, pool, keys: first, holdings })
  const turns = new Turns()
  return {
    ...{ id, store, pool, clock, random, config, configHash, rootKey, ledger, holdings, points, reader, turns },
    ...{ packBytes, plants },
    get keys() {
      return first.at(ledger.state.epoch)
    },
  }
}

/** A lost index is no lost chunk where the packs themselves tell what lies in them. What cannot be found stays a problem. */
async function findLost(core: Core, signal: AbortSignal): Promise<void> {
  try {
    await adoptPacks(core, signal)
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
  }
}

/** A creation that was cut off after `config` decided it. Where anything else is there, the ledger was lost. */
async function beginLedger(core: Core, signal: AbortSignal): Promise<void> {
  if (await holdsData(core.store, signal)) throw new Failure('repository-damaged', `${entryName(1)} is missing`)
  await appendEntry(core, () => ({ kind: 'created' }), signal)
}

async function noConfig({ store }: OpenOptions, signal: AbortSignal): Promise<Failure> {
  const hasLedger = (await store.stat(entryName(2), signal)) !== undefined
  if (hasLedger) return new Failure('repository-damaged', `${store.title} holds a repository whose config is missing`)
  return new Failure('repository-not-found', `${store.title} holds no repository`)
}
