import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { request } from 'node:http'
import { connect as connectSocket } from 'node:net'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { type DownloadFacts, type DownloadTold, roomBytes } from '../../shared/download.ts'
import { Failure } from '../../shared/failure.ts'
import { MiB } from '../../shared/units.ts'
import type { Download } from '../engine/files/download.ts'
import { serveDownload } from '../engine/files/serve-download.ts'
import { type Downloads, takeDownload } from './downloads.ts'
import { rig } from './loopback.suite.ts'

const never = new AbortController().signal
const ticket = 'T'.repeat(43)
const content = randomBytes(3 * MiB + 5)

type Serving = {
  readonly downloads: Downloads
  readonly log: { sent: number; ended: 'whole' | 'cut off' | undefined; failure: string | undefined }
}

/** The engine's side and the host's, with a channel of their own for each request, as the engine's thread has them. */
function serving(facts: Partial<DownloadFacts> = {}, breakAt = Number.POSITIVE_INFINITY): Serving {
  const log: Serving['log'] = { sent: 0, ended: undefined, failure: undefined }
  const download: Download = {
    facts: { name: 'a.bin', sizeBytes: content.length, type: 'file', ...facts },
    async *bytes(range, signal) {
      const { start, end } = range ?? { start: 0, end: facts.sizeBytes ?? content.length }
      log.ended = undefined
      let ended: Serving['log']['ended'] = 'cut off'
      try {
        for (let at = start; at < end; at += 100_000) {
          signal.throwIfAborted()
          if (at >= breakAt) throw new Failure('file-system-damaged', 'A bad block')
          const piece = content.subarray(at % content.length, Math.min(end, at + 100_000))
          log.sent += piece.length
          yield piece
        }
        ended = 'whole'
      } finally {
        log.ended = ended
      }
    },
    async [Symbol.asyncDispose]() {},
  }
  const downloads: Downloads = (asked, _, signal) => {
    const { port1, port2 } = new MessageChannel()
    void serveDownload(port2, async () => (asked === ticket ? download : undefined), never).then((failure) => {
      log.failure = failure?.code
    })
    return takeDownload(port1, signal)
  }
  return { downloads, log }
}

