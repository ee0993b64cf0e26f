import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type CallName, calls } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import { type Aborter, connect, type Message, type Port, type Served, serve } from '../../shared/wire.ts'
import { type Loopback, startLoopback } from './loopback.ts'
import { loadPageFiles } from './page-files.ts'

type Rig = AsyncDisposable & {
  readonly loopback: Loopback
  readonly called: string[]
  readonly engine: Served
  readonly token: string
  readonly aborted: Promise<string>
}

/** The real server before an engine that notes its calls; `listMachines` is never answered. */
async function rig(waits: { headersWaitMs?: number; requestWaitMs?: number } = {}): Promise<Rig> {
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
  const loopback = await startLoopback({ engine: connect(near), files: loadPageFiles(folder), port: 0, ...waits })
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

function channel(): { readonly near: Port; readonly far: Port } {
  const [toNear, toFar] = [new Set<(message: Message) => void>(), new Set<(message: Message) => void>()]
  const end = (to: typeof toNear, from: typeof toNear): Port => ({
    post: (message) => queueMicrotask(() => to.forEach((listener) => void listener(message))),
    onMessage: (listener) => void from.add(listener),
  })
  return { near: end(toFar, toNear), far: end(toNear, toFar) }
}

function onceOf(link: string): string {
  return new URL(link).hash.replace('#once=', '')
}

async function exchange(loopback: Loopback, once: string): Promise<string> {
  const answer = await post(loopback, '/session', once, null)
  return ((await answer.json()) as { token: string }).token
}

function post(loopback: Loopback, path: string, token: string, body: unknown, signal?: AbortSignal): Promise<Response> {
  const origin = `http://127.0.0.1:${loopback.port}`
  const headers = { origin, authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(origin + path, { method: 'POST', headers, body: JSON.stringify(body), ...(signal ? { signal } : {}) })
}

/** Sends bytes as they are and answers everything that comes back until the server closes. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve) => {
    const parts: Buffer[] = []
    const socket = connectSocket(port, '127.0.0.1', () => socket.write(bytes, 'latin1'))
    socket.on('data', (part) => void parts.push(part))
    socket.on('error', () => undefined)
    socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')))
    socket.setTimeout(20_000, () => socket.destroy())
  })
}

test('a session calls the engine, gets its values and its failures', async () => {
  await using host = await rig()
  const value = await post(host.loopback, '/call/listHosts', host.token, null)
  assert.deepEqual(await value.json(), { value: [] })
  const failed = await post(host.loopback, '/call/showRun', host.token, { runId: '0'.repeat(32) })
  assert.deepEqual(await failed.json(), { failure: { code: 'run-not-found', message: 'no such run' } })
  const wrong = await post(host.loopback, '/call/showRun', host.token, { runId: 7 })
  assert.equal(((await wrong.json()) as { failure: { code: string } }).failure.code, 'invalid-argument')
})

test('a link opens one session and never a second', async () => {
  await using host = await rig()
  const once = onceOf(host.loopback.newLink())
  assert.equal((await post(host.loopback, '/session', once, null)).status, 200)
  assert.equal((await post(host.loopback, '/session', once, null)).status, 401)
  assert.equal((await post(host.loopback, '/call/listHosts', once, null)).status, 401)
  assert.equal((await post(host.loopback, '/session', host.token, null)).status, 401)
})

test('closing the request cancels the call in the engine', async () => {
  await using host = await rig()
  const abort = new AbortController()
  const waiting = post(host.loopback, '/call/listMachines', host.token, null, abort.signal)
  while (!host.called.includes('listMachines')) await new Promise(setImmediate)
  abort.abort()
  await assert.rejects(waiting)
  assert.equal(await host.aborted, 'listMachines')
})

test('events come as one JSON object per line', async () => {
  await using host = await rig()
  const answer = await fetch(`http://127.0.0.1:${host.loopback.port}/events`, {
    headers: { authorization: `Bearer ${host.token}` },
  })
  host.engine.emit('hostsChanged', null)
  host.engine.emit('pointsChanged', null)
  let text = ''
  const decoder = new TextDecoder()
  for await (const part of answer.body ?? []) {
    text += decoder.decode(part)
    if (text.split('\n').length > 2) break
  }
  assert.deepEqual(
    text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown),
    [
      { name: 'hostsChanged', value: null },
      { name: 'pointsChanged', value: null },
    ],
  )
})

test('every page has its own nonce, in its policy and in its tags', async () => {
  await using host = await rig()
  const address = `http://127.0.0.1:${host.loopback.port}/`
  const nonces = new Set<string>()
  for (let time = 0; time < 2; time++) {
    const answer = await fetch(address)
    const policy = answer.headers.get('content-security-policy') ?? ''
    const nonce = /'nonce-([^']+)'/.exec(policy)?.[1] ?? ''
    assert.match(policy, /^default-src 'none'; script-src 'self';/)
    assert.doesNotMatch(policy, /unsafe|\*/)
    assert.ok((await answer.text()).includes(`nonce="${nonce}"`))
    nonces.add(nonce)
  }
  assert.equal(nonces.size, 2)
})

