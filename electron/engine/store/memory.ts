import { Failure } from '../../../shared/failure.ts'
import { needName, needPrefix } from './name.ts'
import type { ObjectName, Store } from './store.ts'

export type StoreCall = {
  readonly kind: 'put' | 'create' | 'get' | 'getRange' | 'stat' | 'list' | 'remove'
  /** The prefix of a `list`. */
  readonly name: string
  /** `after`: the work is done and only the answer can still be lost. */
  readonly when: 'before' | 'after'
}

/** Awaited around every call; it may wait, or throw what the call is to fail with. */
export type OnStoreCall = (call: StoreCall) => Promise<void> | void

/** A store in memory. `objects` is what it holds; tests may damage it. */
export type MemoryStore = Store & { readonly objects: Map<ObjectName, Uint8Array> }

export function memoryStore(onCall: OnStoreCall = () => {}): MemoryStore {
  const objects = new Map<ObjectName, Uint8Array>()
  async function around<T>(kind: StoreCall['kind'], name: string, signal: AbortSignal, work: () => T): Promise<T> {
    if (kind !== 'list') needName(name)
    signal.throwIfAborted()
    await onCall({ kind, name, when: 'before' })
    const result = work()
    await onCall({ kind, name, when: 'after' })
    return result
  }
  return {
    title: 'memory',
    objects,
    put: (name, bytes, signal) => around('put', name, signal, () => putInto(objects, name, bytes)),
    create: (name, bytes, signal) => around('create', name, signal, () => createIn(objects, name, bytes)),
    get: (name, signal) => around('get', name, signal, () => new Uint8Array(need(objects, name))),
    getRange: (name, offset, lengthBytes, signal) =>
      around('getRange', name, signal, () => rangeOf(name, need(objects, name), offset, lengthBytes)),
    stat: (name, signal) =>
      around('stat', name, signal, () => {
        const bytes = objects.get(name)
        return bytes && { name, sizeBytes: bytes.length }
      }),
    async *list(prefix, signal) {
      needPrefix(prefix)
      const names = await around('list', prefix, signal, () => [...objects.keys()].filter((n) => n.startsWith(prefix)))
      for (const name of names.sort()) yield { name, sizeBytes: objects.get(name)?.length ?? 0 }
    },
    remove: (name, signal) => around('remove', name, signal, () => void objects.delete(name)),
    space: async () => undefined,
    async [Symbol.asyncDispose]() {},
  }
}

function putInto(objects: Map<ObjectName, Uint8Array>, name: ObjectName, bytes: Uint8Array): void {
  const held = objects.get(name)
  if (held === undefined) objects.set(name, new Uint8Array(bytes))
  else if (Buffer.compare(held, bytes) !== 0) throw new Failure('object-conflict', `${name} exists with other bytes`)
}

function createIn(objects: Map<ObjectName, Uint8Array>, name: ObjectName, bytes: Uint8Array): boolean {
  if (objects.has(name)) return false
  objects.set(name, new Uint8Array(bytes))
  return true
}

function need(objects: Map<ObjectName, Uint8Array>, name: ObjectName): Uint8Array {
  const bytes = objects.get(name)
  if (bytes === undefined) throw new Failure('object-missing', `${name} does not exist`)
  return bytes
}

function rangeOf(name: ObjectName, bytes: Uint8Array, offset: number, lengthBytes: number): Uint8Array<ArrayBuffer> {
  if (offset + lengthBytes <= bytes.length) return new Uint8Array(bytes.subarray(offset, offset + lengthBytes))
  throw new Failure('object-damaged', `${name} ends at ${bytes.length}, wanted ${lengthBytes} bytes at ${offset}`)
}
