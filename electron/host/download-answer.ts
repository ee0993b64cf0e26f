import { type DownloadFacts, type DownloadRange, pictures } from '../../shared/download.ts'
import { toWire } from '../../shared/failure.ts'
import type { Downloads } from './downloads.ts'

/** What HTTP says to `GET /files/<ticket>`, whoever carries it. A body that fails must end the connection, never the answer. */
export type DownloadAnswer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: AsyncIterable<Uint8Array> | string
}

export type DownloadRequest = {
  readonly ticket: string
  /** To be shown where it is a picture, instead of kept. */
  readonly isInline: boolean
  /** The header's own words. */
  readonly range: string | undefined
}

const place = /^\/files\/([A-Za-z0-9_-]{43})$/

/** The ticket of a path; undefined for all other paths. */
export function ticketOf(pathname: string): string | undefined {
  return place.exec(pathname)?.[1]
}

/**
 * Never rejects but for an abort. The bytes are a guest's: they are only ever kept or, as a picture of pixels, shown; the page
 * that they would make can do nothing and is of no origin.
 */
export async function answerDownload(
  downloads: Downloads,
  { ticket, isInline, range }: DownloadRequest,
  signal: AbortSignal,
): Promise<DownloadAnswer> {
  try {
    const download = await downloads(ticket, isInline, signal)
    if (download === undefined) return refusal(404, 'This download is not to be had any more')
    const { facts } = download
    const wanted = rangeOf(range, facts.sizeBytes)
    if (wanted === 'unsatisfiable') {
      download[Symbol.dispose]()
      return refusal(416, 'The file is shorter', { 'content-range': `bytes */${facts.sizeBytes}` })
    }
    const headers = { ...always, ...headersOf(facts), ...sizeHeaders(facts.sizeBytes, wanted) }
    return { status: wanted === undefined ? 200 : 206, headers, body: download.bytes(wanted) }
  } catch (thrown) {
    signal.throwIfAborted()
    const { code, message } = toWire(thrown)
    return refusal(code === 'file-not-found' || code === 'point-not-found' ? 404 : 500, `${code}: ${message}`)
  }
}

const always = {
  'cache-control': 'no-store',
  'content-security-policy': "sandbox; default-src 'none'",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
}

const archives = { tar: 'application/x-tar', zip: 'application/zip', file: 'application/octet-stream' } as const

function headersOf({ name, type }: DownloadFacts): Record<string, string> {
  const isPicture = pictures.some((picture) => picture === type)
  return {
    'content-type': type in archives ? archives[type as keyof typeof archives] : type,
    'content-disposition': `${isPicture ? 'inline' : 'attachment'}; ${named(name)}`,
  }
}

/** RFC 6266: a plain form for those who know no other, and the name itself as RFC 8187 writes it. */
function named(name: string): string {
  const plain = name.replaceAll(/[^\x20-\x7e]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(name.toWellFormed()).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `filename="${plain}"; filename*=UTF-8''${encoded}`
}

function sizeHeaders(sizeBytes: number | undefined, range: DownloadRange | undefined): Record<string, string> {
  if (sizeBytes === undefined) return { 'accept-ranges': 'none' }
  const { start, end } = range ?? { start: 0, end: sizeBytes }
  return {
    'accept-ranges': 'bytes',
    'content-length': String(end - start),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` }),
  }
}

/** RFC 9110 §14.2: what is no range of bytes, or several, is taken for none. */
function rangeOf(
  header: string | undefined,
  sizeBytes: number | undefined,
): DownloadRange | 'unsatisfiable' | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '') ?? []
  if (sizeBytes === undefined || first + last === '') return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes : Math.min(sizeBytes, Number(last) + 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  return start < end ? { start, end } : 'unsatisfiable'
}

function refusal(status: number, reason: string, headers: Record<string, string> = {}): DownloadAnswer {
  return { status, headers: { ...always, 'content-type': 'text/plain; charset=utf-8', ...headers }, body: reason }
}