test('it listens on 127.0.0.1 and nowhere else', async () => {
  await using host = await rig()
  const outcome = await new Promise((resolve) => {
    const socket = connectSocket(host.loopback.port, '127.0.0.2', () => resolve('connected'))
    socket.on('error', () => resolve('refused'))
  })
  assert.equal(outcome, 'refused')
})

type Hostile = { readonly what: string; bytes(host: string, token: string): string }

function request(line: string, headers: readonly string[], body = ''): string {
  return `${[line, ...headers, 'connection: close'].join('\r\n')}\r\n\r\n${body}`
}

/** A call that would succeed, but for the one thing that each case changes. */
function callWith(change: {
  line?: string
  host?: string | undefined
  origin?: string | undefined
  token?: string | undefined
  more?: readonly string[]
  body?: string
}): Hostile['bytes'] {
  return (host, token) => {
    const given = { host, origin: `http://${host}`, token: `Bearer ${token}`, body: 'null', ...change }
    const headers = [
      ...(given.host === undefined ? [] : [`host: ${given.host}`]),
      ...(given.origin === undefined ? [] : [`origin: ${given.origin}`]),
      ...(given.token === undefined ? [] : [`authorization: ${given.token}`]),
      ...(given.more ?? ['content-type: application/json', `content-length: ${given.body.length}`]),
    ]
    return request(given.line ?? 'POST /call/listHosts HTTP/1.1', headers, given.body)
  }
}

const json = 'content-type: application/json'

