import { Failure } from '../../../shared/failure.ts'
import { Places } from '../chunk/places.ts'
import type { FinishedPack } from '../chunk/pool.ts'
import type { Store } from '../store/store.ts'
import { encodePack, type IndexedPack, indexPath, openIndex, packPath, sealIndex } from './format/index.ts'
import type { RepositoryKeys } from './format/key.ts'
import { nameOf, objectSaltBytes } from './format/object.ts'
import type { Plants } from './plant.ts'
import type { Random, RepositoryProblem } from './repository.ts'
import { Turns } from './turns.ts'

type HoldingsOptions = {
  readonly store: Store
  readonly keys: RepositoryKeys
  readonly random: Random
  readonly plants: Plants
}

/** Told of every object that is put: its size, and whether the repository grew by it. */
export type OnSent = (bytes: number, stored: boolean) => void

type PendingPack = { readonly number: number; readonly encoded: Uint8Array; readonly records: number }

/** An index is put early when it would hold more (some 32 GiB of disk), so that a long run needs no memory for it. */
const recordsPerIndex = 2 ** 18

/**
 * What lies in which pack, and which of it no ledger entry names yet. A pack counts only once it is durable; it serves
 * other points from then on, also those of other runs, whether or not its own run ends well.
 */
export class Holdings {
  readonly places = new Places()
  readonly #options: HoldingsOptions
  #pending: PendingPack[] = []
  /** Indexes of pending packs that are durable already, and that the next ledger entry must name. */
  #unnamed: { readonly name: string; readonly packs: readonly number[] }[] = []
  /** One index at a time: a point may rely on packs whose index another run is just putting. */
  readonly #indexing = new Turns()
  readonly #problems = new Map<string, string>()
  /** Which packs, by their numbers, each index of the ledger names. */
  readonly #indexes = new Map<string, readonly number[]>()
  #storedBytes = 0
  #rawBytes = 0

  constructor(options: HoldingsOptions) {
    this.#options = options
  }

  get storedBytes(): number {
    return this.#storedBytes
  }

  /** Of all records before compression. */
  get rawBytes(): number {
    return this.#rawBytes
  }

  /** Every index that the ledger names, with the numbers of its packs; none for one that could not be read. */
  get indexes(): ReadonlyMap<string, readonly number[]> {
    return this.#indexes
  }

  /** Indexes that could not be read: what they named cannot be found. */
  get problems(): readonly RepositoryProblem[] {
    return [...this.#problems].map(([object, problem]) => ({ object, problem }))
  }

  /** Learns what an index of the ledger names. One that is missing or damaged becomes a problem, not a failure: the rest still counts. */
  async learn(name: string, signal: AbortSignal): Promise<void> {
    try {
      const packs: number[] = []
      for (const pack of await this.readIndex(name, signal)) packs.push(this.#add(pack))
      this.#indexes.set(name, packs)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
      this.#indexes.set(name, [])
      this.#problems.set(indexPath(name), thrown.message)
    }
  }

  /** Resolves when the pack is durable and counts. */
  async store(pack: FinishedPack, onSent: OnSent, signal: AbortSignal): Promise<void> {
    const { keys, plants, store } = this.#options
    const sizeBytes = pack.bytes.length
    const { name, salt, records } = pack
    const indexed = { name, salt, epoch: keys.chunks.epoch, sizeBytes, records }
    if (plants.has('table-first')) this.#add(indexed)
    const stored = store.put(packPath(name), pack.bytes, signal)
    await (plants.has('swallowed-put') ? stored.catch(() => undefined) : stored)
    onSent(sizeBytes, true)
    const number = this.#add(indexed)
    this.#pending.push({ number, encoded: encodePack(indexed), records: records.length })
    if (this.#pendingRecords() >= recordsPerIndex) await this.index(onSent, signal)
  }

  /** Makes an index of everything pending durable; answers the indexes that the next ledger entry must name. */
  index(onSent: OnSent, signal: AbortSignal): Promise<readonly string[]> {
    return this.#indexing.run(async () => {
      if (this.#pending.length > 0) await this.#putIndex(onSent, signal)
      return this.#unnamed.map(({ name }) => name)
    })
  }

  /** Call when a ledger entry names these indexes. */
  named(indexes: readonly string[]): void {
    for (const { name, packs } of this.#unnamed) if (indexes.includes(name)) this.#indexes.set(name, packs)
    this.#unnamed = this.#unnamed.filter(({ name }) => !indexes.includes(name))
  }

  /** Fails with `object-missing` or `object-damaged`. */
  async readIndex(name: string, signal: AbortSignal): Promise<Iterable<IndexedPack>> {
    const { keys, store } = this.#options
    const path = indexPath(name)
    const bytes = await store.get(path, signal)
    if (nameOf(bytes) !== name) throw new Failure('object-damaged', `${path} does not hold the bytes of its name`)
    return openIndex(keys, bytes, path)
  }

  async #putIndex(onSent: OnSent, signal: AbortSignal): Promise<void> {
    const { keys, random, store } = this.#options
    const packs = this.#pending
    this.#pending = []
    try {
      const bytes = sealIndex(
        keys,
        random(objectSaltBytes),
        packs.map((pack) => pack.encoded),
      )
      const name = nameOf(bytes)
      await store.put(indexPath(name), bytes, signal)
      onSent(bytes.length, true)
      this.#unnamed.push({ name, packs: packs.map((pack) => pack.number) })
    } catch (thrown) {
      this.#pending.unshift(...packs)
      throw thrown
    }
  }

  /** Answers the pack's number. */
  #add(pack: IndexedPack): number {
    const isNew = this.places.numberOf(pack.name) === undefined
    const number = this.places.add(pack)
    if (!isNew) return number
    this.#storedBytes += pack.sizeBytes
    for (const { rawBytes } of pack.records) this.#rawBytes += rawBytes
    return number
  }

  #pendingRecords(): number {
    return this.#pending.reduce((sum, pack) => sum + pack.records, 0)
  }
}

/** True for failures of one object, after which others may still be read. */
export function isDamage(failure: Failure): boolean {
  return ['object-missing', 'object-damaged', 'pack-missing', 'format-unsupported'].includes(failure.code)
}
