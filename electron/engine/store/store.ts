import type { Space } from '../base/space.ts'

/** An object's name: segments of `[a-z0-9-.]` joined by `/`, chosen by us, never by a guest. */
export type ObjectName = string

export type ObjectInfo = { readonly name: ObjectName; readonly sizeBytes: number }

/**
 * Where objects lie. No object is ever changed in place.
 * Failures everywhere: `repository-unreachable` (the place is gone or refuses), `no-space`; anything that a retry may mend
 * has been retried before it is thrown.
 */
export type Store = AsyncDisposable & {
  /** For people: the folder or bucket. */
  readonly title: string
  /**
   * Resolves only when the bytes would survive a power cut. A half-written value is never visible.
   * An object of that name with the same bytes is success; with other bytes it is `object-conflict`.
   */
  put(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<void>
  /** As `put`, but exactly one of several callers creates the object: answers false when it already exists, whatever it holds. */
  create(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<boolean>
  /** The whole object. `object-missing` when there is none. */
  get(name: ObjectName, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
  /** Exactly `lengthBytes` from `offset`; a shorter object is `object-damaged`, none is `object-missing`. */
  getRange(name: ObjectName, offset: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>>
  /** The object's size, or undefined when there is none. */
  stat(name: ObjectName, signal: AbortSignal): Promise<ObjectInfo | undefined>
  /** What the place says it holds below `prefix` (ends with `/`). A hint: liveness is never taken from it. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ObjectInfo>
  /** How much the place still takes; undefined where it has no end, or does not say soon. */
  space(signal: AbortSignal): Promise<Space | undefined>
  /** Removes an object; none there is success. */
  remove(name: ObjectName, signal: AbortSignal): Promise<void>
}
