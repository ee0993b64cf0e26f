import type { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  type ListObjectVersionsCommandOutput,
  PutObjectCommand,
  PutObjectRetentionCommand,
  S3Client,
  type S3ClientConfig,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import type { Credentials, LockRule, S3Address } from '../../../shared/repository.ts'
import { endpointOf } from './s3-address.ts'
import { S3Refusal, WrongAnswer } from './s3-error.ts'
import type { Exchange, ExchangeRequest } from './s3-exchange.ts'

/** What a bucket says of one version of an object. */
export type Head = {
  readonly sizeBytes: number
  /** Without quotes; the MD5 of the bytes where it is 32 hex digits and nothing encrypts in the bucket. */
  readonly etag: string
  /** Base64, where the store keeps it. */
  readonly sha256: string | undefined
  readonly modifiedAt: number | undefined
  readonly versionId: string | undefined
  readonly lockMode: LockRule['mode'] | undefined
  readonly lockedUntil: number | undefined
}

export type Version = {
  readonly key: string
  readonly versionId: string
  /** No bytes: a note that the object was deleted. */
  readonly isMarker: boolean
  readonly sizeBytes: number
  readonly etag: string
  readonly modifiedAt: number | undefined
}

export type Lock = { readonly mode: LockRule['mode']; readonly until: number }

export type Upload = {
  readonly bytes: Uint8Array
  readonly sha256: Uint8Array
  /** The SHA-256 that the header tells, when it is to be another. */
  readonly toldSha256?: Uint8Array
  readonly onlyNew: boolean
  readonly lock: Lock | undefined
}

export type Page = {
  readonly objects: readonly { readonly key: string; readonly sizeBytes: number; readonly modifiedAt?: number }[]
  readonly next: string | undefined
}

export type VersionPage = {
  readonly versions: readonly Version[]
  /** Where the next page begins. */
  readonly next: { readonly key: string; readonly versionId: string } | undefined
}

export type Opened = Head & { readonly body: Readable; readonly contentRange: string | undefined }

/** How one question is asked, and for the how manieth time, from 0. */
export type Send = { readonly idleMs: number; readonly number: number; readonly signal: AbortSignal }

const encoded = new Set(['', 'identity', 'aws-chunked'])

/**
 * The S3 calls that a store needs, one request each, never repeated: what fails is thrown as `S3Refusal`, `WrongAnswer`,
 * or the error of the line. The only file that knows the SDK, of which signing, encoding and parsing are used.
 */
export class S3Api {
  readonly #client: S3Client
  readonly #bucket: string

  constructor(address: S3Address, account: Credentials, exchange: Exchange) {
    const endpoint = endpointOf(address)
    this.#bucket = address.bucket
    this.#client = new S3Client({
      region: address.region,
      credentials: { ...account },
      forcePathStyle: address.pathStyle,
      maxAttempts: 1,
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        metadata: { handlerProtocol: 'http/1.1' },
        async handle(request: ExchangeRequest, { abortSignal, requestTimeout }: HandleOptions = {}) {
          return { response: await exchange.send(request, requestTimeout ?? 0, abortSignal as AbortSignal) }
        },
        httpHandlerConfigs: () => ({}),
        updateHttpClientConfig() {},
        destroy() {},
      },
      ...(endpoint === undefined ? { ignoreConfiguredEndpointUrls: true } : { endpoint: endpoint.href }),
    } as S3ClientConfig)
  }

  async put(key: string, upload: Upload, send: Send): Promise<{ readonly versionId: string | undefined }> {
    const { bytes, sha256, toldSha256 = sha256, onlyNew, lock } = upload
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: bytes,
      ChecksumSHA256: Buffer.from(toldSha256).toString('base64'),
      ...(onlyNew ? { IfNoneMatch: '*' } : {}),
      ...(lock === undefined ? {} : { ObjectLockMode: modeOf(lock), ObjectLockRetainUntilDate: new Date(lock.until) }),
    })
    command.middlewareStack.add(
      (next) => (args) => next(withHeader(args, 'x-amz-content-sha256', Buffer.from(sha256).toString('hex'))),
      build,
    )
    const reply = await asking(this.#client.send(command, optionsOf(send)))
    return { versionId: reply.VersionId }
  }

  async head(key: string, versionId: string | undefined, send: Send): Promise<Head> {
    const command = new HeadObjectCommand(this.#object(key, versionId))
    command.middlewareStack.add((next) => (args) => next(withHeader(args, 'x-amz-checksum-mode', 'ENABLED')), build)
    return headOf(await asking(this.#client.send(command, optionsOf(send))))
  }

  /** `range` is inclusive at both ends, as in HTTP. */
  async get(key: string, versionId: string | undefined, range: string | undefined, send: Send): Promise<Opened> {
    const command = new GetObjectCommand({
      ...this.#object(key, versionId),
      ...(range === undefined ? {} : { Range: range }),
    })
    if (range === undefined)
      command.middlewareStack.add((next) => (args) => next(withHeader(args, 'x-amz-checksum-mode', 'ENABLED')), build)
    const reply = await asking(this.#client.send(command, optionsOf(send)))
    if (!encoded.has(reply.ContentEncoding ?? '')) throw new WrongAnswer(`It answers ${reply.ContentEncoding} bytes`)
    return { ...headOf(reply), body: reply.Body as Readable, contentRange: reply.ContentRange }
  }

  /** `bypass` asks to go over a lock in governance mode. */
  async delete(key: string, versionId: string | undefined, send: Send, bypass = false): Promise<void> {
    const over = bypass ? { BypassGovernanceRetention: true } : {}
    await asking(
      this.#client.send(new DeleteObjectCommand({ ...this.#object(key, versionId), ...over }), optionsOf(send)),
    )
  }

  async list(prefix: string, after: string | undefined, send: Send): Promise<Page> {
    const token = after === undefined ? {} : { ContinuationToken: after }
    const command = new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: prefix, ...token })
    const reply = await asking(this.#client.send(command, optionsOf(send)))
    this.#needList(reply.Name)
    const objects = (reply.Contents ?? []).map((each) => ({
      key: each.Key ?? '',
      sizeBytes: each.Size ?? 0,
      ...(each.LastModified === undefined ? {} : { modifiedAt: each.LastModified.getTime() }),
    }))
    return { objects, next: reply.IsTruncated === true ? reply.NextContinuationToken : undefined }
  }

  /** Versions of all keys below, in the order of the keys, of each key the newest first; markers come after the others. */
  async versions(prefix: string, after: VersionPage['next'], send: Send): Promise<VersionPage> {
    const marker = after === undefined ? {} : { KeyMarker: after.key, VersionIdMarker: after.versionId }
    const command = new ListObjectVersionsCommand({ Bucket: this.#bucket, Prefix: prefix, ...marker })
    const reply: ListObjectVersionsCommandOutput = await asking(this.#client.send(command, optionsOf(send)))
    this.#needList(reply.Name)
    const { IsTruncated, NextKeyMarker: key, NextVersionIdMarker: versionId = '' } = reply
    return {
      versions: versionsOf(reply),
      next: IsTruncated === true && key !== undefined ? { key, versionId } : undefined,
    }
  }

  async lock(key: string, versionId: string | undefined, lock: Lock, send: Send): Promise<void> {
    const Retention = { Mode: modeOf(lock), RetainUntilDate: new Date(lock.until) } as const
    const command = new PutObjectRetentionCommand({
      ...this.#object(key, versionId),
      Retention,
      ChecksumAlgorithm: 'SHA256',
    })
    await asking(this.#client.send(command, optionsOf(send)))
  }

  /** `NoSuchBucket` when there is none. */
  async versioning(send: Send): Promise<'on' | 'off'> {
    const command = new GetBucketVersioningCommand({ Bucket: this.#bucket })
    const { Status } = await asking(this.#client.send(command, optionsOf(send)))
    return Status === undefined ? 'off' : 'on'
  }

  /** Refused with 404 where the bucket has none. */
  async offersLocks(send: Send): Promise<boolean> {
    const command = new GetObjectLockConfigurationCommand({ Bucket: this.#bucket })
    const reply = await asking(this.#client.send(command, optionsOf(send)))
    return reply.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled'
  }

  async needBucket(send: Send): Promise<void> {
    await asking(this.#client.send(new HeadBucketCommand({ Bucket: this.#bucket }), optionsOf(send)))
  }

  #object(key: string, versionId: string | undefined) {
    return { Bucket: this.#bucket, Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) }
  }

  /** An error in the clothes of a success, or a page of something else, would be an empty list. */
  #needList(name: string | undefined): void {
    if (name !== this.#bucket) throw new WrongAnswer('It answers a list of something else')
  }
}

type HandleOptions = { readonly abortSignal?: unknown; readonly requestTimeout?: number }

const build = { step: 'build' } as const

/** What the SDK would put in a header by itself, and do more with: hash bytes a second time, verify them its own way. */
function withHeader<T extends { readonly request: unknown }>(args: T, name: string, value: string): T {
  const { headers } = args.request as { readonly headers: Record<string, string> }
  headers[name] = value
  return args
}

function optionsOf({ idleMs, signal }: Send) {
  return { abortSignal: signal, requestTimeout: idleMs }
}

function modeOf({ mode }: Lock): 'GOVERNANCE' | 'COMPLIANCE' {
  return mode === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE'
}

/** An object has a size and a tag in every answer of every store; a page of somebody else has none. */
function headOf(reply: HeadObjectCommandOutput): Head {
  if (reply.ETag === undefined || reply.ContentLength === undefined) throw new WrongAnswer('It answers no object')
  const mode = reply.ObjectLockMode?.toLowerCase()
  return {
    sizeBytes: reply.ContentLength,
    etag: unquoted(reply.ETag),
    sha256: reply.ChecksumSHA256,
    modifiedAt: reply.LastModified?.getTime(),
    versionId: reply.VersionId,
    lockMode: mode === 'governance' || mode === 'compliance' ? mode : undefined,
    lockedUntil: reply.ObjectLockRetainUntilDate?.getTime(),
  }
}

function versionsOf(reply: ListObjectVersionsCommandOutput): readonly Version[] {
  const told = [
    ...(reply.Versions ?? []).map((each) => ({ ...each, isMarker: false })),
    ...(reply.DeleteMarkers ?? []).map((each) => ({ ...each, Size: 0, ETag: '', isMarker: true })),
  ]
  return told.flatMap(({ Key: key, VersionId, Size = 0, ETag = '', LastModified, isMarker }) => {
    if (key === undefined || VersionId === undefined) return []
    const modifiedAt = LastModified?.getTime()
    return [{ key, versionId: VersionId, isMarker, sizeBytes: Size, etag: unquoted(ETag), modifiedAt }]
  })
}

function unquoted(etag: string): string {
  return etag.replaceAll('"', '')
}

/** The SDK's errors as ours: a refusal has a status, an answer that could not be read was none, the rest is the line's. */
async function asking<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (thrown) {
    const status = statusOf(thrown)
    if (status === undefined) throw thrown
    if (status < 300) throw new WrongAnswer('It answers what cannot be read')
    const message = thrown instanceof S3ServiceException && thrown.message !== 'UnknownError' ? thrown.message : ''
    throw new S3Refusal(status, thrown instanceof Error ? thrown.name : '', message)
  }
}

function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error)) return undefined
  if (thrown instanceof S3ServiceException) return thrown.$metadata.httpStatusCode
  const response: unknown = '$response' in thrown ? thrown.$response : undefined
  if (typeof response !== 'object' || response === null || !('statusCode' in response)) return undefined
  return typeof response.statusCode === 'number' ? response.statusCode : undefined
}
