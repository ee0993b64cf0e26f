import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createConnection } from 'node:net'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { MiB } from '../../../../shared/units.ts'
import { run } from '../../base/run.ts'
import { chanceFrom } from '../../proof/chance.ts'
import type { ReadableDisk } from '../disk.ts'
import { memoryDisk } from '../memory.ts'
import { connectNbd } from './client.ts'
import { serveNbd } from './server.ts'

const seed = Date.now() % 1_000_000
const sizeBytes = 5 * MiB + 512

async function filled(bytes: Uint8Array, signal: AbortSignal): Promise<ReadableDisk> {
  const disk = memoryDisk(bytes.length)
  await disk.write(0, bytes, signal)
  return disk
}

test('our client and nbdcopy read what was served, each export its own', async (t) => {
  t.diagnostic(`seed ${seed}`)
  const chance = chanceFrom(seed)
  const [one, two] = [chance.bytes(sizeBytes), chance.bytes(MiB)]
  const exports = new Map([
    ['vda', await filled(one, t.signal)],
    ['vdb', await filled(two, t.signal)],
  ])
  await using server = await serveNbd(exports)
  const { socketPath } = server
  await using disk = await connectNbd({ socketPath, exportName: 'vda', contexts: [], connections: 3 }, t.signal)
  assert.equal(disk.readOnly, true)
  const into = Buffer.alloc(sizeBytes)
  await disk.read(0, into, t.signal)
  assert.ok(into.equals(one))
  const { stdout } = await run('nbdinfo', ['--size', `nbd+unix:///vdb?socket=${socketPath}`], {}, t.signal)
  assert.equal(Number(stdout), MiB)
  const target = `${socketPath}.copy`
  await run('nbdcopy', [`nbd+unix:///vdb?socket=${socketPath}`, target], {}, t.signal)
  await run('cmp', ['-', target], { input: two }, t.signal)
  await assert.rejects(connectNbd({ socketPath, exportName: 'vdc', contexts: [], connections: 1 }, t.signal), {
    code: 'disk-unreadable',
  })
})

test('a read that fails is an error of that read alone', async (t) => {
  const whole = await filled(new Uint8Array(MiB).fill(7), t.signal)
  const torn: ReadableDisk = {
    sizeBytes: MiB,
    allocated: (signal) => whole.allocated(signal),
    async read(offset, into, signal) {
      if (offset < 4096) throw new Failure('object-damaged', 'lost')
      await whole.read(offset, into, signal)
    },
    async [Symbol.asyncDispose]() {},
  }
  await using server = await serveNbd(new Map([['', torn]]))
  const address = { socketPath: server.socketPath, exportName: '', contexts: [], connections: 1 }
  await using disk = await connectNbd(address, t.signal)
  const into = new Uint8Array(4096)
  await assert.rejects(disk.read(0, into, t.signal), { code: 'disk-unreadable', message: /EIO/ })
  await disk.read(4096, into, t.signal)
  assert.equal(into[0], 7)
})

test('whatever a client says, it ends its own connection at most', async (t) => {
  t.diagnostic(`seed ${seed}`)
  const chance = chanceFrom(seed)
  await using server = await serveNbd(new Map([['', await filled(new Uint8Array(MiB).fill(7), t.signal)]]))
  const greeted = Buffer.from('0000000349484156454f5054', 'hex')
  const lines = [
    Buffer.concat([greeted, Buffer.from('00000007ffffffff', 'hex')]),
    Buffer.concat([greeted, Buffer.from('0000000700000006ffffffff0000', 'hex')]),
    Buffer.concat([greeted, Buffer.from('0000000100000000', 'hex'), Buffer.alloc(28, 0xff)]),
    request({ command: 0, offset: 2n ** 63n, lengthBytes: 4096 }, greeted),
    request({ command: 0, offset: 0n, lengthBytes: 0xffffffff }, greeted),
    request({ command: 1, offset: 0n, lengthBytes: 0xffffffff }, greeted),
    ...Array.from({ length: 60 }, () => chance.bytes(1 + chance.below(200))),
  ]
  for (const line of lines) {
    const socket = createConnection(server.socketPath)
    socket.on('error', () => {}).resume()
    socket.end(line)
    await once(socket, 'close')
  }
  const address = { socketPath: server.socketPath, exportName: '', contexts: [], connections: 1 }
  await using disk = await connectNbd(address, t.signal)
  const into = new Uint8Array(1)
  await disk.read(MiB - 1, into, t.signal)
  assert.equal(into[0], 7)
})

type Said = { readonly command: number; readonly offset: bigint; readonly lengthBytes: number }

/** Behind a choice by name of the export without one. */
function request({ command, offset, lengthBytes }: Said, greeted: Buffer): Buffer {
  const bytes = Buffer.alloc(28)
  bytes.writeUInt32BE(0x25609513, 0)
  bytes.writeUInt16BE(command, 6)
  bytes.writeBigUInt64BE(offset, 16)
  bytes.writeUInt32BE(lengthBytes, 24)
  return Buffer.concat([greeted, Buffer.from('0000000100000000', 'hex'), bytes])
}
