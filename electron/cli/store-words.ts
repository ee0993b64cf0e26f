import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Failure } from '../../shared/failure.ts'
import { type Credentials, credentials, type S3Address, type StoreAddress, s3Address } from '../../shared/repository.ts'
import { readSecret } from './find.ts'
import { type Grammar, UsageError, type Words } from './grammar.ts'

/** A bucket and how it is reached. */
const bucketOptions = {
  s3: 'string',
  region: 'string',
  endpoint: 'string',
  'path-style': 'boolean',
  ca: 'string',
  fingerprint: 'string',
  'credentials-file': 'string',
} as const

export const bucketUsage =
  '--s3 s3://BUCKET[/PREFIX] --credentials-file F [--region R] [--endpoint URL] [--path-style] [--ca F] [--fingerprint HEX]'

/** The words by which a command names a bucket. */
export const bucketGrammar = {
  options: bucketOptions,
  within: Object.fromEntries(Object.keys(bucketOptions).flatMap((name) => (name === 's3' ? [] : [[name, ['s3']]]))),
} satisfies Partial<Grammar>

type Site<A> = { readonly address: A; readonly credentials: Credentials }

export function siteOf(words: Words): { readonly address: StoreAddress; readonly credentials?: Credentials } {
  const folder = words.text('folder')
  return folder === undefined ? bucketOf(words) : { address: { kind: 'folder', folder: path.resolve(folder) } }
}

/** AWS chooses its endpoint by the region; behind an endpoint of one's own a region is only a word. */
export function bucketOf(words: Words): Site<S3Address> {
  const url = words.text('s3') ?? ''
  const [, bucket, prefix = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(url) ?? []
  const endpoint = words.text('endpoint')
  const region = words.text('region') ?? (endpoint === undefined ? undefined : 'us-east-1')
  if (bucket === undefined) throw new UsageError('--s3 is of the form s3://BUCKET/PREFIX')
  if (region === undefined) throw new UsageError('Without --endpoint a --region is wanted')
  const ca = words.text('ca')
  const fingerprint = words.text('fingerprint')?.replaceAll(':', '').toLowerCase()
  const address = s3Address.safeParse({
    kind: 's3',
    region,
    bucket,
    prefix: prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`,
    pathStyle: words.has('path-style'),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(ca === undefined ? {} : { ca: readText(ca) }),
    ...(fingerprint === undefined ? {} : { fingerprint }),
  })
  if (address.success) return { address: address.data, credentials: accountOf(words) }
  throw new UsageError(
    `Not an address of a bucket: ${address.error.issues.map(({ path: at }) => at.join('.')).join(', ')}`,
  )
}

/** Keys of an account as JSON (`accessKeyId`, `secretAccessKey`, `sessionToken`), or as AWS's tools keep them. */
export function accountOf(words: Words): Credentials {
  const file = words.text('credentials-file')
  if (file === undefined) throw new UsageError('--credentials-file is missing')
  const found = credentials.safeParse(accountIn(readSecret(file)))
  if (found.success) return found.data
  throw new Failure('invalid-argument', `${file} holds no keys of an account`)
}

function accountIn(text: string): unknown {
  if (text.trimStart().startsWith('{')) return parsed(text)
  const lines = [...text.matchAll(/^\s*(aws_\w+)\s*=\s*(\S+)\s*$/gm)].map(([, name = '', value]) => [name, value])
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey, ...rest } = Object.fromEntries(lines)
  const sessionToken = rest.aws_session_token
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new Failure('invalid-argument', `${file} cannot be read: ${(thrown as NodeJS.ErrnoException).code}`)
  }
}