async function get(port: number, path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}${path}`, { headers })
}

test('a file comes whole, under its name, and can do nothing', async () => {
  const { downloads } = serving({ name: '报告"\'%;x\u{1f5dd}.pdf' })
  await using host = await rig({}, downloads)
  const response = await get(host.loopback.port, `/files/${ticket}`)
  assert.equal(response.status, 200)
  assert.ok(content.equals(Buffer.from(await response.arrayBuffer())))
  const { headers } = response
  assert.equal(
    headers.get('content-disposition'),
    `attachment; filename="___'_;x_.pdf"; filename*=UTF-8''%E6%8A%A5%E5%91%8A%22%27%25%3Bx%F0%9F%97%9D.pdf`,
  )
  assert.equal(headers.get('content-type'), 'application/octet-stream')
  assert.equal(headers.get('content-length'), String(content.length))
  assert.equal(headers.get('content-security-policy'), "sandbox; default-src 'none'")
  assert.equal(headers.get('x-content-type-options'), 'nosniff')
  assert.equal(headers.get('cache-control'), 'no-store')
})

test('ranges are served as they are asked for, and only for what is of a known length', async () => {
  const { downloads } = serving()
  await using host = await rig({}, downloads)
  const size = content.length
  const cases: readonly (readonly [string, number, number, number])[] = [
    ['bytes=0-0', 206, 0, 1],
    ['bytes=5-', 206, 5, size],
    ['bytes=-7', 206, size - 7, size],
    [`bytes=10-${size + 99}`, 206, 10, size],
    ['bytes=9-3', 200, 0, size],
    ['bytes=0-1,4-5', 200, 0, size],
    ['lines=0-1', 200, 0, size],
  ]
  for (const [range, status, start, end] of cases) {
    const response = await get(host.loopback.port, `/files/${ticket}`, { range })
    assert.equal(response.status, status, range)
    assert.ok(content.subarray(start, end).equals(Buffer.from(await response.arrayBuffer())), range)
    assert.equal(response.headers.get('content-range'), status === 206 ? `bytes ${start}-${end - 1}/${size}` : null)
  }
  for (const range of [`bytes=${size}-`, 'bytes=-0']) {
    const response = await get(host.loopback.port, `/files/${ticket}`, { range })
    assert.deepEqual([response.status, response.headers.get('content-range')], [416, `bytes */${size}`])
  }
  const changed = await get(host.loopback.port, `/files/${ticket}`, { range: 'bytes=1-2', 'if-range': '"x"' })
  assert.equal(changed.status, 200)
  await changed.body?.cancel()
})

test('an archive of unknown length comes whole and takes no ranges', async () => {
  const { downloads } = serving({ type: 'zip', sizeBytes: undefined, name: 'a.zip' })
  await using host = await rig({}, downloads)
  const response = await get(host.loopback.port, `/files/${ticket}`, { range: 'bytes=1-2' })
  assert.deepEqual([response.status, response.headers.get('content-length')], [200, null])
  assert.equal(response.headers.get('content-type'), 'application/zip')
  assert.ok(content.equals(Buffer.from(await response.arrayBuffer())))
})

test('only a picture that was asked for as one is shown', async () => {
  const { downloads } = serving({ type: 'image/png' })
  await using host = await rig({}, downloads)
  const response = await get(host.loopback.port, `/files/${ticket}?inline`)
  assert.equal(response.headers.get('content-type'), 'image/png')
  assert.match(response.headers.get('content-disposition') ?? '', /^inline; /)
  await response.body?.cancel()
})

for (const sizeBytes of [content.length, undefined]) {
  test(`what breaks off ends the connection, ${sizeBytes === undefined ? 'without' : 'with'} a length`, async () => {
    const { downloads, log } = serving({ sizeBytes }, 2 * MiB)
    await using host = await rig({}, downloads)
    const raw = await new Promise<{ text: string; isWhole: boolean }>((resolve, reject) => {
      const asking = request({ host: '127.0.0.1', port: host.loopback.port, path: `/files/${ticket}` }, (response) => {
        response.resume()
        response.on('end', () => resolve({ text: 'end', isWhole: response.complete }))
        response.on('error', (thrown) => resolve({ text: String(thrown), isWhole: response.complete }))
      })
      asking.on('error', reject)
      asking.end()
    })
    assert.equal(raw.isWhole, false)
    assert.match(raw.text, /aborted/)
    assert.equal(log.failure, 'file-system-damaged')
  })
}

test('no more than a mebibyte is on its way to a client that does not read', async () => {
  const { port1, port2 } = new MessageChannel()
  const { log, downloads } = serving()
  port1.close()
  port2.close()
  const download = await downloads(ticket, false, never)
  assert.ok(download !== undefined)
  const bytes = download.bytes(undefined)
  await bytes.next()
  await new Promise((resolve) => setImmediate(resolve))
  assert.ok(log.sent <= roomBytes + 2 * 100_000, `${log.sent} bytes`)
  await bytes.return(undefined)
})

test('a client that goes ends the work in the engine', async () => {
  const { downloads, log } = serving({ sizeBytes: 2 ** 40 })
  await using host = await rig({}, downloads)
  const socket = connectSocket(host.loopback.port, '127.0.0.1')
  socket.write(`GET /files/${ticket} HTTP/1.1\r\nhost: 127.0.0.1:${host.loopback.port}\r\n\r\n`)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.pause()
  socket.destroy()
  for (let tries = 0; tries < 500 && log.ended === undefined; tries++)
    await new Promise((resolve) => setTimeout(resolve, 10))
  assert.deepEqual([log.ended, log.failure], ['cut off', undefined])
})

test('an engine that dies in between fails the download', async () => {
  const { port1, port2 } = new MessageChannel()
  const taking = takeDownload(port1, never)
  const told: DownloadTold = { kind: 'found', name: 'a', sizeBytes: 10, type: 'file' }
  port2.postMessage(told)
  const bytes = (await taking)?.bytes(undefined)
  const first = bytes?.next()
  port2.close()
  await assert.rejects(first ?? Promise.resolve(), { code: 'engine-died' })
})

test('tickets that nobody issued, other paths and other hosts get nothing', async () => {
  const { downloads } = serving()
  await using host = await rig({}, downloads)
  const { port } = host.loopback
  for (const path of [`/files/${'U'.repeat(43)}`, '/files/', `/files/${ticket}/x`, '/files/short']) {
    assert.equal((await get(port, path)).status, 404, path)
  }
  for (const path of [`/files/${ticket}?inline=1`, `/files/${ticket}?`, '/index.html?inline', `/files/${ticket}%20`]) {
    assert.equal((await get(port, path)).status, 400, path)
  }
  for (const change of [{ 'sec-fetch-site': 'cross-site' }, { origin: 'http://evil.example' }]) {
    assert.equal((await get(port, `/files/${ticket}`, change)).status, 403)
  }
  const socket = connectSocket(port, '127.0.0.1')
  socket.write(`GET /files/${ticket} HTTP/1.1\r\nhost: evil.example\r\n\r\n`)
  const answer = await new Promise<string>((resolve) => socket.once('data', (bytes) => resolve(bytes.toString())))
  assert.match(answer, /^HTTP\/1.1 421 /)
  socket.destroy()
})
