import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'

export type S3Request = {
  readonly method: string
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
  readonly body: Uint8Array
}

/** Answers a request in the place of the double and says true, or leaves it to the double. */
export type Instead = (request: S3Request, response: ServerResponse) => boolean | Promise<boolean>

/** One bucket in memory that speaks as much S3 as the store uses, without looking at signatures: it proves nothing about S3. */
export type S3Double = AsyncDisposable & {
  readonly endpoint: string
  readonly port: number
  readonly bucket: string
  readonly objects: Map<string, Uint8Array>
  readonly requests: S3Request[]
  instead: Instead
}

export type TlsFiles = { readonly key: string; readonly cert: string }

export async function s3Double(tls?: TlsFiles): Promise<S3Double> {
  const double: { instead: Instead } & Pick<S3Double, 'bucket' | 'objects' | 'requests'> = {
    bucket: 'bucket',
    objects: new Map(),
    requests: [],
    instead: () => false,
  }
  const onRequest = (incoming: IncomingMessage, response: ServerResponse): void => {
    serve(double, incoming, response).catch(() => response.destroy())
  }
  const server = tls === undefined ? createServer(onRequest) : createTlsServer(tls, onRequest)
  const { promise, resolve } = Promise.withResolvers<void>()
  server.listen(0, '127.0.0.1', resolve)
  await promise
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return Object.assign(double, {
    endpoint: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      const closed = Promise.withResolvers<void>()
      server.close(() => closed.resolve())
      await closed.promise
    },
  })
}

type Double = Pick<S3Double, 'bucket' | 'objects' | 'requests' | 'instead'>

async function serve(double: Double, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const pieces: Buffer[] = []
  for await (const piece of incoming) pieces.push(piece)
  const url = new URL(incoming.url ?? '/', 'http://host')
  const key = decodeURIComponent(url.pathname).slice(double.bucket.length + 2)
  const { method = '', headers } = incoming
  const request = { method, key, query: url.searchParams, headers, body: Buffer.concat(pieces) }
  double.requests.push(request)
  if (await double.instead(request, response)) return
  if (key === '') answerBucket(double, request, response)
  else answerObject(double, request, response)
}

function answerBucket({ bucket, objects }: Double, { query }: S3Request, response: ServerResponse): true {
  if (query.has('versioning')) return sendXml(response, 200, '<VersioningConfiguration/>')
  if (query.has('object-lock')) return refuse(response, 404, 'ObjectLockConfigurationNotFoundError')
  const prefix = query.get('prefix') ?? ''
  const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort()
  const contents = names.map(
    (name) => `<Contents><Key>${name}</Key><Size>${objects.get(name)?.length}</Size></Contents>`,
  )
  return sendXml(response, 200, listXml(bucket, contents.join('')))
}

export function listXml(bucket: string, inner: string): string {
  return `<ListBucketResult><Name>${bucket}</Name><IsTruncated>false</IsTruncated>${inner}</ListBucketResult>`
}

function answerObject({ objects }: Double, { method, key, headers, body }: S3Request, response: ServerResponse): true {
  const held = objects.get(key)
  if (method === 'PUT') {
    if (held !== undefined && headers['if-none-match'] === '*') return refuse(response, 412, 'PreconditionFailed')
    objects.set(key, body)
    response.writeHead(200, tagsOf(body)).end()
    return true
  }
  if (method === 'DELETE') {
    objects.delete(key)
    response.writeHead(204).end()
    return true
  }
  if (held === undefined) return refuse(response, 404, 'NoSuchKey')
  return answerBytes(held, method, String(headers.range ?? ''), response)
}

function answerBytes(held: Uint8Array, method: string, wanted: string, response: ServerResponse): true {
  const range = /^bytes=(\d+)-(\d+)$/.exec(wanted)
  const first = Number(range?.[1] ?? 0)
  const last = Math.min(Number(range?.[2] ?? held.length), held.length - 1)
  if (range !== null && first >= held.length) return refuse(response, 416, 'InvalidRange')
  const bytes = held.subarray(first, last + 1)
  const part = { 'content-range': `bytes ${first}-${last}/${held.length}` }
  const headers = { ...tagsOf(held, range === null), ...(range === null ? {} : part), 'content-length': bytes.length }
  response.writeHead(range === null ? 200 : 206, headers)
  response.end(method === 'HEAD' ? undefined : bytes)
  return true
}

function tagsOf(bytes: Uint8Array, withSum = true): Record<string, string> {
  const sum = withSum ? { 'x-amz-checksum-sha256': createHash('sha256').update(bytes).digest('base64') } : {}
  const etag = `"${createHash('md5').update(bytes).digest('hex')}"`
  return { etag, 'last-modified': new Date(0).toUTCString(), ...sum }
}

/** Always true: an answer was given. */
export function sendXml(response: ServerResponse, status: number, xml: string): true {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(xml)
  return true
}

export function refuse(response: ServerResponse, status: number, code: string): true {
  return sendXml(response, status, `<?xml version="1.0"?><Error><Code>${code}</Code><Message>no</Message></Error>`)
}
