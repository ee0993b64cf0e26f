import assert from 'node:assert/strict'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import { KiB } from '../../../../shared/units.ts'
import { connectNbd, type NbdDisk } from './client.ts'
import { chunks, commands, encodeUint32, simpleReplyMagic } from './protocol.ts'
import { type Asked, at, chunk, type Script, scriptedServer } from './server.rig.ts'

const signal = new AbortController().signal
const sizeBytes = 2 ** 20
const dirtyContext = 'qemu:dirty-bitmap:sp'
const unreadable = { code: 'disk-unreadable' }

async function withServer(script: Script, work: (disk: NbdDisk) => Promise<void>, contexts: string[] = []) {
  await using server = await scriptedServer(script)
  await using disk = await connectNbd(
    { socketPath: server.socketPath, exportName: 'vda', contexts, connections: 1 },
    signal,
  )
  await work(disk)
}

function answering(answer: (asked: Asked) => Buffer | readonly Buffer[]): Script {
  return { onRequest: (asked, socket) => socket.write(Buffer.concat([answer(asked)].flat())) }
}

const data = (asked: Asked, byte: number, offset = asked.offset, lengthBytes = asked.lengthBytes): Buffer =>
  chunk(asked.cookie, chunks.data, at(offset, Buffer.alloc(lengthBytes, byte)), false)
const end = (asked: Asked): Buffer => chunk(asked.cookie, chunks.none, Buffer.alloc(0))
const error = (asked: Asked, number: number, text: string): Buffer =>
  chunk(asked.cookie, 0x8001, Buffer.concat([encodeUint32(number), Buffer.from([0, text.length]), Buffer.from(text)]))

test('a reply in any order and any cut arrives whole, holes as zeroes', async () => {
  const pieces = (asked: Asked): Buffer =>
    Buffer.concat([
      data(asked, 3, asked.offset + 6 * KiB, 2 * KiB),
      data(asked, 1, asked.offset, 2 * KiB),
      chunk(asked.cookie, chunks.hole, at(asked.offset + 2 * KiB, encodeUint32(4 * KiB)), false),
      end(asked),
    ])
  const dribble = (asked: Asked, socket: Socket): void => {
    for (const byte of pieces(asked)) socket.write(Buffer.from([byte]))
  }
  await withServer({ onRequest: dribble }, async (disk) => {
    const into = Buffer.alloc(8 * KiB, 0xee)
    await disk.read(4096, into, signal)
    assert.ok(into.subarray(0, 2 * KiB).equals(Buffer.alloc(2 * KiB, 1)))
    assert.ok(into.subarray(2 * KiB, 6 * KiB).equals(Buffer.alloc(4 * KiB)))
    assert.ok(into.subarray(6 * KiB).equals(Buffer.alloc(2 * KiB, 3)))
  })
})

test('a server without structured replies is read all the same', async () => {
  const simple = (asked: Asked): Buffer => {
    const head = Buffer.alloc(16)
    head.writeUInt32BE(simpleReplyMagic, 0)
    head.writeBigUInt64BE(asked.cookie, 8)
    return Buffer.concat([head, Buffer.alloc(asked.lengthBytes, 5)])
  }
  await withServer({ structured: false, ...answering(simple) }, async (disk) => {
    const into = Buffer.alloc(5000)
    await disk.read(1, into, signal)
    assert.ok(into.equals(Buffer.alloc(5000, 5)))
    assert.deepEqual(await disk.allocated(signal), [{ start: 0, end: sizeBytes }])
  })
})

test('reads longer than the largest block are split, reads off the grid are widened', async () => {
  const seen: Asked[] = []
  const script: Script = {
    blockSizes: [4096, 4096, 64 * KiB],
    ...answering((asked) => {
      seen.push(asked)
      return [data(asked, (asked.offset / 4096) & 0xff), end(asked)]
    }),
  }
  await withServer(script, async (disk) => {
    const into = Buffer.alloc(200 * KiB)
    await disk.read(10, into, signal)
    assert.equal(into[0], 0)
    assert.equal(into[64 * KiB], 16)
    assert.ok(seen.length >= 4)
    for (const { offset, lengthBytes } of seen) {
      assert.ok(offset % 4096 === 0 && lengthBytes % 4096 === 0 && lengthBytes <= 64 * KiB)
    }
  })
})

