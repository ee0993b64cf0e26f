import { Failure } from '../../../shared/failure.ts'
import type { Head, Lock, Opened, Send, Version, VersionPage } from './s3-api.ts'
import { type S3Bucket, unexpected } from './s3-bucket.ts'
import { md5Of, sha256Of } from './s3-digest.ts'
import { isNotFound, S3Refusal, WrongAnswer } from './s3-error.ts'
import { type Listed, listPages, oldestOf, versionPage, versionsOf } from './s3-list.ts'
import { readRange, readWhole } from './s3-read.ts'

/** The version of an object that counts. */
export type Found = {
  /** Undefined in a bucket without versions. */
  readonly versionId: string | undefined
  readonly sizeBytes: number
  readonly etag: string
  readonly modifiedAt: number | undefined
}

const remembered = 4096

/** What is sent, with what a store may tell of it later. */
type Sent = {
  readonly key: string
  readonly bytes: Uint8Array
  readonly sha256: Uint8Array
  readonly lock: Lock | undefined
}

/**
 * Objects that never change, in a bucket where keys may have many versions. Where a bucket keeps versions, the oldest counts:
 * nothing that somebody puts or deletes later can take its place, and of several that create one object at once the store's
 * own order names the first, also where it does not honour `If-None-Match` (Ceph 16 does not, once a bucket has versions).
 */
export class S3Objects {
  readonly #bucket: S3Bucket
  #hasVersions: boolean
  /** Packs are read in many ranges: the version that counts is looked up once. */
  readonly #readVersions = new Map<string, Found>()
  readonly #told = new Set<string>()

  constructor(bucket: S3Bucket, hasVersions: boolean) {
    this.#bucket = bucket
    this.#hasVersions = hasVersions
  }

  /** Undefined when there is none. A list that leaves something out is not believed: the key itself is asked for then. */
  async find(key: string, signal: AbortSignal): Promise<Found | undefined> {
    const oldest = await this.#oldest(key, signal)
    if (oldest !== undefined) return oldest
    try {
      const { ask, api } = this.#bucket
      return this.#learn(await ask((send) => api.head(key, undefined, send), signal))
    } catch (thrown) {
      if (!isNotFound(thrown)) throw unexpected('Looking for an object', thrown)
      await this.#needBucket(signal)
      return undefined
    }
  }

  async read(key: string, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return await this.#open(key, undefined, readWhole, signal)
  }

  async readRange(
    key: string,
    offset: number,
    lengthBytes: number,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const range = `bytes=${offset}-${offset + lengthBytes - 1}`
    return await this.#open(key, range, (opened) => readRange(opened, offset, lengthBytes), signal)
  }

