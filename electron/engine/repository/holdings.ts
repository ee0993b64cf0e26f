import { Failure } from '../../../shared/failure.ts'
import { Places } from '../chunk/places.ts'
import type { FinishedPack } from '../chunk/pool.ts'
import type { Trust } from '../chunk/table.ts'
import type { Store } from '../store/store.ts'
import {
  decodePack,
  type EncodedPack,
  encodePack,
  type IndexedPack,
  indexPath,
  openIndex,
  packPath,
  sealIndex,
} from './format/index.ts'
import type { RepositoryKeys } from './format/key.ts'
import { nameOf, objectSaltBytes } from './format/object.ts'
import { decodePackHeader } from './format/pack.ts'
import type { Ledger } from './ledger.ts'
import type { LedgerState } from './ledger-state.ts'
import type { Plants } from './plant.ts'
import type { Random, RepositoryProblem } from './repository.ts'
import { Turns } from './turns.ts'

type HoldingsOptions = {
  readonly store: Store
  /** Of any epoch. */
  readonly keys: RepositoryKeys
  readonly ledger: Ledger
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
 * other points from then on, also those of other runs, whether or not its own run ends well. What the ledger says of packs
 * (bad, marked, swept) is followed: see `follow`.
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
  /** Packs that were found damaged or missing by reading them. */
  readonly #found = new Set<number>()
  /** Packs that the table denies just now. */
  readonly #distrusted = new Set<number>()
  #followedTo = 0
  #hasNew = false
  #storedBytes = 0
  #rawBytes = 0
  /** Packs that the bytes above count. */
  readonly #counted = new Set<number>()

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

  /** Every index that the ledger names, with the numbers of its packs that are there; none for one that could not be read. */
  get indexes(): ReadonlyMap<string, readonly number[]> {
    return this.#indexes
  }

  /** Indexes that could not be read: what they named cannot be found. */
  get problems(): readonly RepositoryProblem[] {
    return [...this.#problems].map(([object, problem]) => ({ object, problem }))
  }

  /** True as long as nothing was found to be wrong: points may be built upon without looking at each of their chunks. */
  get trustsAll(): boolean {
    return this.#found.size === 0 && this.#problems.size === 0 && this.#options.ledger.state.bad.size === 0
  }

  /** Indexes of the ledger that were not looked at yet. */
  unknown({ indexes }: LedgerState): readonly string[] {
    return [...indexes].filter((name) => !this.#indexes.has(name))
  }

  /** True for a pack that is stored and that no ledger entry tells of yet: it lives by the lease of whoever stored it. */
  isUnnamed(pack: string): boolean {
    const number = this.places.numberOf(pack)
    return number !== undefined && this.#unnamedPacks().includes(number)
  }

  /** Durable packs that no index of the ledger names: of runs under way, or adopted because their index was lost. */
  async unnamed(signal: AbortSignal): Promise<readonly EncodedPack[]> {
    const packs = this.#pending.map(({ encoded }) => decodePack(encoded, 'an index under way'))
    for (const { name } of this.#unnamed) packs.push(...(await this.readIndex(name, signal)))
    return packs
  }

  /** True for a pack that was found damaged or missing by reading it. */
  isFound(number: number): boolean {
    return this.#found.has(number)
  }

  /** False for a pack that new points do not rely on: bad, marked, found damaged, or named by no index any more. */
  trusts(number: number): boolean {
    return !this.#distrusted.has(number)
  }

  /** Learns what an index of the ledger names. One that is missing or damaged becomes a problem, not a failure: the rest still counts. */
  async learn(name: string, signal: AbortSignal): Promise<void> {
    try {
      const packs = [...(await this.readIndex(name, signal))].filter((pack) => !this.#isSwept(pack.name))
      this.places.reserve(packs.reduce((sum, { records }) => sum + records, 0))
      const numbers = packs.map((pack) => this.#count(this.places.addEncoded(pack)))
      this.#hasNew ||= numbers.some((number) => this.#distrusted.has(number))
      this.#indexes.set(name, numbers)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
      // What it named before the damage is not to be relied on.
      this.#hasNew = true
      this.#indexes.set(name, [])
      this.#problems.set(indexPath(name), thrown.message)
    }
  }

  /** Resolves when the pack is durable and counts. */
  async store(pack: FinishedPack, onSent: OnSent, signal: AbortSignal): Promise<void> {
    const { plants, store } = this.#options
    const sizeBytes = pack.bytes.length
    const { name, salt, records } = pack
    const indexed = { name, salt, epoch: decodePackHeader(pack.bytes).epoch, sizeBytes, records }
    if (plants.has('table-first')) this.#count(this.places.add(indexed))
    const stored = store.put(packPath(name), pack.bytes, signal)
    await (plants.has('swallowed-put') ? stored.catch(() => undefined) : stored)
    onSent(sizeBytes, true)
    this.adopt(indexed)
    if (this.#pendingRecords() >= recordsPerIndex) await this.index(onSent, signal)
  }

  /** Takes in a durable pack that no index names. Its index is put with the next. */
  adopt(pack: IndexedPack): void {
    const number = this.#count(this.places.add(pack))
    this.#pending.push({ number, encoded: encodePack(pack), records: pack.records.length })
  }

  /** Makes an index of everything pending durable; answers the indexes that the next ledger entry must name. */
  index(onSent: OnSent, signal: AbortSignal): Promise<readonly string[]> {
    return this.#indexing.run(async () => {
      if (this.#pending.length > 0) await this.#putIndex(onSent, signal)
      return this.#unnamed.map(({ name }) => name)
    })
  }

  /** Fails with `object-missing` or `object-damaged`. */
  async readIndex(name: string, signal: AbortSignal): Promise<Iterable<EncodedPack>> {
    const { keys, store } = this.#options
    const path = indexPath(name)
    const bytes = await store.get(path, signal)
    if (nameOf(bytes) !== name) throw new Failure('object-damaged', `${path} does not hold the bytes of its name`)
    return openIndex(keys, bytes, path)
  }

  /** A pack found damaged or missing: new points do not rely on it any more, whatever the ledger says of it. */
  distrust(number: number): void {
    if (this.#found.has(number)) return
    this.#found.add(number)
    this.#distrusted.add(number)
    this.places.change(new Map([[number, 'distrust']]))
  }

  /**
   * Does what the ledger says: own indexes that it names are known, indexes and packs that it gave up are forgotten, packs
   * that are bad or marked are not relied on by new points, and packs that came back to life are.
   */
  follow({ state, trustChangedAt }: Ledger): void {
    this.#name(state)
    for (const name of this.#indexes.keys()) if (!state.indexes.has(name)) this.#forgetIndex(name)
    if (this.#followedTo === trustChangedAt && !this.#hasNew) return
    const changes = this.#changes(state)
    this.places.change(changes)
    if ([...changes.values()].includes('remove')) this.#forgetPacks()
    this.#followedTo = trustChangedAt
    this.#hasNew = false
  }

  #name({ indexes }: LedgerState): void {
    for (const { name, packs } of this.#unnamed) if (indexes.has(name)) this.#indexes.set(name, packs)
    this.#unnamed = this.#unnamed.filter(({ name }) => !indexes.has(name))
  }

  #forgetIndex(name: string): void {
    this.#indexes.delete(name)
    this.#problems.delete(indexPath(name))
    this.#hasNew = true
  }

  /** What the table must be told, beyond what it was told before. */
  #changes(state: LedgerState): ReadonlyMap<number, Trust> {
    const changes = new Map<number, Trust>()
    const lost = this.#loseIndexes(state)
    const named = new Set([...[...this.#indexes.values()].flat(), ...this.#unnamedPacks()])
    for (const number of this.places.numbers) {
      const isLost = lost.has(number) && !named.has(number)
      const trust = isLost ? 'remove' : this.#trustIn(number, named, state)
      const was = this.#distrusted.has(number) ? 'distrust' : 'trust'
      if (trust !== was) changes.set(number, trust)
    }
    for (const [number, trust] of changes) {
      if (trust === 'distrust') this.#distrusted.add(number)
      else this.#distrusted.delete(number)
    }
    return changes
  }

  #trustIn(number: number, named: ReadonlySet<number>, state: LedgerState): Trust {
    const { name } = this.places.pack(number)
    const path = packPath(name)
    if (state.isSwept(path)) return 'remove'
    const isDoubtful = this.#found.has(number) || state.bad.has(name) || state.marks.has(path)
    return named.has(number) && !isDoubtful ? 'trust' : 'distrust'
  }

  /** Own indexes that were swept before an entry named them: answers the packs that nothing tells of any more. */
  #loseIndexes(state: LedgerState): ReadonlySet<number> {
    const isLost = ({ name }: { readonly name: string }): boolean => state.isSwept(indexPath(name))
    const lost = this.#unnamed.filter(isLost).flatMap(({ packs }) => packs)
    this.#unnamed = this.#unnamed.filter((index) => !isLost(index))
    return new Set(lost)
  }

  #forgetPacks(): void {
    const left = new Set(this.places.numbers)
    const isLeft = (number: number): boolean => left.has(number)
    this.#pending = this.#pending.filter(({ number }) => isLeft(number))
    this.#unnamed = this.#unnamed.map(({ name, packs }) => ({ name, packs: packs.filter(isLeft) }))
    for (const [name, packs] of this.#indexes) this.#indexes.set(name, packs.filter(isLeft))
    for (const number of this.#found) if (!isLeft(number)) this.#found.delete(number)
    for (const number of this.#counted) {
      if (isLeft(number)) continue
      this.#counted.delete(number)
      const { rawBytes, sizeBytes } = this.places.pack(number)
      this.#rawBytes -= rawBytes
      this.#storedBytes -= sizeBytes
    }
  }

  #unnamedPacks(): readonly number[] {
    return [...this.#pending.map(({ number }) => number), ...this.#unnamed.flatMap(({ packs }) => packs)]
  }

  async #putIndex(onSent: OnSent, signal: AbortSignal): Promise<void> {
    const { keys, ledger, random, store } = this.#options
    // They stay pending meanwhile: what no index names and nobody waits to name would not be relied on.
    const packs = [...this.#pending]
    const encoded = packs.map((pack) => pack.encoded)
    const bytes = sealIndex(keys.at(ledger.state.epoch), random(objectSaltBytes), encoded)
    const name = nameOf(bytes)
    await store.put(indexPath(name), bytes, signal)
    onSent(bytes.length, true)
    this.#pending = this.#pending.filter((pack) => !packs.includes(pack))
    this.#unnamed.push({ name, packs: packs.map((pack) => pack.number) })
  }

  /** Answers the number. */
  #count(number: number): number {
    if (this.#counted.has(number)) return number
    const { name, rawBytes, sizeBytes } = this.places.pack(number)
    const { bad, marks } = this.#options.ledger.state
    this.#hasNew ||= bad.has(name) || marks.has(packPath(name)) || this.#isSwept(name)
    this.#counted.add(number)
    this.#rawBytes += rawBytes
    this.#storedBytes += sizeBytes
    return number
  }

  #isSwept(pack: string): boolean {
    return this.#options.ledger.state.isSwept(packPath(pack))
  }

  #pendingRecords(): number {
    return this.#pending.reduce((sum, pack) => sum + pack.records, 0)
  }
}

/** True for failures of one object, after which others may still be read. */
export function isDamage(failure: Failure): boolean {
  return ['object-missing', 'object-damaged', 'pack-missing', 'format-unsupported'].includes(failure.code)
}