test('an error of the server fails only its own read and names range, number and text', async () => {
  const script = answering((asked) =>
    asked.offset === 0 ? error(asked, 5, 'bad\u0007sector') : [data(asked, 1), end(asked)],
  )
  await withServer(script, async (disk) => {
    await assert.rejects(disk.read(0, new Uint8Array(4096), signal), {
      ...unreadable,
      message: 'Reading 4096 bytes at 0: EIO, bad sector',
    })
    await disk.read(4096, new Uint8Array(4096), signal)
  })
})

test('errors of writes are those of a target, and a full one says so', async () => {
  const codes = [28, 5]
  const script = { flags: 1 | 4, ...answering((asked) => error(asked, codes.shift() ?? 0, '')) }
  await withServer(script, async (disk) => {
    await assert.rejects(disk.write(0, new Uint8Array(512), signal), { code: 'no-space' })
    await assert.rejects(disk.flush(signal), { code: 'target-failed' })
  })
})

test('an aborted read ends at once, and its late reply reaches nobody', async () => {
  const late: Asked[] = []
  const script: Script = {
    onRequest(asked, socket) {
      if (asked.offset === 0) late.push(asked)
      else for (const one of [...late.splice(0), asked]) socket.write(Buffer.concat([data(one, 7), end(one)]))
    },
  }
  await withServer(script, async (disk) => {
    const abort = new AbortController()
    const [given, other] = [Buffer.alloc(4096, 1), Buffer.alloc(4096)]
    const reading = disk.read(0, given, abort.signal)
    abort.abort(new Error('enough'))
    await assert.rejects(reading, { message: 'enough' })
    await disk.read(4096, other, signal)
    assert.ok(other.equals(Buffer.alloc(4096, 7)))
    assert.ok(given.equals(Buffer.alloc(4096, 1)))
  })
})

test('when the server dies, every waiting call fails at once, and so does every later one', async () => {
  let asked = 0
  const script: Script = {
    onRequest(_, socket) {
      if (++asked === 8) socket.destroy()
    },
  }
  await withServer(script, async (disk) => {
    const reads = Array.from({ length: 8 }, (_, index) => disk.read(index * 512, new Uint8Array(512), signal))
    for (const result of await Promise.allSettled(reads)) {
      assert.equal(result.status === 'rejected' && result.reason.code, 'disk-unreadable')
    }
    assert.ok(disk.lost.aborted)
    await assert.rejects(disk.read(0, new Uint8Array(512), signal), unreadable)
  })
})

const lies: Readonly<Record<string, (asked: Asked) => Buffer | readonly Buffer[]>> = {
  'the wrong magic': () => Buffer.alloc(20, 0x11),
  'a cookie that was not given': (asked) => chunk(asked.cookie + 1n, chunks.none, Buffer.alloc(0)),
  'a cookie of 64 bits': (asked) => chunk(asked.cookie + 2n ** 40n, chunks.none, Buffer.alloc(0)),
  'bytes before the range': (asked) => [data(asked, 1, asked.offset - 512), end(asked)],
  'bytes behind the range': (asked) => [data(asked, 1, asked.offset, asked.lengthBytes + 1), end(asked)],
  'an offset of 2^63': (asked) =>
    chunk(asked.cookie, chunks.data, Buffer.concat([Buffer.from([128]), Buffer.alloc(15)])),
  'a hole behind the range': (asked) => chunk(asked.cookie, chunks.hole, at(asked.offset + 1, encodeUint32(4096))),
  'a hole before the range': (asked) => [
    chunk(asked.cookie, chunks.hole, at(asked.offset - 512, encodeUint32(4096)), false),
    end(asked),
  ],
  'a hole of no length': (asked) => chunk(asked.cookie, chunks.hole, at(asked.offset, encodeUint32(0))),
  'data of no length': (asked) => chunk(asked.cookie, chunks.data, at(asked.offset, Buffer.alloc(0))),
  'an unknown chunk': (asked) => chunk(asked.cookie, 77, Buffer.alloc(4)),
  'a block status for a read': (asked) => chunk(asked.cookie, chunks.blockStatus, Buffer.alloc(12, 1)),
  'success without bytes': (asked) => end(asked),
  'half of the bytes': (asked) => [data(asked, 1, asked.offset, 2048), end(asked)],
  'an error of no length': (asked) => chunk(asked.cookie, 0x8001, Buffer.alloc(0)),
  'an endless error': (asked) => {
    const head = chunk(asked.cookie, 0x8001, Buffer.alloc(8))
    head.writeUInt32BE(0xffffffff, 16)
    return head
  },
}

