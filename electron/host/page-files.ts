import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Failure } from '../../shared/failure.ts'

export type PageFile = { readonly type: string; readonly bytes: Buffer }

/** The built window: every file it may ever ask for, by its path from the top (`/assets/x.js`). Nothing else is served. */
export type PageFiles = ReadonlyMap<string, PageFile>

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
}

/** Takes the whole build into memory, so that no request ever names a path of the disk. Fails with `tool-missing`. */
export function loadPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>()
  for (const name of listed(folder)) {
    const type = types[path.extname(name)]
    if (type === undefined) continue
    files.set(`/${name.split(path.sep).join('/')}`, { type, bytes: readFileSync(path.join(folder, name)) })
  }
  if (!files.has('/index.html'))
    throw new Failure('tool-missing', `The window is not built: ${folder} has no index.html`)
  return files
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch {
    return []
  }
}

/** Stands in the built page wherever its tags need the nonce of the answer's own policy. */
const nonceMark = '__CSP_NONCE__'

/** The page and the policy that goes with it; styles that the window makes while it runs carry the nonce. */
export function pageWithPolicy(page: PageFile): { readonly bytes: Buffer; readonly policy: string } {
  const nonce = randomBytes(16).toString('base64')
  return { bytes: Buffer.from(page.bytes.toString().replaceAll(nonceMark, nonce)), policy: policyWith(nonce) }
}

function policyWith(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}
