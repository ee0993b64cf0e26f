/**
 * Which pack holds a chunk: an open-addressing table on shared memory that the engine's thread writes and every worker
 * reads without a lock.
 *
 * A slot is six 32-bit words: state, four words of the id, ordinal. A slot is filled once, its state last, and is never
 * filled again: a reader that sees a state sees the id that belongs to it. Removing only changes the state.
 *
 * Sixteen of an id's 32 bytes are compared. Ids are HMACs under a secret key: nobody without the key can seek two that
 * begin alike, and among 2^32 chunks two do so by chance with a probability of 2^-65. A reader is safe even then: the
 * whole id is in the key of the record (seal.ts), so the wrong record does not open.
 */

const wordsPerSlot = 6
const bytesPerSlot = wordsPerSlot * Uint32Array.BYTES_PER_ELEMENT
const ordinalWord = 5
const maxLoad = 0.75
const minSlots = 1024
const growth = 1.25

const empty = 0
const removed = 0xffff_ffff

/** Set in the ordinal of records that are not to be relied on by new points. */
const distrusted = 0x8000_0000

export type Slot = { readonly pack: number; readonly ordinal: number }

export type Trust = 'trust' | 'distrust' | 'remove'

/** `trusted`: a new point may rely on it. */
export type TrustedSlot = Slot & { readonly trusted: boolean }

/** How many bytes a table takes for that many records. */
export function tableBytes(records: number): number {
  return Math.max(minSlots, Math.ceil(records / maxLoad)) * bytesPerSlot
}

/** Reads a table. Sees what was inserted before the buffer was replaced by a larger one, and nothing after. */
export class TableReader {
  readonly #words: Uint32Array
  readonly #slots: number

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Uint32Array(buffer)
    this.#slots = this.#words.length / wordsPerSlot
  }

  /** Whether a new point may rely on a stored record of this id. */
  has(id: Uint8Array): boolean {
    return this.#look(id)?.trusted === true
  }

  /** A record of this id, one that may be relied on if there is one. */
  find(id: Uint8Array): Slot | undefined {
    return this.#look(id)
  }

  /** Every record of this id. */
  *each(id: Uint8Array): Generator<TrustedSlot> {
    const view = new DataView(id.buffer, id.byteOffset, id.byteLength)
    const words = this.#words
    for (let slot = home(view.getUint32(0, true), this.#slots); ; slot = (slot + 1) % this.#slots) {
      const at = slot * wordsPerSlot
      const state = Atomics.load(words, at)
      if (state === empty) return
      if (state === removed || !holds(words, at, view)) continue
      const ordinal = Atomics.load(words, at + ordinalWord)
      const trusted = ordinal < distrusted
      yield { pack: state - 1, ordinal: trusted ? ordinal : ordinal - distrusted, trusted }
    }
  }

  #look(id: Uint8Array): TrustedSlot | undefined {
    const view = new DataView(id.buffer, id.byteOffset, id.byteLength)
    const words = this.#words
    let fallback: TrustedSlot | undefined
    for (let slot = home(view.getUint32(0, true), this.#slots); ; slot = (slot + 1) % this.#slots) {
      const at = slot * wordsPerSlot
      const state = Atomics.load(words, at)
      if (state === empty) return fallback
      if (state === removed || !holds(words, at, view)) continue
      const ordinal = Atomics.load(words, at + ordinalWord)
      if (ordinal < distrusted) return { pack: state - 1, ordinal, trusted: true }
      fallback = { pack: state - 1, ordinal: ordinal - distrusted, trusted: false }
    }
  }
}

/** The only writer. `buffer` is replaced by a larger one as the table grows; who reads the old one still may. */
export class Table {
  #buffer: SharedArrayBuffer
  #words: Uint32Array
  #reader: TableReader
  readonly #entry = new Uint32Array(wordsPerSlot)
  #used = 0

