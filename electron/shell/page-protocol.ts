import { protocol, type Session } from 'electron'
import { answerDownload, ticketOf } from '../host/download-answer.ts'
import type { Downloads } from '../host/downloads.ts'
import { type PageFiles, pageWithPolicy } from '../host/page-files.ts'

const scheme = 'app'
const host = 'console'
export const pageUrl = `${scheme}://${host}/`

/** By parts: the URL class gives every scheme of ours the origin "null". */
export function isPage(url: string): boolean {
  const parts = URL.canParse(url) ? new URL(url) : undefined
  return parts?.protocol === `${scheme}:` && parts.host === host
}

/** Where the page may go: nowhere but to itself, and to downloads, which leave it where it is. */
export function mayGoTo(url: string): boolean {
  return isPage(url) && (new URL(url).pathname === '/' || isKept(url))
}

/** What the page may keep as a file, where the system's own dialog says: downloads, and what it made itself. */
export function mayKeep(url: string): boolean {
  return url.startsWith(`blob:${pageUrl}`) || (isPage(url) && isKept(url))
}

function isKept(url: string): boolean {
  const { pathname, search } = new URL(url)
  return ticketOf(pathname) !== undefined && search === ''
}

/** Must run before Electron is ready: the page's scheme behaves like https, so that its policy and its origin mean something. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built window and what tickets open, and nothing else, in `session`. */
export function servePage(session: Session, files: PageFiles, downloads: Downloads): void {
  session.protocol.handle(scheme, (request) => {
    const { pathname, search } = new URL(request.url)
    const ticket = isPage(request.url) && request.method === 'GET' ? ticketOf(pathname) : undefined
    return ticket === undefined
      ? answer(files, request)
      : sendDownload(downloads, request, ticket, search === '?inline')
  })
}

async function sendDownload(
  downloads: Downloads,
  { headers, signal }: Request,
  ticket: string,
  isInline: boolean,
): Promise<Response> {
  const range = headers.has('if-range') ? undefined : (headers.get('range') ?? undefined)
  const answered = await answerDownload(downloads, { ticket, isInline, range }, signal)
  const { status, body } = answered
  return new Response(typeof body === 'string' ? body : ReadableStream.from(body), {
    status,
    headers: answered.headers,
  })
}

function answer(files: PageFiles, request: Request): Response {
  const { pathname } = new URL(request.url)
  const path = pathname === '/' ? '/index.html' : pathname
  const file = isPage(request.url) && request.method === 'GET' ? files.get(path) : undefined
  if (file === undefined) return new Response('Not here', { status: 404 })
  const headers = { 'content-type': file.type, 'x-content-type-options': 'nosniff' }
  if (path !== '/index.html') return new Response(Uint8Array.from(file.bytes), { headers })
  const { bytes, policy } = pageWithPolicy(file)
  return new Response(Uint8Array.from(bytes), { headers: { ...headers, 'content-security-policy': policy } })
}
