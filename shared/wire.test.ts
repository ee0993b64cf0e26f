import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallName, calls, type Handlers } from './contract.ts'
import { Failure, toWire } from './failure.ts'
import { answer, connect, type Message, type Port, serve } from './wire.ts'

const id = '0'.repeat(32)

function handlers(): Handlers<AbortSignal> {
  const names = Object.keys(calls) as CallName[]
  const entries = names.map((name) => [name, async () => undefined])
  return Object.fromEntries(entries) as unknown as Handlers<AbortSignal>
}

test('a call that the contract does not know reaches no handler', async () => {
  const signal = new AbortController().signal
  for (const name of ['', 'constructor', '__proto__', 'toString', 'listhosts', 'listHosts ']) {
    const outcome = await answer(handlers(), name, null, signal)
    assert.ok('failure' in outcome && outcome.failure.code === 'invalid-argument')
  }
})

test('a refused argument is told by its place and never by its value', async () => {
  const secret = 'canary-passphrase'
  const outcome = await answer(
    handlers(),
    'createRepository',
    { address: { kind: 'folder', folder: 7 }, passphrase: secret },
    new AbortController().signal,
  )
  assert.ok('failure' in outcome)
  assert.match(outcome.failure.message, /address\.folder/)
  assert.ok(!outcome.failure.message.includes(secret))
})

/** Two ends in one thread; messages take the structured clone that real ports take. */
function channel(): { readonly near: Port; readonly far: Port } {
  const [toNear, toFar] = [new Set<(message: Message) => void>(), new Set<(message: Message) => void>()]
  const end = (to: typeof toNear, from: typeof toNear): Port => ({
    post(message) {
      const copy = structuredClone(message)
      queueMicrotask(() => to.forEach((listener) => void listener(copy)))
    },
    onMessage: (listener) => void from.add(listener),
  })
  return { near: end(toFar, toNear), far: end(toNear, toFar) }
}

function wired(own: Partial<Handlers<AbortSignal>>) {
  const { near, far } = channel()
  const served = serve(far, { ...handlers(), ...own }, () => new AbortController())
  return { connection: connect<AbortSignal>(near), served, far }
}

test('a result, a foreseen failure and a bug cross the wire as what they are', async () => {
  const { connection } = wired({
    listHosts: async () => [],
    listMachines: () => Promise.reject(new Failure('host-unreachable', 'no answer')),
    cancelRun: () => Promise.reject(new TypeError('oops')),
  })
  assert.deepEqual(await connection.calls.listHosts(null), [])
  await assert.rejects(connection.calls.listMachines(null), { code: 'host-unreachable', message: 'no answer' })
  await assert.rejects(connection.calls.cancelRun({ runId: id }), { code: 'bug', message: 'oops' })
})

test('an answer that breaks the contract is a bug, not a value', async () => {
  const { connection } = wired({ listHosts: async () => [{ id: 'nonsense' }] as never })
  await assert.rejects(connection.calls.listHosts(null), { code: 'bug' })
})

test('aborting a call aborts its handler and no other', async () => {
  const seen: string[] = []
  const never = (name: string) => (_: unknown, signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        seen.push(name)
        reject(signal.reason)
      })
    })
  const { connection, served } = wired({ listHosts: never('listHosts'), listMachines: never('listMachines') })
  const abort = new AbortController()
  const first = connection.calls.listHosts(null, abort.signal)
  const second = connection.calls.listMachines(null)
  abort.abort()
  await assert.rejects(first, { code: 'cancelled' })
  assert.deepEqual(seen, ['listHosts'])
  served.end()
  await assert.rejects(second, { code: 'cancelled' })
  assert.deepEqual(seen, ['listHosts', 'listMachines'])
})

test('a call that was aborted before it began is cancelled', async () => {
  const { connection } = wired({
    listHosts: (_, signal) =>
      new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
  })
  await assert.rejects(connection.calls.listHosts(null, AbortSignal.abort()), { code: 'cancelled' })
})

test('when the other side dies, every waiting call fails with the reason given', async () => {
  const { connection } = wired({ listHosts: () => new Promise(() => {}) })
  const waiting = connection.calls.listHosts(null)
  connection.fail(new Failure('engine-died', 'gone'))
  await assert.rejects(waiting, { code: 'engine-died' })
})

test('events reach who listens, until they stop listening; unknown ones reach nobody', async () => {
  const { connection, served, far } = wired({ listHosts: async () => [] })
  let count = 0
  const stop = connection.on('hostsChanged', () => {
    count++
  })
  served.emit('hostsChanged', null)
  far.post({ kind: 'event', name: 'constructor', value: null })
  await connection.calls.listHosts(null)
  stop()
  served.emit('hostsChanged', null)
  await connection.calls.listHosts(null)
  assert.equal(count, 1)
})

test('whatever is thrown has a code from the closed list', () => {
  assert.deepEqual(toWire(new Failure('no-space', 'full')), { code: 'no-space', message: 'full' })
  assert.deepEqual(toWire(new DOMException('', 'AbortError')).code, 'cancelled')
  for (const thrown of ['text', null, undefined, 7, {}]) assert.equal(toWire(thrown).code, 'bug')
})