const hostile: readonly Hostile[] = [
  ...[
    'evil.example',
    'localhost',
    '127.0.0.1',
    '127.0.0.1:1',
    '[::1]',
    '127.0.0.1.nip.io',
    '0.0.0.0',
    '',
    '2130706433',
  ].map((host) => ({ what: `the host "${host}"`, bytes: callWith({ host }) })),
  { what: 'no host', bytes: callWith({ host: undefined }) },
  {
    what: 'a second host',
    bytes: (host, token) => callWith({ more: ['host: evil.example', json, 'content-length: 4'] })(host, token),
  },
  ...['null', 'http://evil.example', 'https://127.0.0.1', 'http://localhost', 'http://127.0.0.1', 'file://', ''].map(
    (origin) => ({
      what: `the origin "${origin}"`,
      bytes: callWith({ origin }),
    }),
  ),
  { what: 'our origin with a path', bytes: (host, token) => callWith({ origin: `http://${host}/` })(host, token) },
  { what: 'our origin over TLS', bytes: (host, token) => callWith({ origin: `https://${host}` })(host, token) },
  { what: 'no origin on a POST', bytes: callWith({ origin: undefined }) },
  {
    what: 'a second origin',
    bytes: (host, token) => callWith({ more: ['origin: http://evil.example', json, 'content-length: 4'] })(host, token),
  },
  { what: 'a cross-site fetch', bytes: callWith({ more: ['sec-fetch-site: cross-site', json, 'content-length: 4'] }) },
  { what: 'a same-site fetch', bytes: callWith({ more: ['sec-fetch-site: same-site', json, 'content-length: 4'] }) },
  { what: 'no token', bytes: callWith({ token: undefined }) },
  { what: 'an empty token', bytes: callWith({ token: 'Bearer ' }) },
  { what: 'a token of zeroes', bytes: callWith({ token: `Bearer ${'A'.repeat(43)}` }) },
  {
    what: 'a token as basic authorization',
    bytes: (host, token) => callWith({ token: `Basic ${token}` })(host, token),
  },
  {
    what: 'a token with one more letter',
    bytes: (host, token) => callWith({ token: `Bearer ${token}x` })(host, token),
  },
  { what: 'a token cut short', bytes: (host, token) => callWith({ token: `Bearer ${token.slice(1)}` })(host, token) },
  {
    what: 'a token in the query',
    bytes: (host, token) =>
      callWith({ token: undefined, line: `POST /call/listHosts?token=${token} HTTP/1.1` })(host, token),
  },
  {
    what: 'a token in a cookie',
    bytes: (host, token) =>
      callWith({ token: undefined, more: [`cookie: token=${token}`, json, 'content-length: 4'] })(host, token),
  },
  { what: 'events without a token', bytes: callWith({ token: undefined, line: 'GET /events HTTP/1.1' }) },
  ...[
    '/../../../../etc/passwd',
    '/assets/../../package.json',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/..%2fetc/passwd',
    '/..\\..\\etc\\passwd',
    '//etc/passwd',
    '/notes.txt',
    '/a.js%00.html',
    '/a.js?x=1',
    'http://evil.example/',
    '*',
  ].map((path) => ({ what: `the path ${path}`, bytes: callWith({ line: `GET ${path} HTTP/1.1`, origin: undefined }) })),
  ...['OPTIONS', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'TRACE', 'GET'].map((method) => ({
    what: `${method} of a call`,
    bytes: callWith({ line: `${method} /call/listHosts HTTP/1.1` }),
  })),
  { what: 'a CONNECT', bytes: callWith({ line: 'CONNECT evil.example:443 HTTP/1.1' }) },
  {
    what: 'a web socket',
    bytes: callWith({
      line: 'GET /call/listHosts HTTP/1.1',
      more: ['upgrade: websocket', 'sec-websocket-version: 13', 'sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA=='],
    }),
  },
  ...['constructor', '__proto__', 'toString', 'nonsense', 'listHosts/', ''].map((name) => ({
    what: `a call named "${name}"`,
    bytes: callWith({ line: `POST /call/${name} HTTP/1.1` }),
  })),
  {
    what: 'a form',
    bytes: callWith({ more: ['content-type: application/x-www-form-urlencoded', 'content-length: 4'] }),
  },
  { what: 'plain text', bytes: callWith({ more: ['content-type: text/plain', 'content-length: 4'] }) },
  { what: 'a compressed body', bytes: callWith({ more: [json, 'content-encoding: gzip', 'content-length: 4'] }) },
  { what: 'no JSON', bytes: callWith({ body: '{"a":' }) },
  { what: 'a body that says to be huge', bytes: callWith({ more: [json, 'content-length: 99999999999'] }) },
  {
    what: 'a huge body in chunks',
    bytes: callWith({
      more: [json, 'transfer-encoding: chunked'],
      body: `200000\r\n${'x'.repeat(0x200000)}\r\n0\r\n\r\n`,
    }),
  },
  { what: 'two lengths', bytes: callWith({ more: [json, 'content-length: 4', 'content-length: 5'] }) },
  { what: 'a length and chunks', bytes: callWith({ more: [json, 'content-length: 4', 'transfer-encoding: chunked'] }) },
  {
    what: 'huge headers',
    bytes: callWith({ more: [`x-filler: ${'x'.repeat(64 * 1024)}`, json, 'content-length: 4'] }),
  },
  {
    what: 'a header with a line feed inside',
    bytes: callWith({ more: ['x-a: b\nauthorization: x', 'x b: c', json, 'content-length: 4'] }),
  },
  { what: 'no HTTP at all', bytes: () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n' },
  { what: 'HTTP 0.9', bytes: () => 'GET /\r\n\r\n' },
]

test(`none of ${hostile.length} hostile requests reaches the engine or reads a file`, async (context) => {
  await using host = await rig()
  assert.ok(hostile.length >= 50)
  for (const each of hostile) {
    await context.test(each.what, async () => {
      const answer = await raw(host.loopback.port, each.bytes(`127.0.0.1:${host.loopback.port}`, host.token))
      assert.doesNotMatch(answer, /^HTTP\/1\.1 [123]/)
      assert.doesNotMatch(answer, /access-control|root:|not of the page|let a/i)
      assert.deepEqual(host.called, [])
    })
  }
  const answer = await raw(host.loopback.port, callWith({})(`127.0.0.1:${host.loopback.port}`, host.token))
  assert.match(answer, /^HTTP\/1\.1 200/, 'the request that the cases were made from is a good one')
  assert.deepEqual(host.called, ['listHosts'])
})

for (const [what, bytes] of [
  ['headers', 'POST /call/listHosts HTTP/1.1\r\nhost: '],
  [
    'body',
    'POST /call/listHosts HTTP/1.1\r\nhost: HOST\r\norigin: http://HOST\r\nauthorization: Bearer TOKEN\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\nnu',
  ],
] as const) {
  test(`a client that never ends its ${what} is cut off`, async () => {
    await using host = await rig({ headersWaitMs: 50, requestWaitMs: 100 })
    const authority = `127.0.0.1:${host.loopback.port}`
    const filled = bytes.replaceAll('HOST', authority).replace('TOKEN', host.token)
    assert.match(await raw(host.loopback.port, filled), /^HTTP\/1\.1 408|^$/)
    assert.deepEqual(host.called, [])
  })
}

test('a port that somebody else has is refused as a wrong argument', async () => {
  await using host = await rig()
  const again = startLoopback({ engine: connect(channel().near), files: new Map(), port: host.loopback.port })
  await assert.rejects(again, { code: 'invalid-argument' })
})

test('a window that was not built is said to be so', () => {
  assert.throws(
    () => loadPageFiles(join(tmpdir(), 'no-such-folder')),
    (thrown) => thrown instanceof Failure && thrown.code === 'tool-missing',
  )
})
