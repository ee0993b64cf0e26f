import type { WireFailure } from '../../../shared/failure.ts'
import { saltBytes } from '../repository/format/pack.ts'
import { type ChunkKeys, type Codec, idBytes, type RecordType } from './chunk.ts'
import type { Generations } from './claims.ts'
import type { Plants } from './plant.ts'
import type { FinishedPack, OpenRequest } from './pool.ts'

/** What the pool asks of its threads and what they answer, as messages. Buffers are handed over, not copied. */

export type SealErrand = {
  readonly kind: 'seal'
  readonly sealer: number
  readonly keys: ChunkKeys
  readonly table: SharedArrayBuffer
  readonly claims: Generations
  readonly packBytes: number
  readonly type: RecordType
  readonly unitBytes: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

export type OpenErrand = {
  readonly kind: 'open'
  readonly keys: ChunkKeys
  readonly sealed: Uint8Array<ArrayBuffer>
  readonly requests: FlatList
  readonly rehash: boolean
}

export type IdentifyErrand = {
  readonly kind: 'identify'
  readonly keys: ChunkKeys
  readonly unitBytes: number
  readonly bytes: Uint8Array<ArrayBuffer>
}

/** Hands over the sealer's open pack, if it has one, and forgets the sealer. */
export type CloseErrand = { readonly kind: 'close'; readonly sealer: number }

export type Errand = SealErrand | OpenErrand | IdentifyErrand | CloseErrand

/** An errand under the number that its answer will bear. */
export type Order = { readonly kind: 'order'; readonly number: number; readonly errand: Errand }

/** Not answered: a pack's buffer comes back to be filled again, or what a sealer had open is thrown away. */
export type Notice =
  | { readonly kind: 'return'; readonly buffer: ArrayBuffer }
  | { readonly kind: 'drop'; readonly sealer: number }

export type PackMessage = {
  readonly kind: 'pack'
  readonly sealer: number
  readonly name: string
  readonly salt: Uint8Array<ArrayBuffer>
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly records: FlatList
}

/** `bytes` are ids or plaintexts; `damaged` numbers the records that did not open. */
export type Done = { readonly bytes: Uint8Array<ArrayBuffer>; readonly damaged: readonly number[] }

export type Answer =
  | { readonly kind: 'done'; readonly number: number; readonly done: Done }
  | { readonly kind: 'failed'; readonly number: number; readonly failure: WireFailure }
  | PackMessage

/** What a thread is started with. */
export type WorkerSettings = { readonly plants: Plants }

/**
 * Lists as two flat arrays: objects by the hundred would cost more to hand over than their chunks cost to open, and a
 * view of a large buffer would take the whole buffer along.
 */
export type FlatList = { readonly words: Uint32Array<ArrayBuffer>; readonly names: Uint8Array<ArrayBuffer> }

const requestWords = 6
const recordWords = 5

export function encodeRequests(requests: readonly OpenRequest[]): FlatList {
  const words = new Uint32Array(requests.length * requestWords)
  const names = new Uint8Array(requests.length * (saltBytes + idBytes))
  for (const [index, request] of requests.entries()) {
    const { ordinal, type, codec, rawBytes, offset, storedBytes } = request
    words.set([ordinal, type, codec, rawBytes, offset, storedBytes], index * requestWords)
    names.set(request.salt, index * (saltBytes + idBytes))
    names.set(request.id, index * (saltBytes + idBytes) + saltBytes)
  }
  return { words, names }
}

export function decodeRequests({ words, names }: FlatList): OpenRequest[] {
  return Array.from({ length: words.length / requestWords }, (_, index) => {
    const at = index * requestWords
    const [ordinal = 0, type = 0, codec = 0, rawBytes = 0, offset = 0, storedBytes = 0] = words.subarray(at)
    const name = index * (saltBytes + idBytes)
    const salt = names.subarray(name, name + saltBytes)
    const id = names.subarray(name + saltBytes, name + saltBytes + idBytes)
    return { salt, id, ordinal, type: type as RecordType, codec: codec as Codec, rawBytes, offset, storedBytes }
  })
}

export function encodeRecords(records: FinishedPack['records']): FlatList {
  const words = new Uint32Array(records.length * recordWords)
  const names = new Uint8Array(records.length * idBytes)
  for (const [index, { id, offset, storedBytes, rawBytes, type, codec }] of records.entries()) {
    words.set([offset, storedBytes, rawBytes, type, codec], index * recordWords)
    names.set(id, index * idBytes)
  }
  return { words, names }
}

export function decodeRecords({ words, names }: FlatList): FinishedPack['records'] {
  return Array.from({ length: words.length / recordWords }, (_, index) => {
    const [offset = 0, storedBytes = 0, rawBytes = 0, type = 0, codec = 0] = words.subarray(index * recordWords)
    const id = names.subarray(index * idBytes, (index + 1) * idBytes)
    return { id, offset, storedBytes, rawBytes, type: type as RecordType, codec: codec as Codec }
  })
}
