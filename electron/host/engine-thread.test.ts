import assert from 'node:assert/strict'
import { test } from 'node:test'
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
