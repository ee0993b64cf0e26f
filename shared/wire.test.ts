import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type CallName, calls, type Handlers } from './contract.ts'
import { Failure, toWire } from './failure.ts'
import { answer, connect, type Message, type Port, serve } from './wire.ts'

const uuid = '00000000-0000-4000-8000-000000000001'
const id = '0'.repeat(32)
const folder = { kind: 'folder', folder: '/backups' } as const

/** One good argument for every call; its mutants must all be refused. */
const good: { readonly [N in CallName]: unknown } = {
  addHost: { address: { kind: 'libvirt', uri: 'qemu:///system' } },
  listHosts: null,
  removeHost: { hostId: uuid },
  listMachines: null,
  createRepository: { address: folder, passphrase: 'correct horse' },
  openRepository: { address: folder, unlock: { kind: 'passphrase', passphrase: 'correct horse' } },
  listRepositories: null,
  startBackup: { machineId: uuid, repositoryId: id, method: 'full' },
  startRestore: { pointId: id, target: { kind: 'images', folder: '/out', format: 'raw' } },
  startVerify: { repositoryId: id },
  cancelRun: { runId: id },
  listRuns: { limit: 10 },
  showRun: { runId: id },
  listPoints: { machineId: uuid },
  showPoint: { pointId: id },
  createSample: { folder: '/images' },
}

/** None of these is a good value of any argument, at any place. */
const foreign: readonly unknown[] = [
  undefined,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  -1,
  0.5,
  1e300,
  true,
  '',
  'x'.repeat(5000),
  [],
  [[]],
  ['x'],
  () => 'x',
  10n,
  Symbol('x'),
  new Date(0),
  new Map(),
  new Uint8Array(3),
  JSON.parse('{ "__proto__": { "kind": "folder", "folder": "/x" } }'),
  { kind: 'nonsense' },
  { toString: () => uuid },
  '../../../etc/passwd\u0000',
  '00000000-0000-4000-8000-00000000000G',
  '$' + '{id}',
  Object.create(null),
]

function handlers(called: string[] = []): Handlers<AbortSignal> {
  const names = Object.keys(calls) as CallName[]
  const entries = names.map((name) => [name, async () => called.push(name)])
  return Object.fromEntries(entries) as unknown as Handlers<AbortSignal>
}

/** Text of free form: any text up to its limit is a good value there. */
const freeText = new Set(['passphrase', 'uri', 'folder', 'words'])

/** Every argument with one place in it replaced, and with the argument itself replaced. */
function mutants(argument: unknown): readonly unknown[] {
  const inside = places(argument).flatMap((place) =>
    foreign
      .filter(
        (value) =>
          !(typeof value === 'string' && value !== '' && value.length < 1024 && freeText.has(place.at(-1) ?? '')),
      )
      .filter((value) => !(value === undefined && isOptional(place)))
      .map((value) => replaced(argument, place, value)),
  )
  return [...foreign.filter((value) => !fits(argument, value)), ...inside]
}

/** `listPoints` and `startVerify` take an object without fields; nothing in `foreign` may be taken for another one. */
function fits(argument: unknown, value: unknown): boolean {
  const isLoose = argument !== null && Object.keys(argument as object).every((key) => isOptional([key]))
  return isLoose && typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOptional(place: readonly string[]): boolean {
  return place.length === 1 && (place[0] === 'repositoryId' || place[0] === 'machineId')
}

function places(value: unknown, at: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at]
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...places(inner, [...at, key])])
}

function replaced(argument: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value
  const object = argument as Record<string, unknown>
  return { ...object, [key]: replaced(object[key], rest, value) }
}

for (const name of Object.keys(calls) as CallName[]) {
  test(`${name} takes a good argument and none of its mutants`, async () => {
    const called: string[] = []
    const signal = new AbortController().signal
    assert.deepEqual(await answer(handlers(called), name, good[name], signal), { value: 1 })
    assert.deepEqual(called, [name])
    const all = mutants(good[name])
    assert.ok(all.length >= 20, `${all.length} mutants`)
    for (const mutant of all) {
      const outcome = await answer(handlers(called), name, mutant, signal)
      assert.ok('failure' in outcome && outcome.failure.code === 'invalid-argument', String(name))
    }
    assert.deepEqual(called, [name])
  })
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
