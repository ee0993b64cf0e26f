import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtempDisposable } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { connect } from '../../shared/wire.ts'
import { EngineThread } from './engine-thread.ts'

/** A thread that answers `listHosts`, never answers `listMachines`, and dies of `listRepositories`. */
function entry(atStart = "parentPort.postMessage({ kind: 'ready' })"): URL {
  const script = `
    import { parentPort } from 'node:worker_threads'
    const ports = []
    parentPort.on('message', (order) => {
      if (order.kind === 'close') return process.exit(0)
      order.port.on('message', ({ kind, id, name }) => {
        if (kind === 'call' && name === 'listHosts') order.port.postMessage({ kind: 'done', id, value: [] })
        if (kind === 'call' && name === 'listRepositories') throw new Error('planted')
        if (kind === 'cancel') order.port.postMessage({ kind: 'failed', id, failure: { code: 'cancelled', message: '' } })
      })
    })
    ${atStart}`
  return new URL(`data:text/javascript,${encodeURIComponent(script)}`)
}

function start(url = entry()): EngineThread {
  return new EngineThread({ home: '/nowhere', entry: url, restartWaitMs: 1 })
}

test('calls made before the thread is ready are answered when it is', async () => {
  await using engine = start()
  using port = engine.attach()
  assert.deepEqual(await connect<AbortSignal>(port).calls.listHosts(null), [])
})

test('when the engine dies, the calls that wait on any port fail with engine-died', async () => {
  await using engine = start()
  using first = engine.attach()
  using second = engine.attach()
  const waiting = connect<AbortSignal>(first).calls.listMachines(null)
  const deadly = connect<AbortSignal>(second).calls.listRepositories(null)
  await assert.rejects(deadly, { code: 'engine-died', message: /planted/ })
  await assert.rejects(waiting, { code: 'engine-died' })
})

test('after a restart the same port reaches the new engine and says that everything may have changed', async () => {
  await using engine = start()
  using port = engine.attach()
  const connection = connect<AbortSignal>(port)
  const changed = Promise.withResolvers<void>()
  connection.on('pointsChanged', () => changed.resolve())
  await assert.rejects(connection.calls.listRepositories(null), { code: 'engine-died' })
  await changed.promise
  assert.deepEqual(await connection.calls.listHosts(null), [])
})

test('until the next engine is ready, calls fail at once instead of waiting for it', async () => {
  await using place = await mkdtempDisposable(path.join(tmpdir(), 'stillpoint-thread-'))
  const starts = ['first', 'second'].map((name) => path.join(place.path, name))
  const slow = entry(`
    const { existsSync, writeFileSync } = process.getBuiltinModule('node:fs')
    const [first, second] = ${JSON.stringify(starts)}
    if (!existsSync(first)) parentPort.postMessage({ kind: 'ready' })
    writeFileSync(existsSync(first) ? second : first, '')`)
  await using engine = start(slow)
  using port = engine.attach()
  const connection = connect<AbortSignal>(port)
  await assert.rejects(connection.calls.listRepositories(null), { code: 'engine-died' })
  for (let tries = 0; !existsSync(starts[1] ?? '') && tries < 500; tries++) await delay(10)
  assert.ok(existsSync(starts[1] ?? ''), 'the next engine is being started')
  await assert.rejects(connection.calls.listHosts(null), { code: 'engine-died' })
})

test('an engine that refuses to start is not started again, and every call says why', async () => {
  const failure = { code: 'catalog-from-future', message: 'too new' }
  const refusing = entry(
    `parentPort.postMessage({ kind: 'refused', failure: ${JSON.stringify(failure)} }); parentPort.close()`,
  )
  await using engine = start(refusing)
  using port = engine.attach()
  const connection = connect<AbortSignal>(port)
  await assert.rejects(connection.calls.listMachines(null), failure)
  await assert.rejects(connection.calls.listHosts(null), failure)
})

test('a call can be cancelled through the thread', async () => {
  await using engine = start()
  using port = engine.attach()
  const abort = new AbortController()
  const waiting = connect<AbortSignal>(port).calls.listMachines(null, abort.signal)
  abort.abort()
  await assert.rejects(waiting, { code: 'cancelled' })
})

test('closing ends the thread and fails what still waits', async () => {
  const engine = start()
  using port = engine.attach()
  const connection = connect<AbortSignal>(port)
  await connection.calls.listHosts(null)
  const waiting = assert.rejects(connection.calls.listMachines(null), { code: 'engine-died' })
  await engine[Symbol.asyncDispose]()
  await waiting
})

test('the thread learns what carries it, and its questions about secrets are answered by the sealer', async () => {
  const asking = entry(`
    import('node:worker_threads').then(({ workerData }) => {
      parentPort.on('message', (order) => {
        if (order.kind !== 'secret') return
        const value = { ...workerData, answer: order.id + ':' + Buffer.from(order.bytes).toString() }
        parentPort.postMessage({ kind: 'refused', failure: { code: 'bug', message: JSON.stringify(value) } })
        parentPort.close()
      })
      parentPort.postMessage({ kind: 'secret', id: 9, act: 'seal', bytes: Buffer.from('plain') })
    })`)
  const heard = Promise.withResolvers<string>()
  const sealer = {
    kind: 'system',
    seal: async (secret: Uint8Array) => Buffer.from(`sealed ${Buffer.from(secret).toString()}`),
    open: async (secret: Uint8Array) => ({ secret, isStale: false }),
  } as const
  const onLife = (down: Error | undefined): void => heard.resolve(down?.message ?? '')
  await using _ = new EngineThread({ home: '/nowhere', entry: asking, carrier: 'electron', sealer, onLife })
  const { answer, carrier, secrets, version } = JSON.parse(await heard.promise) as Record<string, string>
  assert.deepEqual({ answer, carrier, secrets }, { answer: '9:sealed plain', carrier: 'electron', secrets: 'system' })
  assert.match(version ?? '', /^\d+\.\d+\.\d+/)
})

test('whoever watches the engine hears of its deaths and of its return', async () => {
  const lives: (string | undefined)[] = []
  const returned = Promise.withResolvers<void>()
  await using engine = new EngineThread({
    home: '/nowhere',
    entry: entry(),
    restartWaitMs: 1,
    onLife: (down) => {
      lives.push(down?.code)
      if (lives.length === 3) returned.resolve()
    },
  })
  using port = engine.attach()
  await assert.rejects(connect<AbortSignal>(port).calls.listRepositories(null), { code: 'engine-died' })
  await returned.promise
  assert.deepEqual(lives, [undefined, 'engine-died', undefined])
})
