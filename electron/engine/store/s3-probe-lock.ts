import { Failure } from '../../../shared/failure.ts'
import type { StoreProbe } from '../../../shared/repository.ts'
import type { Lock } from './s3-api.ts'
import type { S3Bucket } from './s3-bucket.ts'
import { sha256Of } from './s3-digest.ts'
import { isNotFound, S3Refusal } from './s3-error.ts'

const lockedMs = 8000

/**
 * Puts an object locked for seconds and tries to delete it for good. A store that refuses such an object has no locks, one
 * that takes it and tells of no lock has none either. What was locked is removed over the lock where the credentials may,
 * and else when the lock has ended.
 */
export async function probeLock(bucket: S3Bucket, key: string, signal: AbortSignal): Promise<StoreProbe['lock']> {
  const lock: Lock = { mode: 'governance', until: bucket.now + lockedMs }
  const bytes = new TextEncoder().encode(key)
  const upload = { bytes, sha256: await sha256Of(bytes), onlyNew: false, lock }
  const put = await attempt(() => bucket.ask((send) => bucket.api.put(key, upload, send), signal))
  if (put.refused) return 'none'
  const { versionId } = put.answer
  const told = await bucket.ask((send) => bucket.api.head(key, versionId, send), signal)
  if (told.lockedUntil === undefined) {
    await attempt(() => bucket.ask((send) => bucket.api.delete(key, versionId, send), signal))
    return 'none'
  }
  await attempt(() => bucket.ask((send) => bucket.api.delete(key, versionId, send), signal))
  const isThere = await stillThere(bucket, key, versionId, signal)
  if (isThere) await cleanUp(bucket, key, versionId, lock.until, signal)
  return isThere ? 'enforced' : 'offered'
}

async function stillThere(bucket: S3Bucket, key: string, versionId: string | undefined, signal: AbortSignal) {
  try {
    await bucket.ask((send) => bucket.api.head(key, versionId, send), signal)
    return true
  } catch (thrown) {
    if (isNotFound(thrown)) return false
    throw thrown
  }
}

async function cleanUp(
  bucket: S3Bucket,
  key: string,
  versionId: string | undefined,
  until: number,
  signal: AbortSignal,
) {
  const over = await attempt(() => bucket.ask((send) => bucket.api.delete(key, versionId, send, true), signal))
  if (!over.refused) return
  await bucket.clock.sleep(Math.max(0, until - bucket.now) + 1000, signal)
  await attempt(() => bucket.ask((send) => bucket.api.delete(key, versionId, send), signal))
}

type Attempted<T> = { readonly refused: false; readonly answer: T } | { readonly refused: true }

/** Only a refusal by the store is one; a line that is down is a failure. */
async function attempt<T>(work: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { refused: false, answer: await work() }
  } catch (thrown) {
    const cause = thrown instanceof Failure ? thrown.cause : thrown
    if (cause instanceof S3Refusal && cause.status < 500) return { refused: true }
    throw thrown
  }
}
