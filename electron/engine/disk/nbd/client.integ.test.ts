import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import { KiB, MiB } from '../../../../shared/units.ts'
import { systemClock } from '../../base/clock.ts'
import { type Child, start } from '../../base/run.ts'
import { writableDiskSuite } from '../disk.suite.ts'
import { connectNbd, type NbdDisk } from './client.ts'

const signal = new AbortController().signal
const folder = await mkdtemp(path.join(tmpdir(), 'stillpoint-nbdkit-'))
const owned = new AsyncDisposableStack()
owned.defer(() => rm(folder, { recursive: true, force: true }))
after(() => owned.disposeAsync())

let lastSocket = 0

type Served = { readonly server: Child; readonly socketPath: string }

/** nbdkit ends with this process: it is our child, and stopped by its id. */
async function serve(...args: readonly string[]): Promise<Served> {
  const socketPath = path.join(folder, `${++lastSocket}`)
  const server = owned.use(await start('nbdkit', ['--foreground', '--unix', socketPath, ...args], signal))
  const bounded = AbortSignal.timeout(20_000)
  while (!(await listens(socketPath))) await systemClock.sleep(5, bounded)
  return { server, socketPath }
}

async function listens(socketPath: string): Promise<boolean> {
  const socket = connect(socketPath)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

function connectTo({ socketPath }: Served, connections = 4): Promise<NbdDisk> {
  return connectNbd({ socketPath, exportName: '', contexts: [], connections }, signal)
}

writableDiskSuite('nbdkit memory', async (sizeBytes) => connectTo(await serve('memory', `size=${sizeBytes}`)))
writableDiskSuite('nbdkit memory without structured replies', async (sizeBytes) =>
  connectTo(await serve('--no-sr', 'memory', `size=${sizeBytes}`)),
)
writableDiskSuite('nbdkit memory that cannot zero', async (sizeBytes) =>
  connectTo(await serve('--filter=nozero', 'memory', `size=${sizeBytes}`, 'zeromode=none')),
)

test('a disk of many patterns reads as the pattern, over all connections, in any order', async () => {
  await using disk = await connectTo(await serve('pattern', `size=${64 * MiB}`))
  await Promise.all(
    Array.from({ length: 64 }, async (_, index) => {
      const offset = ((index * 29) % 64) * MiB
      const into = Buffer.alloc(MiB)
      await disk.read(offset, into, signal)
      for (const at of [0, 8, MiB - 8]) assert.equal(into.readBigUInt64BE(at), BigInt(offset + at))
    }),
  )
})

test('an allocation map of a sparse disk has exactly its pages, and covers what no server tells at once', async () => {
  const far = 2 ** 36
  const served = await serve('data', `size=${8 * far}`, `data=@${5 * far} 1`)
  await using disk = await connectTo(served)
  const allocated = await disk.allocated(signal)
  assert.equal(allocated.length, 1)
  assert.ok(allocated[0] !== undefined && allocated[0].start <= 5 * far && allocated[0].end > 5 * far)
  assert.ok(allocated[0].end - allocated[0].start <= 64 * KiB)
  assert.equal((await disk.blockStatus('base:allocation', signal)).at(-1)?.end, 8 * far)
})

test('reads fail while the medium has errors, and only then', async () => {
  const trigger = path.join(folder, 'bad')
  const served = await serve(
    '--filter=error',
    'memory',
    `size=${MiB}`,
    'error-pread=EIO',
    'error-pread-rate=1',
    `error-pread-file=${trigger}`,
  )
  await using disk = await connectTo(served)
  await disk.read(0, new Uint8Array(4096), signal)
  await writeFile(trigger, '')
  await assert.rejects(disk.read(8192, new Uint8Array(4096), signal), (thrown: Error & { code?: string }) => {
    return thrown.code === 'disk-unreadable' && thrown.message.includes('EIO') && thrown.message.includes('8192')
  })
  await rm(trigger)
  await disk.read(8192, new Uint8Array(4096), signal)
})

test('a read can be given up while the server takes its time, and the disk stays usable', async () => {
  const served = await serve('--filter=delay', 'memory', `size=${MiB}`, 'rdelay=300ms')
  await using disk = await connectTo(served, 1)
  const abort = new AbortController()
  const slow = disk.read(0, new Uint8Array(4096), abort.signal)
  abort.abort(new Error('enough'))
  await assert.rejects(slow, { message: 'enough' })
  await disk.read(0, new Uint8Array(4096), signal)
})

test('a server that is killed fails every read under way', async () => {
  const served = await serve('--filter=delay', 'memory', `size=${MiB}`, 'rdelay=60')
  await using disk = await connectTo(served)
  const reads = Array.from({ length: 16 }, () => disk.read(0, new Uint8Array(4096), signal))
  process.kill(served.server.pid, 'SIGKILL')
  for (const result of await Promise.allSettled(reads)) {
    assert.equal(result.status === 'rejected' && result.reason.code, 'disk-unreadable')
  }
  assert.ok(disk.lost.aborted)
})

test('an export that does not exist is refused in words', async () => {
  const { socketPath } = await serve(
    '--filter=exportname',
    'memory',
    'size=1M',
    'exportname-strict=true',
    'exportname=a',
  )
  const address = { socketPath, exportName: 'b', contexts: [], connections: 1 }
  await assert.rejects(connectNbd(address, signal), { code: 'disk-unreadable', message: /refuses export "b"/ })
})
