import { Failure } from '../../../shared/failure.ts'
import { type S3Bucket, unexpected } from './s3-bucket.ts'
import { isNotFound, S3Refusal } from './s3-error.ts'
import type { S3Objects } from './s3-objects.ts'

/** A list may leave versions out; what is asked for afterwards shows it. */
const rounds = 16

/**
 * Removes every version, the oldest first: where that one is locked, nothing is changed. Fails with `object-locked` or
 * `credentials-refused`.
 */
export async function removeObject(
  bucket: S3Bucket,
  objects: S3Objects,
  key: string,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    const versions = await objects.versions(key, signal)
    for (const { versionId } of versions.toReversed()) await removeVersion(bucket, key, versionId, signal)
    const left = await headOf(bucket, key, signal)
    if (left === undefined) return
    await removeVersion(bucket, key, left.versionId, signal)
  }
  throw new Failure('repository-unreachable', `The store does not let ${key} go`)
}

async function headOf(bucket: S3Bucket, key: string, signal: AbortSignal, versionId?: string) {
  try {
    return await bucket.ask((send) => bucket.api.head(key, versionId, send), signal)
  } catch (thrown) {
    if (isNotFound(thrown)) return undefined
    throw unexpected(`Looking for ${key}`, thrown)
  }
}

/** S3 says AccessDenied for a lock as well as for a missing right: the object itself tells which. */
async function removeVersion(
  bucket: S3Bucket,
  key: string,
  versionId: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  try {
    await bucket.ask((send) => bucket.api.delete(key, versionId, send), signal)
  } catch (thrown) {
    if (isNotFound(thrown)) return
    if (!(thrown instanceof Failure) || thrown.code !== 'credentials-refused')
      throw unexpected(`Removing ${key}`, thrown)
    if (saysLocked(thrown.cause) || (await isLocked(bucket, key, versionId, signal))) {
      throw new Failure('object-locked', `${key} is locked by its store`, { cause: thrown })
    }
    throw thrown
  }
}

async function isLocked(
  bucket: S3Bucket,
  key: string,
  versionId: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    return ((await headOf(bucket, key, signal, versionId))?.lockedUntil ?? 0) > bucket.now
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof Failure) return false
    throw thrown
  }
}

function saysLocked(cause: unknown): boolean {
  return cause instanceof S3Refusal && /object lock/i.test(cause.message)
}
