import { randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import type { StoreProbe } from '../../../shared/repository.ts'
import { S3Bucket, type S3Options, unexpected } from './s3-bucket.ts'
import { sha256Of } from './s3-digest.ts'
import { S3Refusal } from './s3-error.ts'
import { S3Objects } from './s3-objects.ts'
import { probeLock } from './s3-probe-lock.ts'
import { removeObject } from './s3-remove.ts'

/** Below it lies what a probe puts, and nothing else. */
export const probeFolder = 'probe/'

const creators = 8
const probePatienceMs = 15_000

/**
 * Tries what the bucket really does, with objects of its own that it removes again where it may. Fails with
 * `repository-unreachable`, `credentials-refused`, `no-space` or `store-unsuitable` when nothing can be put at all.
 */
export async function probeS3(options: S3Options, signal: AbortSignal): Promise<StoreProbe> {
  const bucket = new S3Bucket({
    ...options,
    patienceMs: Math.min(options.patienceMs ?? probePatienceMs, probePatienceMs),
  })
  try {
    const versioning = await probeVersioning(bucket, signal)
    const trial = new Trial(bucket, versioning === 'on')
    await trial.put(signal)
    const exclusive = await trial.exclusive(signal)
    const checksum = await trial.checksum(signal)
    const listing = await trial.listing(signal)
    const lock = await probeLock(bucket, trial.keyOf('locked'), signal)
    const removal = await trial.removal(signal)
    return { at: bucket.clock.now(), exclusive, checksum, versioning, lock, listing, removal, skewMs: bucket.skewMs }
  } finally {
    bucket.close()
  }
}

/**
 * What lies below the address' prefix; nothing is written. Fails with `repository-unreachable` when nothing answers within
 * seconds or there is no such bucket, and with `credentials-refused`.
 */
export async function testS3(
  options: S3Options,
  signal: AbortSignal,
): Promise<{ readonly holds: 'nothing' | 'repository' | 'other' }> {
  const { prefix } = options.address
  const bucket = new S3Bucket(options)
  try {
    const { objects } = await bucket.askSoon((send) => bucket.api.list(prefix, undefined, send), signal)
    const names = objects.map(({ key }) => key.slice(prefix.length))
    if (names.includes('config') || (await hasConfig(bucket, signal))) return { holds: 'repository' }
    return { holds: names.every((name) => name.startsWith(probeFolder)) ? 'nothing' : 'other' }
  } catch (thrown) {
    throw unexpected('Looking into the bucket', thrown)
  } finally {
    bucket.close()
  }
}

/** It may lie behind the first page of a list, or under a note that it was deleted. */
async function hasConfig(bucket: S3Bucket, signal: AbortSignal): Promise<boolean> {
  const objects = new S3Objects(bucket, (await probeVersioning(bucket, signal)) === 'on')
  return (await objects.find(`${bucket.address.prefix}config`, signal)) !== undefined
}

async function probeVersioning(bucket: S3Bucket, signal: AbortSignal): Promise<StoreProbe['versioning']> {
  try {
    return await bucket.ask((send) => bucket.api.versioning(send), signal)
  } catch (thrown) {
    if (thrown instanceof Failure && ['credentials-refused', 'store-unsuitable'].includes(thrown.code)) return 'unknown'
    throw unexpected('Looking for the bucket', thrown)
  }
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)

class Trial {
  readonly #bucket: S3Bucket
  readonly #objects: S3Objects
  readonly #folder: string
  readonly #names = ['first', 'raced', 'wrong']

  constructor(bucket: S3Bucket, hasVersions: boolean) {
    this.#bucket = bucket
    this.#objects = new S3Objects(bucket, hasVersions)
    this.#folder = `${bucket.address.prefix}${probeFolder}${randomBytes(8).toString('hex')}/`
  }

  keyOf(name: string): string {
    return this.#folder + name
  }

  async put(signal: AbortSignal): Promise<void> {
    await this.#objects.create(this.keyOf('first'), text('first'), undefined, signal)
  }

  /** One of several says that it made the object, and its bytes are what is read. */
  async exclusive(signal: AbortSignal): Promise<boolean> {
    const key = this.keyOf('raced')
    const each = Array.from({ length: creators }, (_, index) =>
      this.#objects.create(key, text(`${index}`), undefined, signal),
    )
    const ended = await Promise.allSettled(each)
    signal.throwIfAborted()
    const winners = ended.flatMap((end, index) => (end.status === 'fulfilled' && end.value ? [index] : []))
    if (ended.some(({ status }) => status === 'rejected') || winners.length !== 1) return false
    return Buffer.from(await this.#objects.read(key, signal)).toString() === `${winners[0]}`
  }

  async checksum(signal: AbortSignal): Promise<StoreProbe['checksum']> {
    const [bytes, other] = [text('sent'), await sha256Of(text('told'))]
    const upload = { bytes, sha256: await sha256Of(bytes), toldSha256: other, onlyNew: false, lock: undefined }
    try {
      await this.#bucket.ask((send) => this.#bucket.api.put(this.keyOf('wrong'), upload, send), signal)
      return 'accepted'
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.cause instanceof S3Refusal && thrown.cause.status === 400)
        return 'refused'
      throw unexpected('Sending a wrong checksum', thrown)
    }
  }

  async listing(signal: AbortSignal): Promise<boolean> {
    try {
      const { objects } = await this.#bucket.ask((send) => this.#bucket.api.list(this.#folder, undefined, send), signal)
      return objects.some(({ key }) => key === this.keyOf('first'))
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'credentials-refused') return false
      throw unexpected('Listing', thrown)
    }
  }

  /** Also what cleans up. */
  async removal(signal: AbortSignal): Promise<boolean> {
    try {
      for (const name of this.#names) await removeObject(this.#bucket, this.#objects, this.keyOf(name), signal)
      return (await this.#objects.find(this.keyOf('first'), signal)) === undefined
    } catch (thrown) {
      if (thrown instanceof Failure && ['credentials-refused', 'object-locked'].includes(thrown.code)) return false
      throw thrown
    }
  }
}
