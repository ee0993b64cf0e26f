import { Places } from '../../electron/engine/chunk/places.ts'
import { fromHex } from '../../electron/engine/repository/format/bytes.ts'
import { type Config, isKnownFeature } from '../../electron/engine/repository/format/config.ts'
import { entryName, noEntry, openEntry, type ReadEntry } from '../../electron/engine/repository/format/entry.ts'
import { indexPath, openIndex } from '../../electron/engine/repository/format/index.ts'
import { deriveKeys, type RepositoryKeys } from '../../electron/engine/repository/format/key.ts'
import { type Manifest, manifestPath, openManifest } from '../../electron/engine/repository/format/manifest.ts'
import { nameOf } from '../../electron/engine/repository/format/object.ts'
import type { SlotKey } from '../../electron/engine/repository/format/slot.ts'
import { LedgerState } from '../../electron/engine/repository/ledger-state.ts'
import type { ObjectFolder } from './objects.ts'
import { unlock } from './unlock.ts'

export type VaultPoint = {
  readonly manifest: Manifest
  /** Milliseconds since 1970 where it lies in the trash: it can be restored until it is purged. */
  readonly droppedAt: number | undefined
}

export type Vault = {
  readonly objects: ObjectFolder
  readonly config: Config
  /** Of any epoch: `keys.at`. */
  readonly keys: RepositoryKeys
  readonly places: Places
  readonly points: readonly VaultPoint[]
}

type Warn = (sentence: string) => void

/**
 * Everything but the data. Each object is proven by itself, so one that is damaged is warned of and the rest still serves:
 * this runs when things have gone wrong. What the ledger gave up (purged points, swept indexes) is not looked for.
 */
export async function openVault(objects: ObjectFolder, key: SlotKey, warn: Warn): Promise<Vault> {
  const { rootKey, config } = await unlock(objects, key)
  const keys = deriveKeys(rootKey, fromHex(config.repositoryId), config.epoch)
  for (const feature of config.requiredFeatures.filter((each) => !isKnownFeature(each))) {
    warn(`the repository needs ${JSON.stringify(feature)}, which this script does not know`)
  }
  const state = new LedgerState()
  for (const entry of readLedger(objects, keys, warn)) state.apply(entry)
  const places = new Places()
  for (const name of state.indexes) attempt(warn, () => learn(objects, keys, places, name))
  distrust(places, state.bad)
  const points: VaultPoint[] = []
  for (const { manifest, dropped } of state.points.values()) {
    const path = manifestPath(manifest)
    const read = attempt(warn, () => openManifest(keys, objects.readNamed(path), path))
    if (read !== undefined) points.push({ manifest: read, droppedAt: dropped?.at })
  }
  return { objects, config, keys, places, points }
}

/** Where a chunk lies in another pack too, it is taken from there. */
function distrust(places: Places, bad: ReadonlySet<string>): void {
  const numbers = [...bad].flatMap((pack) => places.numberOf(pack) ?? [])
  places.change(new Map(numbers.map((number) => [number, 'distrust'])))
}

/** Up to the last entry that the folder shows: an entry that is missing on the way is warned of. */
function* readLedger(objects: ObjectFolder, keys: RepositoryKeys, warn: Warn): Generator<ReadEntry> {
  const last = objects
    .list('ledger')
    .reduce((most, name) => Math.max(most, Number(name.slice('ledger/'.length)) || 0), 0)
  let previous: string | undefined = noEntry
  for (let number = 1; number <= last; number++) {
    const bytes = objects.read(entryName(number))
    const entry = attempt(warn, () => {
      if (bytes === undefined) throw new Error(`${entryName(number)} is missing`)
      return openEntry(keys, bytes, number)
    })
    if (entry !== undefined && previous !== undefined && entry.previous !== previous) {
      warn(`${entryName(number)} does not follow the entry before it`)
    }
    if (entry?.kind === 'unknown') warn(`${entryName(number)} was written by a later version and is passed over`)
    previous = bytes === undefined ? undefined : nameOf(bytes)
    if (entry !== undefined) yield entry
  }
}

function learn(objects: ObjectFolder, keys: RepositoryKeys, places: Places, name: string): void {
  const path = indexPath(name)
  for (const pack of openIndex(keys, objects.readNamed(path), path)) places.addEncoded(pack)
}

function attempt<T>(warn: Warn, work: () => T): T | undefined {
  try {
    return work()
  } catch (thrown) {
    warn(thrown instanceof Error ? thrown.message : String(thrown))
    return undefined
  }
}