for (const [lie, answer] of Object.entries(lies)) {
  test(`a read is refused, not awaited for ever, when the server answers ${lie}`, async () => {
    await withServer(answering(answer), async (disk) => {
      await assert.rejects(disk.read(4096, new Uint8Array(4096), signal), unreadable)
    })
  })
}

const extents = (...pairs: readonly (readonly [number, number])[]): Buffer =>
  Buffer.concat(pairs.flatMap(([lengthBytes, flags]) => [encodeUint32(lengthBytes), encodeUint32(flags)]))

function status(allocation: Buffer, dirty: Buffer): Script {
  return {
    contexts: ['base:allocation', dirtyContext],
    ...answering((asked) => [
      chunk(asked.cookie, chunks.blockStatus, Buffer.concat([encodeUint32(0), allocation]), false),
      chunk(asked.cookie, chunks.blockStatus, Buffer.concat([encodeUint32(1), dirty])),
    ]),
  }
}

test('block status goes on where the server stopped and ends with the disk; only what is told to be zero is free', async () => {
  const quarter = sizeBytes / 4
  const script = status(extents([quarter / 2, 0], [quarter / 2, 1], [quarter, 2]), extents([2 * sizeBytes, 1]))
  await withServer(
    script,
    async (disk) => {
      assert.deepEqual(await disk.allocated(signal), [
        { start: 0, end: quarter },
        { start: 2 * quarter, end: 3 * quarter },
      ])
      assert.deepEqual(await disk.dirty(dirtyContext, signal), [{ start: 0, end: sizeBytes }])
    },
    [dirtyContext],
  )
})

test('extents of no length, and a status that says nothing, are refused', async () => {
  for (const allocation of [extents([0, 0]), extents([4096, 0], [0, 0])]) {
    await withServer(status(allocation, extents([sizeBytes, 0])), async (disk) => {
      await assert.rejects(disk.allocated(signal), unreadable)
    })
  }
  const silent = { contexts: ['base:allocation'], ...answering(end) }
  await withServer(silent, async (disk) => {
    await assert.rejects(disk.allocated(signal), unreadable)
  })
})

test('a bitmap that the server does not have is told before anything is read', async () => {
  await assert.rejects(
    withServer({ contexts: ['base:allocation'] }, async () => {}, [dirtyContext]),
    { code: 'disk-unsupported' },
  )
})

test('a read-only export takes no writes, and several connections share the reads of one', async () => {
  const sockets = new Set<Socket>()
  const script: Script = {
    onRequest(asked, socket) {
      sockets.add(socket)
      if (asked.command === commands.read) socket.write(Buffer.concat([data(asked, 1), end(asked)]))
    },
  }
  await using server = await scriptedServer(script)
  await using disk = await connectNbd(
    { socketPath: server.socketPath, exportName: '', contexts: [], connections: 3 },
    signal,
  )
  await Promise.all(Array.from({ length: 9 }, (_, index) => disk.read(index * 512, new Uint8Array(512), signal)))
  assert.equal(sockets.size, 3)
  await assert.rejects(disk.write(0, new Uint8Array(512), signal), { code: 'target-failed' })
})

test('a writable export without the promise of one view gets one connection only', async () => {
  const sockets = new Set<Socket>()
  const script: Script = {
    flags: 1 | 4,
    onRequest(asked, socket) {
      sockets.add(socket)
      socket.write(end(asked))
    },
  }
  await using server = await scriptedServer(script)
  await using disk = await connectNbd(
    { socketPath: server.socketPath, exportName: '', contexts: [], connections: 3 },
    signal,
  )
  await Promise.all([0, 512, 1024].map((offset) => disk.write(offset, new Uint8Array(512), signal)))
  assert.equal(sockets.size, 1)
})
