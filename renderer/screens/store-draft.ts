import { type Credentials, type S3Address, type StoreAddress, s3Address } from '../../shared/repository.ts'

/** A place for a repository while it is being typed. */
export type StoreDraft = {
  readonly kind: StoreAddress['kind']
  readonly folder: string
  readonly endpoint: string
  readonly region: string
  readonly bucket: string
  readonly prefix: string
  readonly pathStyle: boolean
  readonly trust: 'system' | 'ca' | 'fingerprint'
  readonly ca: string
  readonly fingerprint: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken: string
}

export type S3Field = 'endpoint' | 'region' | 'bucket' | 'prefix' | 'fingerprint'

const nothing: StoreDraft = {
  kind: 'folder',
  folder: '',
  endpoint: '',
  region: 'us-east-1',
  bucket: '',
  prefix: '',
  pathStyle: true,
  trust: 'system',
  ca: '',
  fingerprint: '',
  accessKeyId: '',
  secretAccessKey: '',
  sessionToken: '',
}

/** Begins with an address that is known already, without its account. */
export function draftOfAddress(address: StoreAddress | undefined): StoreDraft {
  if (address === undefined) return nothing
  if (address.kind === 'folder') return { ...nothing, folder: address.folder }
  const { endpoint = '', ca = '', fingerprint = '', ...rest } = address
  const trust = ca !== '' ? 'ca' : fingerprint !== '' ? 'fingerprint' : 'system'
  return { ...nothing, ...rest, endpoint, ca, fingerprint, trust }
}

/** Undefined while something of it is missing or cannot be right. */
export function addressOf(draft: StoreDraft): StoreAddress | undefined {
  if (draft.kind === 's3') return s3AddressOf(draft)
  const folder = draft.folder.trim()
  return folder === '' ? undefined : { kind: 'folder', folder }
}

export function s3AddressOf(draft: StoreDraft): S3Address | undefined {
  if (draft.trust === 'ca' && draft.ca.trim() === '') return undefined
  if (draft.trust === 'fingerprint' && draft.fingerprint.trim() === '') return undefined
  if (!isEndpoint(draft.endpoint.trim())) return undefined
  const parsed = s3Address.safeParse(candidateOf(draft))
  return parsed.success ? parsed.data : undefined
}

function candidateOf(draft: StoreDraft): S3Address {
  const endpoint = draft.endpoint.trim()
  return {
    kind: 's3',
    region: draft.region.trim(),
    bucket: draft.bucket.trim(),
    prefix: asPrefix(draft.prefix),
    pathStyle: draft.pathStyle,
    ...(endpoint === '' ? {} : { endpoint }),
    ...(draft.trust === 'ca' ? { ca: draft.ca } : {}),
    ...(draft.trust === 'fingerprint' ? { fingerprint: asFingerprint(draft.fingerprint) } : {}),
  }
}

/** People write prefixes with and without the slashes around them. */
function asPrefix(typed: string): string {
  const bare = typed.trim().replace(/^\/+|\/+$/g, '')
  return bare === '' ? '' : `${bare}/`
}

/** As openssl and browsers print it, or bare. */
function asFingerprint(typed: string): string {
  return typed.replaceAll(/[\s:]/g, '').toLowerCase()
}

const loopback = ['localhost', '127.0.0.1', '[::1]']

/** Empty is AWS itself. Keys of an account never travel in the clear, so plain http is for this very machine alone. */
function isEndpoint(text: string): boolean {
  if (text === '') return true
  if (!URL.canParse(text)) return false
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || (protocol === 'http:' && loopback.includes(hostname))
}

/** Fields that hold something that cannot be right; an empty one is missing, not wrong. */
export function wrongFields(draft: StoreDraft): ReadonlySet<S3Field> {
  const candidate = candidateOf(draft)
  const shape = s3Address.shape
  const wrong = new Set<S3Field>()
  const judge = (field: S3Field, isGood: boolean): void => {
    if (draft[field].trim() !== '' && !isGood) wrong.add(field)
  }
  judge('endpoint', isEndpoint(draft.endpoint.trim()))
  judge('region', shape.region.safeParse(candidate.region).success)
  judge('bucket', shape.bucket.safeParse(candidate.bucket).success)
  judge('prefix', shape.prefix.safeParse(candidate.prefix).success)
  if (draft.trust === 'fingerprint') judge('fingerprint', shape.fingerprint.safeParse(candidate.fingerprint).success)
  return wrong
}

/** Undefined while key or secret is missing. */
export function credentialsOf(draft: StoreDraft): Credentials | undefined {
  const accessKeyId = draft.accessKeyId.trim()
  const secretAccessKey = draft.secretAccessKey.trim()
  const sessionToken = draft.sessionToken.trim()
  if (accessKeyId === '' || secretAccessKey === '') return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) }
}
