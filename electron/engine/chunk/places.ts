import { Failure } from '../../../shared/failure.ts'
import { type EncodedPack, idOffset, readRecord } from '../repository/format/index.ts'
import { maxPackBytes, tagBytes } from '../repository/format/pack.ts'
import type { Codec, RecordPlace, RecordType } from './chunk.ts'
import type { FinishedPack } from './pool.ts'
import { Table, type Trust, type TrustedSlot } from './table.ts'

/** What an index tells of one pack. */
export type PlacedPack = {
  /** SHA-256 of the pack, lower-case hex. */
  readonly name: string
  /** 32 bytes. */
  readonly salt: Uint8Array
  readonly epoch: number
  readonly sizeBytes: number
  /** In the order of their ordinals. */
  readonly records: FinishedPack['records']
}

/** `rawBytes`: of all its records before compression. */
export type PackFacts = Omit<PlacedPack, 'records'> & { readonly records: number; readonly rawBytes: number }

const wordsPerRecord = 3
const typeShift = 28
const codecShift = 30
const rawMask = (1 << typeShift) - 1

/**
 * Where every stored chunk lies. The table of ids is shared memory that workers read; the rest lives on the engine's
 * thread, twelve bytes a record. Measured with 5 million chunks in packs of 128: 49 to 57 bytes a chunk, all told, as the
 * table is fuller or emptier.
 */
export class Places {
  readonly #table: Table
  readonly #packs: (PackFacts & { readonly words: Uint32Array })[] = []
  readonly #numbers = new Map<string, number>()
  #records = 0

  /** `records` is how many are expected, so that the table need not grow while indexes are read. */
  constructor(records = 0) {
    this.#table = new Table(records)
  }

  /** For `ChunkPool.sealer`: to be asked each time, a larger table takes the place of a full one. */
  readonly table = (): SharedArrayBuffer => this.#table.buffer

  /** Records of all packs that are known, an id in two packs counted twice. */
  get records(): number {
    return this.#records
  }

  /**
   * Only for a pack that is durable: from here on new points rely on it. Answers the pack's number, the same for a name
   * that is known already. Fails with `object-damaged` for records that cannot lie in a pack of this size.
   */
  add(pack: PlacedPack): number {
    const known = this.#numbers.get(pack.name)
    if (known !== undefined) return known
    const words = new Uint32Array(pack.records.length * wordsPerRecord)
    for (const [ordinal, record] of pack.records.entries()) setWords(words, ordinal, record, pack)
    const number = this.#take(pack, words)
    for (const [ordinal, { id }] of pack.records.entries()) this.#table.insert(id, number, ordinal)
    return number
  }

  /** The same for a pack as an index tells it: no record becomes an object of its own. */
  addEncoded(pack: EncodedPack): number {
    const known = this.#numbers.get(pack.name)
    if (known !== undefined) return known
    const { encoded, records, name, sizeBytes } = pack
    const words = new Uint32Array(records * wordsPerRecord)
    const what = `pack ${name}`
    for (let at = 0; at < records; at++) setWords(words, at, readRecord(encoded, at, sizeBytes, what), pack)
    const number = this.#take(pack, words)
    for (let at = 0; at < records; at++) this.#table.insertFrom(encoded, idOffset(at), number, at)
    return number
  }

  #take({ name, salt, epoch, sizeBytes }: Omit<PlacedPack, 'records'>, words: Uint32Array): number {
    const number = this.#packs.length
    const records = words.length / wordsPerRecord
    this.#packs.push({
      name,
      salt: Uint8Array.from(salt),
      epoch,
      sizeBytes,
      records,
      rawBytes: rawBytesOf(words),
      words,
    })
    this.#numbers.set(name, number)
    this.#table.reserve(records)
    this.#records += records
    return number
  }

  /** Whether a new point may rely on a stored record of this id. */
  has(id: Uint8Array): boolean {
    return this.#table.has(id)
  }

  find(id: Uint8Array): RecordPlace | undefined {
    const slot = this.#table.find(id)
    return slot === undefined ? undefined : this.at(slot.pack, slot.ordinal)
  }

  /** Every record of this id, also in packs that are not to be relied on. */
  each(id: Uint8Array): Iterable<TrustedSlot> {
    return this.#table.each(id)
  }

  /** `number` comes from `add` or from a `RecordPlace`. */
  pack(number: number): PackFacts {
    return this.#entry(number)
  }

  /** The number of a pack that is known by name. */
  numberOf(name: string): number | undefined {
    return this.#numbers.get(name)
  }

  /** Makes room for that many more records, so that the table need not grow step by step. */
  reserve(records: number): void {
    this.#table.reserve(records)
  }

  /** The numbers of all packs that are there. */
  get numbers(): Iterable<number> {
    return this.#numbers.values()
  }

  /**
   * By the packs' numbers. Chunks of a pack that is distrusted are stored again by the next point (I11); what is left of it
   * stays readable. A pack that is removed is gone from the repository: its number is not used again.
   */
  change(packs: ReadonlyMap<number, Trust>): void {
    if (packs.size === 0) return
    this.#table.change(packs)
    for (const [number, change] of packs) if (change === 'remove') this.#drop(number)
  }

  #drop(number: number): void {
    const entry = this.#entry(number)
    this.#numbers.delete(entry.name)
    this.#records -= entry.records
    this.#packs[number] = { ...entry, words: new Uint32Array(0) }
  }

  /** A record of a pack that is there, by its place in it. */
  at(pack: number, ordinal: number): RecordPlace {
    const { words } = this.#entry(pack)
    const at = ordinal * wordsPerRecord
    const [offset = 0, storedBytes = 0, rest = 0] = words.subarray(at, at + wordsPerRecord)
    const type = ((rest >>> typeShift) & 3) as RecordType
    const codec = (rest >>> codecShift) as Codec
    return { pack, ordinal, offset, storedBytes, rawBytes: rest & rawMask, type, codec }
  }

  #entry(number: number): PackFacts & { readonly words: Uint32Array } {
    const entry = this.#packs[number]
    if (entry === undefined) throw new RangeError(`there is no pack ${number}`)
    return entry
  }
}

function setWords(
  words: Uint32Array,
  ordinal: number,
  record: Omit<PlacedPack['records'][number], 'id'>,
  pack: { readonly name: string; readonly sizeBytes: number },
): void {
  const { offset, storedBytes, rawBytes, type, codec } = record
  if (offset + storedBytes + tagBytes > pack.sizeBytes || rawBytes > maxPackBytes) {
    throw new Failure('object-damaged', `record ${ordinal} does not lie in pack ${pack.name}`)
  }
  const at = ordinal * wordsPerRecord
  words[at] = offset
  words[at + 1] = storedBytes
  words[at + 2] = rawBytes | (type << typeShift) | (codec << codecShift)
}

function rawBytesOf(words: Uint32Array): number {
  let sum = 0
  for (let at = 2; at < words.length; at += wordsPerRecord) sum += (words[at] ?? 0) & rawMask
  return sum
}
