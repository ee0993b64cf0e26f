import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type CallName, calls } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import { type Aborter, connect, type Message, type Port, type Served, serve } from '../../shared/wire.ts'
import type { Downloads } from './downloads.ts'
import { type Loopback, startLoopback } from './loopback.ts'
import { loadPageFiles } from './page-files.ts'

export type Rig = AsyncDisposable & {
  readonly loopback: Loopback
  readonly called: string[]
  readonly engine: Served
  readonly token: string
  readonly aborted: Promise<string>
}

/** The real server before an engine that notes its calls; `listMachines` is never answered. */
export async function rig(
  waits: { headersWaitMs?: number; requestWaitMs?: number } = {},
  downloads: Downloads = async () => undefined,
): Promise<Rig> {
  const folder = mkdtempSync(join(tmpdir(), 'loopback-'))
  writeFileSync(join(folder, 'index.html'), '<script nonce="__CSP_NONCE__" src="a.js"></script>')
  writeFileSync(join(folder, 'a.js'), 'let a')
  writeFileSync(join(folder, 'notes.txt'), 'not of the page')
  const called: string[] = []
  const aborted = Promise.withResolvers<string>()
  const { near, far } = channel()
  const engine = serve<AbortSignal>(
    far,
    handlers(called, aborted.resolve),
    (): Aborter<AbortSignal> => new AbortController(),
  )
  const loopback = await startLoopback({
    engine: connect(near),
    files: loadPageFiles(folder),
    downloads,
    port: 0,
    ...waits,
  })
  const token = await exchange(loopback, onceOf(loopback.newLink()))
  return {
    loopback,
    called,
    engine,
    token,
    aborted: aborted.promise,
    async [Symbol.asyncDispose]() {
      await loopback[Symbol.asyncDispose]()
      rmSync(folder, { recursive: true })
    },
  }
}

function handlers(called: string[], aborted: (name: string) => void) {
  const names = Object.keys(calls) as CallName[]
  const entries = names.map((name) => [name, async () => void called.push(name)])
  return {
    ...Object.fromEntries(entries),
    listHosts: async () => {
      called.push('listHosts')
      return []
    },
    showRun: () => Promise.reject(new Failure('run-not-found', 'no such run')),
    listMachines: (_: null, signal: AbortSignal) => {
      called.push('listMachines')
      return new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => {
          aborted('listMachines')
          reject(signal.reason)
        })
      })
    },
  }
}

export function channel(): { readonly near: Port; readonly far: Port } {
  const [toNear, toFar] = [new Set<(message: Message) => void>(), new Set<(message: Message) => void>()]
  const end = (to: typeof toNear, from: typeof toNear): Port => ({
    post: (message) => queueMicrotask(() => to.forEach((listener) => void listener(message))),
    onMessage: (listener) => void from.add(listener),
  })
  return { near: end(toFar, toNear), far: end(toNear, toFar) }
}

export function onceOf(link: string): string {
  return new URL(link).hash.replace('#once=', '')
}

async function exchange(loopback: Loopback, once: string): Promise<string> {
  const answer = await post(loopback, '/session', once, null)
  return ((await answer.json()) as { token: string }).token
}

export function post(
  loopback: Loopback,
  path: string,
  token: string,
  body: unknown,
  signal?: AbortSignal,
): Promise<Response> {
  const origin = `http://127.0.0.1:${loopback.port}`
  const headers = { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) })
}
