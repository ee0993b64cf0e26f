import type { WireFailure } from './failure.ts'
import { MiB } from './units.ts'

/**
 * What host and engine say of one request for `GET /files/<ticket>`, over a port of its own; closing the port ends the request.
 * Once: what was found; then the host asks for bytes; then bytes come until `end`, never more at once than the host has room for.
 */
export type DownloadAsk =
  | { readonly kind: 'send'; readonly range: DownloadRange | undefined }
  /** So many bytes were taken on. */
  | { readonly kind: 'room'; readonly bytes: number }

export type DownloadTold =
  | ({ readonly kind: 'found' } & DownloadFacts)
  /** No ticket of this name, or not any more. */
  | { readonly kind: 'none' }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly failure: WireFailure }

/** Half-open; without one everything. */
export type DownloadRange = { readonly start: number; readonly end: number }

export type DownloadFacts = {
  /** A file's name that means nothing but itself, on any system. */
  readonly name: string
  /** Unknown of an archive, which is made while it is sent. */
  readonly sizeBytes: number | undefined
  /** `picture` where it was asked whether it is one, and its first bytes say so. */
  readonly type: 'file' | 'tar' | 'zip' | Picture
}

export const pictures = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/bmp'] as const
export type Picture = (typeof pictures)[number]

/** How many bytes may be on their way without having been taken. */
export const roomBytes = MiB
