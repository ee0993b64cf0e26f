import {
  DeleteObjectCommand,
  HeadObjectCommand,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { Credentials, S3Address } from '../../../shared/repository.ts'

export type HeldVersion = { readonly key: string; readonly versionId: string; readonly sizeBytes: number }

/** Whoever owns the bucket, past the engine: sees every version, and may ask for anything. */
export class BucketOwner implements Disposable {
  readonly #client: S3Client
  readonly #bucket: string

  constructor({ endpoint = '', bucket, region }: S3Address, credentials: Credentials) {
    const { accessKeyId, secretAccessKey } = credentials
    this.#bucket = bucket
    this.#client = new S3Client({
      endpoint,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    })
  }

  /** Markers left out. */
  async versions(prefix: string): Promise<readonly HeldVersion[]> {
    const found: HeldVersion[] = []
    for (let markers: { KeyMarker?: string; VersionIdMarker?: string } | undefined = {}; markers !== undefined; ) {
      const page: ListObjectVersionsCommandOutput = await this.#client.send(
        new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: prefix, ...markers }),
      )
      for (const { Key = '', VersionId = '', Size = 0 } of page.Versions ?? []) {
        found.push({ key: Key, versionId: VersionId, sizeBytes: Size })
      }
      const { NextKeyMarker: KeyMarker = '', NextVersionIdMarker: VersionIdMarker = '' } = page
      markers = page.IsTruncated === true ? { KeyMarker, VersionIdMarker } : undefined
    }
    return found
  }

  /** For good, over any lock that can be gone over. Answers false where the store refuses. */
  async destroy({ key, versionId }: HeldVersion): Promise<boolean> {
    const over = { VersionId: versionId, BypassGovernanceRetention: true }
    try {
      await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, ...over }))
      return true
    } catch (thrown) {
      if (thrown instanceof S3ServiceException && thrown.$metadata.httpStatusCode === 403) return false
      throw thrown
    }
  }

  /** As anybody deletes who names no version: what was there is hidden by a marker. */
  async hide(key: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key }))
  }

  /** Keys that no lock protects; leases, probes and canaries never are. */
  async unlocked(): Promise<readonly string[]> {
    const versions = (await this.versions('')).filter(({ key }) => !/^(leases|probe|canary)\//.test(key))
    const isLocked = await Promise.all(versions.map((version) => this.#isLocked(version)))
    return versions.filter((_, index) => isLocked[index] !== true).map(({ key }) => key)
  }

  async #isLocked({ key, versionId }: HeldVersion): Promise<boolean> {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key, VersionId: versionId })
    const { ObjectLockRetainUntilDate: until } = await this.#client.send(command)
    return until !== undefined && until.getTime() > Date.now()
  }

  [Symbol.dispose](): void {
    this.#client.destroy()
  }
}
