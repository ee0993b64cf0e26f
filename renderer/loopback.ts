import type { WireFailure } from '../shared/failure.ts'
import type { Message, Port } from '../shared/wire.ts'

/**
 * The way to the engine: being opened, up, down (being opened again), refused (the link was used before, or the engine is
 * another one now), or absent (the page was opened without a link).
 */
export type Link = 'opening' | 'up' | 'down' | 'refused' | 'absent'

const againMs = 1000

/** Only this tab can read it, and it ends with the tab: a reload needs no new link. */
const rememberedAt = 'stillpoint.session'

/**
 * The contract over the loopback host that served this page: `POST /session` once for the link's token, `POST /call/<name>`
 * for each call, and one stream of events, which is opened again whenever it ends.
 */
export function loopbackPort(onLink: (link: Link) => void): Port {
  const listeners: ((message: Message) => void)[] = []
  const cancels = new Map<number, AbortController>()
  const tell = (message: Message): void => {
    for (const listener of listeners) listener(message)
  }
  const session = openSession(onLink)
  void session.then((token) => (token === undefined ? undefined : keepListening(token, tell, onLink)))

  async function call(id: number, name: string, argument: unknown): Promise<void> {
    const abort = new AbortController()
    cancels.set(id, abort)
    const outcome = await ask((await session) ?? '', name, argument, abort.signal)
    cancels.delete(id)
    tell('failure' in outcome ? { kind: 'failed', id, ...outcome } : { kind: 'done', id, ...outcome })
  }

  return {
    post(message) {
      if (message.kind === 'call') void call(message.id, message.name, message.argument)
      if (message.kind === 'cancel') cancels.get(message.id)?.abort()
    },
    onMessage(listener) {
      listeners.push(listener)
    },
  }
}

/** Exchanges the link's token, which then leaves the address; else takes up the session of before a reload. */
async function openSession(onLink: (link: Link) => void): Promise<string | undefined> {
  const once = /^#once=([A-Za-z0-9_-]+)$/.exec(location.hash)?.[1]
  if (once === undefined) {
    const remembered = sessionStorage.getItem(rememberedAt) ?? undefined
    if (remembered === undefined) onLink('absent')
    return remembered
  }
  history.replaceState(null, '', location.pathname)
  const response = await fetch('/session', { method: 'POST', headers: bearer(once) }).catch(() => undefined)
  if (!response?.ok) {
    onLink('refused')
    return undefined
  }
  const { token } = (await response.json()) as { readonly token: string }
  sessionStorage.setItem(rememberedAt, token)
  return token
}

function bearer(token: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${token}` }
}

type Outcome = { readonly value: unknown } | { readonly failure: WireFailure }

/** What the other side answers is checked by whoever `connect`ed to the port. */
async function ask(token: string, name: string, argument: unknown, signal: AbortSignal): Promise<Outcome> {
  try {
    const headers = { ...bearer(token), 'content-type': 'application/json' }
    const response = await fetch(`/call/${name}`, { method: 'POST', headers, body: JSON.stringify(argument), signal })
    if (response.ok) return (await response.json()) as Outcome
    return { failure: { code: 'engine-died', message: `The host refused the call: ${response.status}` } }
  } catch (thrown) {
    if (signal.aborted) return { failure: { code: 'cancelled', message: 'Cancelled' } }
    return { failure: { code: 'engine-died', message: `The host does not answer: ${String(thrown)}` } }
  }
}

/** Listens until the host no longer knows this session. */
async function keepListening(
  token: string,
  tell: (message: Message) => void,
  onLink: (link: Link) => void,
): Promise<void> {
  for (;;) {
    const response = await fetch('/events', { headers: bearer(token) }).catch(() => undefined)
    if (response?.status === 401) {
      sessionStorage.removeItem(rememberedAt)
      return onLink('refused')
    }
    if (response?.ok && response.body !== null) {
      onLink('up')
      await readEvents(response.body, tell).catch(() => undefined)
    }
    onLink('down')
    await new Promise((resolve) => setTimeout(resolve, againMs))
  }
}

/** One JSON object per line; empty lines only show that the host is alive. */
async function readEvents(body: ReadableStream<Uint8Array>, tell: (message: Message) => void): Promise<void> {
  const decoder = new TextDecoder()
  const reader = body.getReader()
  let rest = ''
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const lines = (rest + decoder.decode(part.value, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (line !== '')
        tell({ kind: 'event', ...(JSON.parse(line) as { readonly name: string; readonly value: unknown }) })
    }
  }
}