  /** The object with these bytes, whoever puts it first. Fails with `object-conflict` when there is another. */
  async put(key: string, bytes: Uint8Array, lock: Lock | undefined, signal: AbortSignal): Promise<void> {
    const sent = { key, bytes, sha256: await sha256Of(bytes), lock }
    const before = this.#hasVersions ? await this.find(key, signal) : undefined
    if (before === undefined && (await this.#create(sent, signal))) return
    const found = before ?? (await this.find(key, signal))
    if (found !== undefined) {
      if (await this.#holds(await this.#made(key, found.versionId, signal), sent, signal)) return
    }
    throw new Failure('object-conflict', `${key} exists with other bytes`)
  }

  /** True when this call made the object. */
  async create(key: string, bytes: Uint8Array, lock: Lock | undefined, signal: AbortSignal): Promise<boolean> {
    if (this.#hasVersions && (await this.find(key, signal)) !== undefined) return false
    return await this.#create({ key, bytes, sha256: await sha256Of(bytes), lock }, signal)
  }

  /** Every version, the newest first; in a bucket without versions none. */
  async versions(key: string, signal: AbortSignal): Promise<readonly Version[]> {
    if (!this.#hasVersions) return []
    return (await this.#unlessRefused((send) => versionsOf(this.#bucket.api, key, send), signal)) ?? []
  }

  /** Where a bucket keeps versions, also what somebody deleted by a marker: it is read, so it is told of. */
  async *list(below: string, signal: AbortSignal): AsyncGenerator<Listed> {
    if (this.#hasVersions) {
      const page = (after: VersionPage['next']) =>
        this.#unlessRefused((send) => versionPage(this.#bucket.api, below, after, send), signal)
      const isTold = yield* oldestOf(page)
      if (isTold) return
    }
    yield* listPages(this.#bucket, below, signal)
  }

  /** Undefined for credentials that may not list versions: what they see is the newest from then on. */
  async #unlessRefused<T>(question: (send: Send) => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    try {
      return await this.#bucket.ask(question, signal)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !['credentials-refused', 'store-unsuitable'].includes(thrown.code)) {
        throw unexpected('Listing versions', thrown)
      }
      this.#bucket.log.warn('Versions of objects cannot be listed', { reason: thrown.message })
      this.#hasVersions = false
      return undefined
    }
  }

  async #oldest(key: string, signal: AbortSignal): Promise<Found | undefined> {
    const versions = await this.versions(key, signal)
    const oldest = versions.findLast((version) => !version.isMarker)
    if (oldest !== undefined && versions.length > 1) this.#tell(key)
    return oldest
  }

  #tell(key: string): void {
    if (this.#told.has(key) || this.#told.size >= remembered) return
    this.#told.add(key)
    this.#bucket.log.warn('An object was deleted or replaced; what was there first is read', { key })
  }

  async #remembered(key: string, signal: AbortSignal): Promise<Found | undefined> {
    if (!this.#hasVersions) return undefined
    const known = this.#readVersions.get(key) ?? (await this.#oldest(key, signal))
    if (this.#readVersions.size >= remembered) this.#readVersions.clear()
    if (known !== undefined) this.#readVersions.set(key, known)
    return known
  }

  #learn<T extends { readonly versionId: string | undefined }>(told: T): T {
    if (told.versionId !== undefined && told.versionId !== 'null') this.#hasVersions = true
    return told
  }

  /** In a bucket that is gone nothing is missing. */
  async #needBucket(signal: AbortSignal): Promise<void> {
    try {
      await this.#bucket.ask((send) => this.#bucket.api.needBucket(send), signal)
    } catch (thrown) {
      if (!isNotFound(thrown)) throw unexpected('Looking for the bucket', thrown)
      throw new Failure('repository-unreachable', `The bucket ${this.#bucket.address.bucket} is gone`)
    }
  }

  async #open<T>(
    key: string,
    range: string | undefined,
    read: (opened: Opened) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    const { ask, api } = this.#bucket
    const first = range === undefined ? await this.#oldest(key, signal) : await this.#remembered(key, signal)
    try {
      return await ask(async (send) => await read(await api.get(key, first?.versionId, range, send)), signal)
    } catch (thrown) {
      if (thrown instanceof S3Refusal && thrown.status === 416) {
        throw new Failure('object-damaged', `${key} ends before ${range}`, { cause: thrown })
      }
      if (!isNotFound(thrown)) throw unexpected(`Reading ${key}`, thrown)
      if (this.#readVersions.delete(key)) return await this.#open(key, range, read, signal)
      if (thrown instanceof S3Refusal && thrown.code !== 'NoSuchKey') await this.#needBucket(signal)
      throw new Failure('object-missing', `${key} does not exist`, { cause: thrown })
    }
  }

  /** Answers false when somebody else was first. An object of ours that holds other bytes than were sent is taken away. */
  async #create(sent: Sent, signal: AbortSignal): Promise<boolean> {
    const { ask, api } = this.#bucket
    const { key } = sent
    let versionId: string | undefined
    try {
      const put = async (send: Send) => await api.put(key, { ...(await this.#asSent(sent, send)), onlyNew: true }, send)
      versionId = this.#learn(await ask(put, signal)).versionId
    } catch (thrown) {
      if (thrown instanceof S3Refusal && (thrown.status === 412 || thrown.status === 409)) return false
      throw unexpected(`Storing ${key}`, thrown)
    }
    if (!(await this.#isReadBack(sent, versionId, signal))) {
      await this.#discard(key, versionId, signal)
      throw new Failure('object-damaged', `The store keeps other bytes of ${key} than were sent`)
    }
    if (versionId === undefined || (await this.#isFirst(key, versionId, signal))) return true
    await this.#discard(key, versionId, signal)
    return false
  }

  /** The same bytes each time, as a chunk's key may seal but one message; the planted bug sends others. */
  async #asSent(sent: Sent, { number }: Send): Promise<Sent> {
    if (number === 0 || !this.#bucket.plants.has('retry-reseals')) return sent
    const bytes = sent.bytes.map((byte, index) => (index === 0 ? byte ^ number : byte))
    return { ...sent, bytes, sha256: await sha256Of(bytes) }
  }

  async #isReadBack(sent: Sent, versionId: string | undefined, signal: AbortSignal): Promise<boolean> {
    if (this.#bucket.plants.has('no-readback')) return true
    return await this.#holds(await this.#made(sent.key, versionId, signal), sent, signal)
  }

  /** Read back: an object counts only once the store tells of it. */
  async #made(key: string, versionId: string | undefined, signal: AbortSignal): Promise<Head> {
    return await this.#bucket.ask(async (send) => {
      try {
        return await this.#bucket.api.head(key, versionId, send)
      } catch (thrown) {
        if (isNotFound(thrown)) throw new WrongAnswer(`It does not know ${key}, which it has just taken`)
        throw thrown
      }
    }, signal)
  }

  async #isFirst(key: string, versionId: string, signal: AbortSignal): Promise<boolean> {
    const told = async (send: Send): Promise<string | undefined> => {
      const versions = await versionsOf(this.#bucket.api, key, send)
      if (!versions.some((version) => version.versionId === versionId)) {
        throw new WrongAnswer(`It does not list the version of ${key} that it has just taken`)
      }
      return versions.findLast((version) => !version.isMarker)?.versionId
    }
    return (await this.#bucket.ask(told, signal)) === versionId
  }

  /** A version of ours that does not count. It may be locked, or not ours to remove: then it stays, and still does not count. */
  async #discard(key: string, versionId: string | undefined, signal: AbortSignal): Promise<void> {
    try {
      await this.#bucket.ask((send) => this.#bucket.api.delete(key, versionId, send), signal)
    } catch (thrown) {
      signal.throwIfAborted()
      this.#bucket.log.warn('A version that does not count stays', { key, reason: String(thrown) })
    }
  }

  /** By what the store tells, in the order of what it proves: SHA-256, MD5 in the tag, and else the bytes themselves. */
  async #holds({ sizeBytes, etag, sha256, versionId }: Head, sent: Sent, signal: AbortSignal): Promise<boolean> {
    if (sizeBytes !== sent.bytes.length) return false
    // Of a multipart upload (`…-4`) it is a sum of sums.
    if (sha256 !== undefined && !sha256.includes('-')) return sha256 === Buffer.from(sent.sha256).toString('base64')
    if (etag === (await md5Of(sent.bytes))) return true
    const { ask, api } = this.#bucket
    const held = await ask(async (send) => await readWhole(await api.get(sent.key, versionId, undefined, send)), signal)
    return Buffer.compare(held, sent.bytes) === 0
  }
}
