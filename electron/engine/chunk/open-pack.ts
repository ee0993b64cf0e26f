import { createHash, randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import {
  encodeFooter,
  encodePackHeader,
  encodeRecordHeader,
  footerBytes,
  packHeaderBytes,
  recordHeaderBytes,
  recordOverheadBytes,
  saltBytes,
} from '../repository/format/pack.ts'
import { type ChunkKeys, codecs, idBytes, type RecordType } from './chunk.ts'
import type { Plants } from './plant.ts'
import type { FinishedPack } from './pool.ts'
import { footerTag, openRecord, packSeal, type SealedRecord, sealRecord } from './seal.ts'
import { release } from './transfer.ts'
import type { Zstd } from './zstd.ts'

/** Keeps the list of one pack short, however well its chunks compress. */
const maxRecords = 4096

/** A pack that a thread is filling. */
export class OpenPack {
  readonly #buffer: Buffer<ArrayBuffer>
  readonly #salt = randomBytes(saltBytes)
  readonly #seal: ReturnType<typeof packSeal>
  readonly #hash = createHash('sha256')
  readonly #records: FinishedPack['records'][number][] = []
  readonly #zstd: Zstd
  readonly #plants: Plants
  #length = packHeaderBytes

  /** `memory` is as long as the pack may become. */
  constructor(memory: ArrayBuffer, keys: ChunkKeys, zstd: Zstd, plants: Plants) {
    this.#buffer = Buffer.from(memory)
    this.#zstd = zstd
    this.#plants = plants
    this.#seal = packSeal(keys, this.#salt)
    const { repositoryId, epoch } = keys
    const header = encodePackHeader({ repositoryId, epoch, salt: this.#salt })
    this.#buffer.set(header)
    this.#hash.update(header)
  }

  hasRoomFor(rawBytes: number): boolean {
    const worstBytes = this.#length + recordOverheadBytes + rawBytes + footerBytes(this.#records.length + 1)
    return worstBytes <= this.#buffer.length && this.#records.length < maxRecords
  }

  /**
   * Seals a chunk as the next record and opens it again as it lies in the pack (I6). Comparing what comes out with what
   * went in proves as much as hashing it once more, since `id` was made from the same bytes, at a tenth of the cost.
   */
  add(type: RecordType, id: Uint8Array, plaintext: Uint8Array): void {
    const ordinal = this.#records.length
    const sealed = sealRecord(this.#seal, { type, ordinal, id }, plaintext, this.#zstd, this.#plants)
    const offset = this.#place(id, sealed)
    if (this.#plants.has('flipped-bit')) this.#buffer.writeUInt8(this.#buffer.readUInt8(offset) ^ 1, offset)
    const end = offset + sealed.header.storedBytes + sealed.tag.length
    if (!this.#plants.has('no-verification-before-put')) {
      this.#verify({ ...sealed.header, id }, this.#buffer.subarray(offset, end), plaintext)
    }
    this.#hash.update(this.#buffer.subarray(this.#length, end))
    this.#length = end
    const { storedBytes, rawBytes, codec } = sealed.header
    this.#records.push({ id, offset, storedBytes, rawBytes, type, codec })
  }

  finish(): FinishedPack {
    this.#addFooter()
    const bytes = this.#buffer.subarray(0, this.#length)
    return { name: this.#hash.digest('hex'), bytes, salt: this.#salt, records: this.#records }
  }

  /** The list of the records, so that the pack can be used even when whoever made it dies before its index is stored. */
  #addFooter(): void {
    const header = this.#buffer.subarray(0, packHeaderBytes)
    const footer = encodeFooter(header, this.#length, this.#records)
    const whole = Buffer.concat([footer, footerTag(this.#seal, footer)])
    this.#buffer.set(whole, this.#length)
    this.#hash.update(whole)
    this.#length += whole.length
  }

  /** Answers where the ciphertext lies. */
  #place(id: Uint8Array, sealed: SealedRecord): number {
    const offset = this.#length + recordHeaderBytes + idBytes
    encodeRecordHeader(this.#buffer, this.#length, sealed.header)
    this.#buffer.set(id, this.#length + recordHeaderBytes)
    this.#buffer.set(sealed.ciphertext, offset)
    this.#buffer.set(sealed.tag, offset + sealed.header.storedBytes)
    release(sealed.ciphertext)
    return offset
  }

  #verify(record: Parameters<typeof openRecord>[1], sealed: Uint8Array, plaintext: Uint8Array): void {
    const opened = openAgain(() => openRecord(this.#seal, record, sealed, this.#zstd, this.#plants))
    if (!Buffer.from(opened.buffer, opened.byteOffset, opened.length).equals(plaintext)) throw unreliable()
    if (record.codec === codecs.raw) release(opened)
  }
}

function openAgain(open: () => Uint8Array): Uint8Array {
  try {
    return open()
  } catch (cause) {
    throw unreliable(cause)
  }
}

function unreliable(cause?: unknown): Failure {
  const message = 'A chunk did not come back as it was sealed: memory or processor of this computer cannot be relied on'
  return new Failure('bug', message, { cause })
}
