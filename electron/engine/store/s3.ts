import { Failure } from '../../../shared/failure.ts'
import { addressText } from '../../../shared/repository.ts'
import type { Space } from '../base/space.ts'
import { isName, needName, needPrefix } from './name.ts'
import { S3Bucket, type S3Options, unexpected } from './s3-bucket.ts'
import { isNotFound, S3Refusal } from './s3-error.ts'
import { canaryFolder, S3Locks } from './s3-locks.ts'
import { S3Objects } from './s3-objects.ts'
import { probeFolder } from './s3-probe.ts'
import { removeObject } from './s3-remove.ts'
import type { ObjectInfo, ObjectName, Store } from './store.ts'
import { Turns } from './turns.ts'

export type { S3Options } from './s3-bucket.ts'

/** More uploads wait their turn: each holds a pack in memory. */
const uploads = 8

/**
 * Opens a bucket. Fails with `invalid-argument` for an address that would be spoken to in the clear, `repository-unreachable`
 * when nothing answers within seconds or there is no such bucket, `credentials-refused`.
 */
export async function openS3Store(options: S3Options, signal: AbortSignal): Promise<Store> {
  const bucket = new S3Bucket(options)
  try {
    const objects = new S3Objects(bucket, await hasVersions(bucket, signal))
    return new S3Store(bucket, objects, (await offersLocks(bucket, signal)) ? new S3Locks(bucket, objects) : undefined)
  } catch (thrown) {
    bucket.close()
    throw thrown
  }
}

/** Credentials that may not ask are not refused for it: an object tells as well whether it has versions. */
async function hasVersions(bucket: S3Bucket, signal: AbortSignal): Promise<boolean> {
  try {
    return (await bucket.askSoon((send) => bucket.api.versioning(send), signal)) === 'on'
  } catch (thrown) {
    if (!(thrown instanceof Failure) || !['credentials-refused', 'store-unsuitable'].includes(thrown.code)) {
      throw unexpected('Opening the bucket', thrown)
    }
  }
  try {
    const key = `${bucket.address.prefix}config`
    return (await bucket.askSoon((send) => bucket.api.head(key, undefined, send), signal)).versionId !== undefined
  } catch (thrown) {
    if (isNotFound(thrown)) return false
    throw unexpected('Opening the bucket', thrown)
  }
}

/** Credentials that may not ask may be able to lock all the same. */
async function offersLocks(bucket: S3Bucket, signal: AbortSignal): Promise<boolean> {
  try {
    return await bucket.askSoon((send) => bucket.api.offersLocks(send), signal)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'credentials-refused') return true
    if (thrown instanceof Failure && !(thrown.cause instanceof S3Refusal)) throw thrown
    return false
  }
}

/** Objects are keys below the address' prefix. What each call relies on stands with `S3Objects`. */
class S3Store implements Store {
  readonly title: string
  readonly locks: S3Locks | undefined
  readonly #bucket: S3Bucket
  readonly #objects: S3Objects
  readonly #uploads = new Turns(uploads)

  constructor(bucket: S3Bucket, objects: S3Objects, locks: S3Locks | undefined) {
    this.title = addressText(bucket.address)
    this.#bucket = bucket
    this.#objects = objects
    this.locks = locks
  }

  async put(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    const key = this.#keyOf(name)
    await this.#uploads.take(() => this.#objects.put(key, bytes, this.locks?.lockFor(name), signal), signal)
  }

  async create(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    const key = this.#keyOf(name)
    return await this.#uploads.take(() => this.#objects.create(key, bytes, this.locks?.lockFor(name), signal), signal)
  }

  async get(name: ObjectName, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#objects.read(this.#keyOf(name), signal)
  }

  async getRange(name: ObjectName, offset: number, lengthBytes: number, signal: AbortSignal) {
    const key = this.#keyOf(name)
    if (lengthBytes > 0) return await this.#objects.readRange(key, offset, lengthBytes, signal)
    const { sizeBytes } = await this.#need(name, signal)
    if (offset <= sizeBytes) return new Uint8Array()
    throw new Failure('object-damaged', `${name} ends at ${sizeBytes}, short of ${offset}`)
  }

  async stat(name: ObjectName, signal: AbortSignal): Promise<ObjectInfo | undefined> {
    const found = await this.#objects.find(this.#keyOf(name), signal)
    if (found === undefined) return undefined
    const { sizeBytes, modifiedAt } = found
    return { name, sizeBytes, ...(modifiedAt === undefined ? {} : { modifiedAt }) }
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<ObjectInfo> {
    needPrefix(prefix)
    const below = this.#bucket.address.prefix + prefix
    for await (const { key, ...info } of this.#objects.list(below, signal)) {
      const name = key.slice(this.#bucket.address.prefix.length)
      if (isName(name) && !name.startsWith(canaryFolder) && !name.startsWith(probeFolder)) yield { name, ...info }
    }
  }

  async space(signal: AbortSignal): Promise<Space | undefined> {
    signal.throwIfAborted()
    return undefined
  }

  /** What a bucket tells of is durable: it took it in whole. */
  async secure(name: ObjectName, signal: AbortSignal): Promise<void> {
    await this.#need(name, signal)
  }

  async remove(name: ObjectName, signal: AbortSignal): Promise<void> {
    await removeObject(this.#bucket, this.#objects, this.#keyOf(name), signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#bucket.close()
  }

  #keyOf(name: ObjectName): string {
    needName(name)
    return this.#bucket.address.prefix + name
  }

  async #need(name: ObjectName, signal: AbortSignal): Promise<ObjectInfo> {
    const found = await this.stat(name, signal)
    if (found === undefined) throw new Failure('object-missing', `${name} does not exist`)
    return found
  }
}
