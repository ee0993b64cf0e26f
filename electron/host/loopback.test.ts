import assert from 'node:assert/strict'
import { connect as connectSocket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../shared/failure.ts'
import { connect } from '../../shared/wire.ts'
import { channel, onceOf, post, rig } from './loopback.suite.ts'
import { startLoopback } from './loopback.ts'
import { loadPageFiles } from './page-files.ts'

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

test('a port that somebody else has is refused as a wrong argument', async () => {
  await using host = await rig()
  const downloads = async () => undefined
  const again = startLoopback({
    engine: connect(channel().near),
    files: new Map(),
    downloads,
    port: host.loopback.port,
  })
  await assert.rejects(again, { code: 'invalid-argument' })
})

test('a window that was not built is said to be so', () => {
  assert.throws(
    () => loadPageFiles(join(tmpdir(), 'no-such-folder')),
    (thrown) => thrown instanceof Failure && thrown.code === 'tool-missing',
  )
})
