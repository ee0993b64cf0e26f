import { createHash, randomBytes } from 'node:crypto'

/**
 * Who may speak. A link holds a token that is exchanged once for a session's token, which then lives in the page's memory.
 * Tokens are 256 random bits; only their hashes are kept, so a look-up tells nothing by its time.
 */
export type Tokens = {
  /** For a link: good for one exchange. */
  issue(): string
  /** The session's token, or undefined when `once` was used before or never issued. */
  exchange(once: string): string | undefined
  isSession(token: string): boolean
}

export function tokens(): Tokens {
  const links = new Set<string>()
  const sessions = new Set<string>()
  return {
    issue: () => make(links),
    exchange: (once) => (links.delete(hash(once)) ? make(sessions) : undefined),
    isSession: (token) => sessions.has(hash(token)),
  }
}

function make(into: Set<string>): string {
  const token = randomBytes(32).toString('base64url')
  into.add(hash(token))
  return token
}

function hash(token: string): string {
  return createHash('sha256').update(token).digest('base64')
}
