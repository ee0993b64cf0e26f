import assert from 'node:assert/strict'
import { connect as connectSocket } from 'node:net'
import { test } from 'node:test'
import { rig } from './loopback.suite.ts'

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
