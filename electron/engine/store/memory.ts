import { Failure } from '../../../shared/failure.ts'
import { needName, needPrefix } from './name.ts'
import type { ObjectInfo, ObjectName, Store } from './store.ts'

export type StoreCall = {
  readonly kind: 'put' | 'create' | 'get' | 'getRange' | 'stat' | 'list' | 'secure' | 'remove'
  /** The prefix of a `list`. */
  readonly name: string
  /** `after`: the work is done and only the answer can still be lost. */
  readonly when: 'before' | 'after'
}

/** Awaited around every call; it may wait, or throw what the call is to fail with. */
export type OnStoreCall = (call: StoreCall) => Promise<void> | void

/** A store in memory. `objects` is what it holds; tests may damage it. `now` is the store's own clock. */
export type MemoryStore = Store & {
  readonly objects: Map<ObjectName, Uint8Array>
  /** When each was put; an object without one tells none. */
  readonly times: Map<ObjectName, number>
}

export function memoryStore(onCall: OnStoreCall = () => {}, now: () => number = Date.now): MemoryStore {
  const objects = new Map<ObjectName, Uint8Array>()
  const times = new Map<ObjectName, number>()
  const putNew = <T>(name: ObjectName, put: () => T): T => {
    const isNew = !objects.has(name)
    const result = put()
    if (isNew) times.set(name, now())
    return result
  }
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
    times,
    locks: undefined,
    secure: (name, signal) => around('secure', name, signal, () => void need(objects, name)),
    put: (name, bytes, signal) => around('put', name, signal, () => putNew(name, () => putInto(objects, name, bytes))),
    create: (name, bytes, signal) =>
      around('create', name, signal, () => putNew(name, () => createIn(objects, name, bytes))),
    get: (name, signal) => around('get', name, signal, () => new Uint8Array(need(objects, name))),
    getRange: (name, offset, lengthBytes, signal) =>
      around('getRange', name, signal, () => rangeOf(name, need(objects, name), offset, lengthBytes)),
    stat: (name, signal) =>
      around('stat', name, signal, () => {
        const bytes = objects.get(name)
        return bytes && infoOf(name, bytes, times.get(name))
      }),
    async *list(prefix, signal) {
      needPrefix(prefix)
      const names = await around('list', prefix, signal, () => [...objects.keys()].filter((n) => n.startsWith(prefix)))
      for (const name of names.sort()) yield infoOf(name, objects.get(name) ?? new Uint8Array(), times.get(name))
    },
    remove: (name, signal) => around('remove', name, signal, () => void objects.delete(name)),
    space: async () => undefined,
    async [Symbol.asyncDispose]() {},
  }
}

function infoOf(name: ObjectName, bytes: Uint8Array, modifiedAt: number | undefined): ObjectInfo {
  return { name, sizeBytes: bytes.length, ...(modifiedAt === undefined ? {} : { modifiedAt }) }
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
