import { Failure } from '../../../shared/failure.ts'
import type { LockRule } from '../../../shared/repository.ts'
import type { Head, Lock } from './s3-api.ts'
import { type S3Bucket, unexpected } from './s3-bucket.ts'
import { isNotFound } from './s3-error.ts'
import type { S3Objects } from './s3-objects.ts'
import { removeObject } from './s3-remove.ts'
import type { ObjectName, StoreLocks } from './store.ts'

const dayMs = 24 * 60 * 60 * 1000
/** What comes and goes while the repository is used. */
const neverLocked = ['leases/', 'probe/']
export const canaryFolder = 'canary/'
const canary = `${canaryFolder}lock`

/** Object Lock of a bucket. Times are the store's own: they are counted from its clock as its answers tell it. */
export class S3Locks implements StoreLocks {
  readonly #bucket: S3Bucket
  readonly #objects: S3Objects
  readonly #prefix: string
  #rule: LockRule | undefined

  constructor(bucket: S3Bucket, objects: S3Objects) {
    this.#bucket = bucket
    this.#objects = objects
    this.#prefix = bucket.address.prefix
  }

  setRule(rule: LockRule | undefined): void {
    this.#rule = rule
  }

  /** How what is put under this name now is locked. */
  lockFor(name: ObjectName): Lock | undefined {
    if (this.#rule === undefined || neverLocked.some((folder) => name.startsWith(folder))) return undefined
    return { mode: this.#rule.mode, until: this.#bucket.now + this.#rule.days * dayMs }
  }

  async until(name: ObjectName, signal: AbortSignal): Promise<number | undefined> {
    return (await this.#head(name, signal)).lockedUntil
  }

  /** A lock in compliance mode stays one. The store's own word afterwards is what counts. */
  async extend(name: ObjectName, mode: LockRule['mode'], until: number, signal: AbortSignal): Promise<void> {
    const { versionId, lockMode, lockedUntil = 0 } = await this.#head(name, signal)
    const lock: Lock = { mode: lockMode === 'compliance' ? lockMode : mode, until: Math.max(until, lockedUntil) }
    if (lockMode === lock.mode && lockedUntil === lock.until) return
    const key = this.#prefix + name
    try {
      await this.#bucket.ask((send) => this.#bucket.api.lock(key, versionId, lock, send), signal)
    } catch (thrown) {
      throw unexpected(`Locking ${name}`, thrown)
    }
    const told = (await this.#head(name, signal)).lockedUntil ?? 0
    // A store may keep whole seconds.
    if (told < lock.until - 1000)
      throw new Failure('store-unsuitable', `The store takes a lock of ${name} and does not keep it`)
  }

  /** One small object, locked for a day at a time. Its deletion is tried each time, for good and by its version. */
  async tryCanary(rule: LockRule, signal: AbortSignal): Promise<'refused' | 'deleted'> {
    const key = this.#prefix + canary
    const until = await this.#lockedUntil(key, signal)
    if (until === undefined || until < this.#bucket.now + dayMs / 24) {
      await removeIfFree(this.#bucket, this.#objects, key, signal)
      const lock: Lock = { mode: rule.mode, until: this.#bucket.now + dayMs }
      await this.#objects.put(key, new TextEncoder().encode(`canary ${lock.until}`), lock, signal)
    }
    return (await removeIfFree(this.#bucket, this.#objects, key, signal)) ? 'deleted' : 'refused'
  }

  async #lockedUntil(key: string, signal: AbortSignal): Promise<number | undefined> {
    const found = await this.#objects.find(key, signal)
    if (found === undefined) return undefined
    return (await this.#bucket.ask((send) => this.#bucket.api.head(key, found.versionId, send), signal)).lockedUntil
  }

  async #head(name: ObjectName, signal: AbortSignal): Promise<Head> {
    const key = this.#prefix + name
    const found = await this.#objects.find(key, signal)
    try {
      if (found !== undefined)
        return await this.#bucket.ask((send) => this.#bucket.api.head(key, found.versionId, send), signal)
    } catch (thrown) {
      if (!isNotFound(thrown)) throw unexpected(`Looking for the lock of ${name}`, thrown)
    }
    throw new Failure('object-missing', `${name} does not exist`)
  }
}

async function removeIfFree(bucket: S3Bucket, objects: S3Objects, key: string, signal: AbortSignal): Promise<boolean> {
  try {
    await removeObject(bucket, objects, key, signal)
    return true
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'object-locked') return false
    throw thrown
  }
}
