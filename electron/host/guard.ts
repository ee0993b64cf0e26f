import type { IncomingMessage } from 'node:http'

/** Why a request is refused: the status, and words for whoever looks at it. Nothing of the request is repeated. */
export type Refusal = { readonly status: number; readonly reason: string }

const forbidden: Refusal = { status: 403, reason: 'Not from this page' }

/**
 * What holds for every request: it names our address exactly (a page that rebinds its own name to 127.0.0.1 does not),
 * it comes from our own page or from no page, and its target is a plain path.
 * `authority` is `127.0.0.1:<port>`.
 */
export function refusalOf(request: IncomingMessage, authority: string): Refusal | undefined {
  if (count(request, 'host') !== 1 || request.headers.host !== authority)
    return { status: 421, reason: 'Not this host' }
  if (count(request, 'origin') > 1 || !isOwnOrigin(request, authority)) return forbidden
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return forbidden
  if (!isPlainPath(request.url ?? '')) return { status: 400, reason: 'Not a plain path' }
  return undefined
}

/** A browser names the origin of every POST; a reading request of our own page has none. */
function isOwnOrigin(request: IncomingMessage, authority: string): boolean {
  const { origin } = request.headers
  return origin === undefined ? request.method !== 'POST' : origin === `http://${authority}`
}

/** No query but one, no escapes, no dots that climb: none of our paths needs them. */
function isPlainPath(url: string): boolean {
  const path = url.startsWith('/files/') ? url.replace(/\?inline$/, '') : url
  return /^\/[A-Za-z0-9._/-]*$/.test(path) && !path.includes('..') && !path.includes('//')
}

function count(request: IncomingMessage, name: string): number {
  return request.rawHeaders.filter((header, place) => place % 2 === 0 && header.toLowerCase() === name).length
}

/** The token of `authorization: Bearer …`; empty when there is none or it is none of ours by its form. */
export function bearerOf(request: IncomingMessage): string {
  return /^Bearer ([A-Za-z0-9_-]{43})$/.exec(request.headers.authorization ?? '')?.[1] ?? ''
}
