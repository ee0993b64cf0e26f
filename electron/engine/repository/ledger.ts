import { Failure } from '../../../shared/failure.ts'
import type { Store } from '../store/store.ts'
import { type Entry, entryName, noEntry, openEntry, type ReadEntry, sealEntry } from './format/entry.ts'
import type { RepositoryKeys } from './format/key.ts'
import { nameOf, objectSaltBytes } from './format/object.ts'
import { LedgerState } from './ledger-state.ts'
import type { LedgerHead, Random } from './repository.ts'

const readsAtOnce = 16

/** Entries that change which packs new points may rely on. */
const trustKinds: ReadonlySet<ReadEntry['kind']> = new Set(['bad', 'mark', 'sweep'])

type Stored = { readonly number: number; readonly bytes: Uint8Array | undefined }

type LedgerOptions = { readonly store: Store; readonly keys: RepositoryKeys; readonly random: Random }

/**
 * The numbered, chained record of what lives. Everything is told by the entries themselves: a listing is only ever a hint
 * that one of them is missing. Failures: `repository-damaged` (a hole, a broken chain, an entry that does not open),
 * `repository-rolled-back`. Calls must not overlap.
 */
export class Ledger {
  readonly #options: LedgerOptions
  /** SHA-256 of entry n at n − 1. */
  readonly #hashes: string[] = []
  /** What the entries up to the head come to. */
  readonly state = new LedgerState()
  /** Up to which entry the rest of the repository has taken in what was read. */
  taken = 0
  #trustChangedAt = 0
  #hasUnknown = false

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  get head(): LedgerHead {
    return { number: this.#hashes.length, hash: this.#hashes.at(-1) ?? noEntry }
  }

  /** True when an entry is of a kind that this version does not know: somebody newer writes here. */
  get hasUnknown(): boolean {
    return this.#hasUnknown
  }

  /** Number of the newest entry that says which packs are to be relied on. */
  get trustChangedAt(): number {
    return this.#trustChangedAt
  }

  /** Reads on from the head. */
  async advance(signal: AbortSignal): Promise<void> {
    for (;;) {
      const from = this.head.number + 1
      const window = await Promise.all(Array.from({ length: readsAtOnce }, (_, at) => this.#read(from + at, signal)))
      for (const stored of window) {
        if (!(await this.#follow(stored, window, signal))) return
      }
    }
  }

  /** Fails unless the repository still has what was seen before, and every entry that a listing shows. */
  async check(seen: LedgerHead | undefined, signal: AbortSignal): Promise<void> {
    if (seen !== undefined && this.#hashes[seen.number - 1] !== seen.hash) {
      const found = seen.number > this.head.number ? `ends at entry ${this.head.number}` : 'has another entry there'
      throw new Failure('repository-rolled-back', `Entry ${seen.number} was seen before; the ledger ${found} now`)
    }
    const next = entryName(this.head.number + 1)
    for await (const { name } of this.#options.store.list('ledger/', signal)) {
      if (name <= next || (await this.#read(this.head.number + 1, signal)).bytes !== undefined) continue
      throw new Failure('repository-damaged', `${next} is missing, although ${name} is there`)
    }
  }

  /**
   * Appends exactly one entry, made by `make` for its number and the hash before it. `onOthers` is called when somebody else
   * added entries meanwhile, before `make` is asked again; what `make` throws ends it. The writing itself is not cut off by
   * `signal`: it is done or it is not. Answers the entry's number.
   */
  async append(
    make: (number: number, previous: string) => Promise<Entry>,
    onOthers: () => Promise<void>,
    onSent: (bytes: number, stored: boolean) => void,
    signal: AbortSignal,
  ): Promise<number> {
    const { keys, random } = this.#options
    await this.#needHead(signal)
    for (;;) {
      signal.throwIfAborted()
      const { number, hash } = this.head
      const entry = await make(number + 1, hash)
      const bytes = sealEntry(keys.at(this.state.epoch), random(objectSaltBytes), entry)
      const isOurs = await this.#create(entryName(number + 1), bytes)
      onSent(bytes.length, isOurs)
      if (isOurs) {
        this.#accept(entry, bytes)
        if (this.taken === number) this.taken = number + 1
        return number + 1
      }
      await this.advance(signal)
      await onOthers()
    }
  }

  /** Reads every entry again. Yields what is wrong with each, undefined when nothing is. */
  async *audit(signal: AbortSignal): AsyncGenerator<{ readonly name: string; readonly problem: string | undefined }> {
    for (const [at, hash] of [...this.#hashes].entries()) {
      const { number, bytes } = await this.#read(at + 1, signal)
      const found = bytes === undefined ? 'is missing' : 'is not what was read when the repository was opened'
      const isWhole = bytes !== undefined && nameOf(bytes) === hash
      yield { name: entryName(number), problem: isWhole ? undefined : found }
    }
  }

  async #read(number: number, signal: AbortSignal): Promise<Stored> {
    return { number, bytes: await getOrNothing(this.#options.store, entryName(number), signal) }
  }

  /** False at the end of the ledger. */
  async #follow(stored: Stored, window: readonly Stored[], signal: AbortSignal): Promise<boolean> {
    const later = window.find(({ number, bytes }) => number > stored.number && bytes !== undefined)
    if (stored.bytes === undefined && later === undefined) return false
    // The entry may have been written between our read of it and our read of a later one.
    const bytes = stored.bytes ?? (await this.#read(stored.number, signal)).bytes
    const name = entryName(stored.number)
    if (bytes === undefined) {
      throw new Failure('repository-damaged', `${name} is missing, although entry ${later?.number} is there`)
    }
    const entry = this.#open(bytes, stored.number)
    if (entry.number !== stored.number || entry.previous !== this.head.hash) {
      throw new Failure('repository-damaged', `${name} does not follow the entry before it`)
    }
    this.#accept(entry, bytes)
    return true
  }

  #accept(entry: ReadEntry, bytes: Uint8Array): void {
    this.#hashes.push(nameOf(bytes))
    this.#hasUnknown ||= entry.kind === 'unknown'
    if (trustKinds.has(entry.kind)) this.#trustChangedAt = entry.number
    this.state.apply(entry)
  }

  #open(bytes: Uint8Array, number: number): ReadEntry {
    try {
      return openEntry(this.#options.keys, bytes, number)
    } catch (thrown) {
      throw new Failure('repository-damaged', `${entryName(number)} cannot be read: ${String(thrown)}`, {
        cause: thrown,
      })
    }
  }

  /** A ledger that lost its end while we were looking must not be written on: nobody could tell the loss from a hole. */
  async #needHead(signal: AbortSignal): Promise<void> {
    const { number, hash } = this.head
    if (number === 0) return
    const { bytes } = await this.#read(number, signal)
    if (bytes !== undefined && nameOf(bytes) === hash) return
    throw new Failure('repository-rolled-back', `${entryName(number)} is no longer what it was`)
  }

  /**
   * True when the object holds our bytes, also when the store's answer was lost on the way. When there is none yet, the
   * request may still be under way: the same bytes are sent once more, so that what is answered is what will stay.
   */
  async #create(name: string, bytes: Uint8Array): Promise<boolean> {
    const { store } = this.#options
    const whole = new AbortController().signal
    try {
      if (await store.create(name, bytes, whole)) return true
    } catch (thrown) {
      const found = await getOrNothing(store, name, whole).catch(() => {
        throw thrown
      })
      if (found === undefined && (await store.create(name, bytes, whole))) return true
    }
    if (Buffer.compare(await store.get(name, whole), bytes) !== 0) return false
    // It is there, but what went wrong may have been the very step that makes it last.
    await store.secure(name, whole)
    return true
  }
}

export async function getOrNothing(store: Store, name: string, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await store.get(name, signal)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'object-missing') return undefined
    throw thrown
  }
}

/** Whether anything lies in the store that only a repository with a ledger has. */
export async function holdsData(store: Store, signal: AbortSignal): Promise<boolean> {
  for (const folder of ['packs/', 'indexes/', 'manifests/']) {
    for await (const _ of store.list(folder, signal)) return true
  }
  return (await store.stat(entryName(2), signal)) !== undefined
}
