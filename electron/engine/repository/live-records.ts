import type { Holdings } from './holdings.ts'

/** Records of one pack that are needed. */
type Needed = { readonly bits: Uint8Array; records: number; storedBytes: number }

/**
 * Which records are needed, a bit for each. Of a chunk that lies in several packs one is enough, if new points may rely on it
 * and the ledger names it; if none is like that, all of them are needed.
 */
export class LiveRecords {
  readonly #holdings: Holdings
  readonly #needed = new Map<number, Needed>()
  /** Packs for whose sake the same chunks in other packs count as unneeded. */
  readonly #relied = new Set<number>()
  /** By a pack that holds needed chunks as well: the packs that count in its stead. */
  readonly #homes = new Map<number, Set<number>>()
  #named: ReadonlySet<number> = new Set()
  #isOpen = false

  constructor(holdings: Holdings) {
    this.#holdings = holdings
  }

  /** To be called before records are marked: takes in what the ledger names by now. */
  open(): void {
    this.#named = namedPacks(this.#holdings)
    this.#isOpen = true
  }

  /** When all were marked. Before that, or when marking has failed, nothing can be asked. */
  close(): void {
    this.#isOpen = false
  }

  /** True when it was not known to be needed; undefined when it lies nowhere. */
  mark(id: Uint8Array): boolean | undefined {
    const places = [...this.#holdings.places.each(id)]
    if (places.length === 0) return undefined
    const relied = places.find(({ pack, trusted }) => trusted && this.#named.has(pack))
    if (relied !== undefined) this.#rely(relied.pack, places)
    const marked = (relied === undefined ? places : [relied]).map(({ pack, ordinal }) => this.#set(pack, ordinal))
    return marked.includes(true)
  }

  /** True once a pack on which the answers rest is not to be relied on any more: then everything is to be told anew. */
  get isStale(): boolean {
    const { places } = this.#holdings
    const known = new Set(places.numbers)
    return [...this.#relied].some((pack) => !known.has(pack) || !this.#holdings.trusts(pack))
  }

  /** The packs for whose sake needed chunks of this one do not count: somebody may still read them here. */
  homesOf(pack: number): Iterable<number> {
    return this.#homes.get(pack) ?? []
  }

  countOf(pack: number): number {
    return this.#of(pack)?.records ?? 0
  }

  /** Of the ciphertexts of needed records. */
  storedBytesOf(pack: number): number {
    return this.#of(pack)?.storedBytes ?? 0
  }

  has(pack: number, ordinal: number): boolean {
    const needed = this.#of(pack)
    return needed !== undefined && isSet(needed.bits, ordinal)
  }

  #rely(home: number, places: readonly { readonly pack: number }[]): void {
    this.#relied.add(home)
    for (const { pack } of places) {
      if (pack === home) continue
      const homes = this.#homes.get(pack) ?? new Set()
      this.#homes.set(pack, homes.add(home))
    }
  }

  #of(pack: number): Needed | undefined {
    if (this.#isOpen) throw new RangeError('asked before every point was looked at')
    return this.#needed.get(pack)
  }

  #set(pack: number, ordinal: number): boolean {
    const { places } = this.#holdings
    const bits = () => new Uint8Array(Math.ceil(places.pack(pack).records / 8))
    const needed = this.#needed.get(pack) ?? { bits: bits(), records: 0, storedBytes: 0 }
    if (isSet(needed.bits, ordinal)) return false
    this.#needed.set(pack, needed)
    needed.bits[ordinal >>> 3] = (needed.bits[ordinal >>> 3] ?? 0) | (1 << (ordinal & 7))
    needed.records++
    needed.storedBytes += places.at(pack, ordinal).storedBytes
    return true
  }
}

/** Numbers of the packs that indexes of the ledger name: only these are there for every engine. */
export function namedPacks({ indexes }: Holdings): ReadonlySet<number> {
  return new Set([...indexes.values()].flat())
}

function isSet(bits: Uint8Array, ordinal: number): boolean {
  return ((bits[ordinal >>> 3] ?? 0) & (1 << (ordinal & 7))) !== 0
}
