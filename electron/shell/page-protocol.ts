import { protocol, type Session } from 'electron'
import { type PageFiles, pageWithPolicy } from '../host/page-files.ts'

const scheme = 'app'
const host = 'console'
export const pageUrl = `${scheme}://${host}/`

/** By parts: the URL class gives every scheme of ours the origin "null". */
export function isPage(url: string): boolean {
  const parts = URL.canParse(url) ? new URL(url) : undefined
  return parts?.protocol === `${scheme}:` && parts.host === host
}

/** Must run before Electron is ready: the page's scheme behaves like https, so that its policy and its origin mean something. */
export function registerPageScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true } },
  ])
}

/** Serves the built window, and nothing else, in `session`. */
export function servePage(session: Session, files: PageFiles): void {
  session.protocol.handle(scheme, (request) => answer(files, request))
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