  /** `records` is how many are expected, so that the table need not grow while an index is read. */
  constructor(records = 0) {
    this.#buffer = new SharedArrayBuffer(tableBytes(records))
    this.#words = new Uint32Array(this.#buffer)
    this.#reader = new TableReader(this.#buffer)
  }

  get buffer(): SharedArrayBuffer {
    return this.#buffer
  }

  has(id: Uint8Array): boolean {
    return this.#reader.has(id)
  }

  find(id: Uint8Array): Slot | undefined {
    return this.#reader.find(id)
  }

  each(id: Uint8Array): Iterable<TrustedSlot> {
    return this.#reader.each(id)
  }

  /** An id may be in several packs: each has its slot. */
  insert(id: Uint8Array, pack: number, ordinal: number): void {
    this.insertFrom(new DataView(id.buffer, id.byteOffset, id.byteLength), 0, pack, ordinal)
  }

  /** The id lies in `view` at `at`. */
  insertFrom(view: DataView, at: number, pack: number, ordinal: number): void {
    this.reserve(1)
    this.#entry[0] = pack + 1
    for (let word = 0; word < 4; word++) this.#entry[word + 1] = view.getUint32(at + word * 4, true)
    this.#entry[ordinalWord] = ordinal
    fill(this.#words, this.#entry, 0)
    this.#used++
  }

  /** Makes room for that many more records. */
  reserve(records: number): void {
    const slots = this.#words.length / wordsPerSlot
    if (this.#used + records <= Math.floor(slots * maxLoad)) return
    // Growing by a quarter keeps the table at least 0.6 full: memory is dearer here than time.
    this.#rebuild(new SharedArrayBuffer(tableBytes((this.#used + records) * growth)))
  }

  /**
   * Changes what is to be thought of packs, all in one walk through the table. `distrust`: from now on `has` denies what lies
   * there, while `find` still answers it where nothing better is known; `trust` takes that back; `remove` forgets the pack.
   */
  change(packs: ReadonlyMap<number, Trust>): void {
    const words = this.#words
    for (let at = 0; at < words.length; at += wordsPerSlot) {
      const state = words[at] as number
      if (state === empty || state === removed) continue
      const change = packs.get(state - 1)
      if (change === 'distrust') Atomics.or(words, at + ordinalWord, distrusted)
      else if (change === 'trust') Atomics.and(words, at + ordinalWord, ~distrusted)
      else if (change === 'remove') Atomics.store(words, at, removed)
    }
  }

  #rebuild(buffer: SharedArrayBuffer): void {
    const from = this.#words
    const words = new Uint32Array(buffer)
    let used = 0
    for (let at = 0; at < from.length; at += wordsPerSlot) {
      if (from[at] === empty || from[at] === removed) continue
      fill(words, from, at)
      used++
    }
    this.#buffer = buffer
    this.#words = words
    this.#reader = new TableReader(buffer)
    this.#used = used
  }
}

/** Ids are evenly spread, so their first word scaled to the table is a hash of them; the table may have any size. */
function home(word: number, slots: number): number {
  return Math.floor((word / 0x1_0000_0000) * slots)
}

function holds(words: Uint32Array, at: number, id: DataView): boolean {
  return (
    words[at + 1] === id.getUint32(0, true) &&
    words[at + 2] === id.getUint32(4, true) &&
    words[at + 3] === id.getUint32(8, true) &&
    words[at + 4] === id.getUint32(12, true)
  )
}

/** Copies the slot that lies in `from` at `at` to its place in `words`. */
function fill(words: Uint32Array, from: Uint32Array, at: number): void {
  const slots = words.length / wordsPerSlot
  let slot = home(from[at + 1] as number, slots)
  while (words[slot * wordsPerSlot] !== empty) slot = (slot + 1) % slots
  const to = slot * wordsPerSlot
  for (let word = 1; word < wordsPerSlot; word++) words[to + word] = from[at + word] as number
  // Atomics order this store after the ones above: no reader finds the slot before it is whole.
  Atomics.store(words, to, from[at] as number)
}
