import type { LockRule } from '../../../shared/repository.ts'
import type { Space } from '../base/space.ts'

/** An object's name: segments of `[a-z0-9-.]` joined by `/`, chosen by us, never by a guest. */
export type ObjectName = string

/** `modifiedAt` is when the store took it in, on the store's clock (milliseconds since 1970); absent in lists that do not say. */
export type ObjectInfo = { readonly name: ObjectName; readonly sizeBytes: number; readonly modifiedAt?: number }

/** Of a store that keeps objects from being deleted, for a while, by anybody (S3 Object Lock). */
export type StoreLocks = {
  /** What is put from now on is locked for so long; undefined locks nothing. Leases and probes never are. */
  setRule(rule: LockRule | undefined): void
  /** When the object may be deleted at the earliest, on the store's clock; undefined when it is not locked. `object-missing` when there is none. */
  until(name: ObjectName, signal: AbortSignal): Promise<number | undefined>
  /** Never shortens. */
  extend(name: ObjectName, mode: LockRule['mode'], until: number, signal: AbortSignal): Promise<void>
  /** Puts a locked object of its own and tries to delete it for good with the credentials at hand: a refusal is the proof. */
  tryCanary(rule: LockRule, signal: AbortSignal): Promise<'refused' | 'deleted'>
}

/**
 * Where objects lie. No object is ever changed in place.
 * Failures everywhere: `repository-unreachable` (the place is gone or refuses), `credentials-refused`, `no-space`; anything
 * that a retry may mend
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
  /** The object's size and when it was put, or undefined when there is none. */
  stat(name: ObjectName, signal: AbortSignal): Promise<ObjectInfo | undefined>
  /** What the place says it holds below `prefix` (ends with `/`). A hint: liveness is never taken from it. */
  list(prefix: string, signal: AbortSignal): AsyncIterable<ObjectInfo>
  /** How much the place still takes; undefined where it has no end, or does not say soon. */
  space(signal: AbortSignal): Promise<Space | undefined>
  /**
   * Makes sure that an object that is there, but was perhaps put by somebody who died before his syncs, would survive a power
   * cut. `object-missing` when there is none.
   */
  secure(name: ObjectName, signal: AbortSignal): Promise<void>
  /** Undefined where nothing can be locked. */
  readonly locks: StoreLocks | undefined
  /**
   * Removes an object for good, all of its versions; none there is success. `object-locked` when its store does not let it go
   * yet, `credentials-refused` when these credentials may not remove.
   */
  remove(name: ObjectName, signal: AbortSignal): Promise<void>
}
