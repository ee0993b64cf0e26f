import { toWire } from '../../../shared/failure.ts'
import { tagBytes } from '../repository/format/pack.ts'
import { type ChunkKeys, codecs, idBytes, recordTypes } from './chunk.ts'
import { claim } from './claims.ts'
import {
  type Answer,
  type CloseErrand,
  type Done,
  decodeRequests,
  type Errand,
  encodeRecords,
  type IdentifyErrand,
  type Notice,
  type OpenErrand,
  type Order,
  type SealErrand,
} from './errand.ts'
import { OpenPack } from './open-pack.ts'
import type { Plants } from './plant.ts'
import type { OpenRequest } from './pool.ts'
import { chunkId, openRecord, type PackSeal, packSeal, sameId } from './seal.ts'
import { TableReader } from './table.ts'
import { release } from './transfer.ts'
import { startZstd } from './zstd.ts'

/** How many packs' keys are kept, for reads that go back and forth between packs. */
const keptSeals = 256
const keptBuffers = 1
const lastWords = Buffer.from('die!')

type Post = (answer: Answer, transfer: ArrayBuffer[]) => void

/** One thread's work: everything between a plaintext and a finished pack, and the way back. */
export class Bench {
  readonly #zstd = startZstd()
  readonly #packs = new Map<number, OpenPack>()
  readonly #seals = new Map<string, PackSeal>()
  readonly #spare: ArrayBuffer[] = []
  readonly #post: Post
  readonly #plants: Plants

  constructor(plants: Plants, post: Post) {
    this.#plants = plants
    this.#post = post
  }

  take(message: Order | Notice): void {
    switch (message.kind) {
      case 'order':
        this.#run(message)
        break
      case 'return':
        this.#keep(message.buffer)
        break
      case 'drop':
        this.#packs.delete(message.sealer)
        if (this.#packs.size === 0) this.#spare.length = 0
        break
    }
  }

  #run({ number, errand }: Order): void {
    try {
      const done = this.#answer(errand)
      this.#post({ kind: 'done', number, done }, [done.bytes.buffer])
    } catch (thrown) {
      this.#post({ kind: 'failed', number, failure: toWire(thrown) }, [])
    }
  }

  #answer(errand: Errand): Done {
    switch (errand.kind) {
      case 'seal':
        return { bytes: this.#seal(errand), damaged: [] }
      case 'open':
        return this.#open(errand)
      case 'identify':
        return { bytes: identify(errand), damaged: [] }
      case 'close':
        return { bytes: this.#close(errand), damaged: [] }
    }
  }

  #seal(errand: SealErrand): Uint8Array<ArrayBuffer> {
    const { keys, type } = errand
    const table = new TableReader(errand.table)
    const ids = eachUnit(errand.bytes, errand.unitBytes, (unit) => {
      if (this.#plants.has('dying-worker') && Buffer.from(unit.subarray(0, 4)).equals(lastWords)) process.exit(1)
      const id = chunkId(keys, type, unit)
      if (!table.has(id) && claim(errand.claims, id)) this.#packFor(errand, unit.length).add(type, id, unit)
      return id
    })
    release(errand.bytes)
    return ids
  }

  #packFor(errand: SealErrand, rawBytes: number): OpenPack {
    const open = this.#packs.get(errand.sealer)
    if (open?.hasRoomFor(rawBytes)) return open
    if (open !== undefined) this.#handOver(errand.sealer, open)
    const memory = this.#spare.findIndex((buffer) => buffer.byteLength === errand.packBytes)
    const [buffer = new ArrayBuffer(errand.packBytes)] = memory < 0 ? [] : this.#spare.splice(memory, 1)
    const pack = new OpenPack(buffer, errand.keys, this.#zstd, this.#plants)
    this.#packs.set(errand.sealer, pack)
    return pack
  }

  #close({ sealer }: CloseErrand): Uint8Array<ArrayBuffer> {
    const open = this.#packs.get(sealer)
    if (open !== undefined) this.#handOver(sealer, open)
    return new Uint8Array(0)
  }

  #handOver(sealer: number, open: OpenPack): void {
    this.#packs.delete(sealer)
    const { name, bytes, salt, records } = open.finish()
    const list = encodeRecords(records)
    const pack = { kind: 'pack', sealer, name, salt: Uint8Array.from(salt), bytes, records: list } as const
    this.#post(pack, [bytes.buffer, list.words.buffer, list.names.buffer])
  }

  #open(errand: OpenErrand): Done {
    const requests = decodeRequests(errand.requests)
    const bytes = new Uint8Array(requests.reduce((sum, request) => sum + request.rawBytes, 0))
    const damaged: number[] = []
    let at = 0
    for (const [index, request] of requests.entries()) {
      const plaintext = this.#openOne(errand, request)
      if (plaintext === undefined) damaged.push(index)
      else bytes.set(plaintext, at)
      if (plaintext !== undefined && request.codec === codecs.raw) release(plaintext)
      at += request.rawBytes
    }
    release(errand.sealed)
    return { bytes, damaged }
  }

  #openOne(errand: OpenErrand, request: OpenRequest): Uint8Array | undefined {
    const sealed = errand.sealed.subarray(request.offset, request.offset + request.storedBytes + tagBytes)
    try {
      const plaintext = openRecord(this.#sealOf(errand.keys, request.salt), request, sealed, this.#zstd, this.#plants)
      const isRight = !errand.rehash || sameId(chunkId(errand.keys, request.type, plaintext), request.id)
      return isRight ? plaintext : undefined
    } catch (thrown) {
      if (toWire(thrown).code === 'object-damaged') return undefined
      throw thrown
    }
  }

  #sealOf(keys: ChunkKeys, salt: Uint8Array): PackSeal {
    const name = Buffer.concat([keys.data, keys.repositoryId, salt, Buffer.from(String(keys.epoch))]).toString('latin1')
    const known = this.#seals.get(name)
    if (known !== undefined) return known
    const [oldest] = this.#seals.keys()
    if (this.#seals.size >= keptSeals && oldest !== undefined) this.#seals.delete(oldest)
    const seal = packSeal(keys, salt)
    this.#seals.set(name, seal)
    return seal
  }

  #keep(buffer: ArrayBuffer): void {
    if (this.#spare.length < keptBuffers) this.#spare.push(buffer)
    else buffer.transfer(0)
  }
}

function identify({ keys, bytes, unitBytes }: IdentifyErrand): Uint8Array<ArrayBuffer> {
  const ids = eachUnit(bytes, unitBytes, (unit) => chunkId(keys, recordTypes.data, unit))
  release(bytes)
  return ids
}

/** One id per unit; units of zeroes only have the zero id and are not looked at further. */
function eachUnit(
  bytes: Uint8Array,
  unitBytes: number,
  idOf: (unit: Uint8Array) => Uint8Array,
): Uint8Array<ArrayBuffer> {
  const units = Math.ceil(bytes.length / unitBytes)
  const ids = new Uint8Array(units * idBytes)
  const zeroes = Buffer.alloc(Math.min(unitBytes, bytes.length))
  for (let index = 0; index < units; index++) {
    const unit = bytes.subarray(index * unitBytes, (index + 1) * unitBytes)
    const isZero = zeroes.subarray(0, unit.length).equals(unit)
    if (!isZero) ids.set(idOf(unit), index * idBytes)
  }
  return ids
}
