import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Failure } from '../../../../shared/failure.ts'
import { FakeDaemon } from './fake-daemon.ts'
import { isLibvirtError, LibvirtError } from './libvirt-error.ts'
import { errors, keepaliveProcedures, messageTypes, procedures, programs, statuses } from './protocol.ts'
import { RpcClient } from './rpc.ts'

const { signal } = new AbortController()

function start(): { daemon: FakeDaemon; rpc: RpcClient; events: number[] } {
  const daemon = new FakeDaemon()
  const events: number[] = []
  const rpc = new RpcClient(daemon.socket, (procedure, body) => events.push(procedure, body.int()))
  return { daemon, rpc, events }
}

const failsWith = (code: string) => (error: unknown) => error instanceof Failure && error.code === code

test('replies find their calls in whatever order they come', async () => {
  const { daemon, rpc } = start()
  const calls = [10, 11, 12].map((procedure) =>
    rpc.call({ procedure, write: (writer) => writer.int(procedure) }, signal),
  )
  const frames = [await daemon.next(), await daemon.next(), await daemon.next()]
  for (const frame of frames.toReversed()) daemon.reply(frame, (writer) => writer.int(frame.body.readInt32BE() * 2))
  assert.deepEqual(await Promise.all(calls.map(async (call) => (await call).int())), [20, 22, 24])
})

test('a refusal carries the number and the words of the host, and a code for people', async () => {
  const { daemon, rpc } = start()
  const call = rpc.call({ procedure: 14 }, signal)
  daemon.refuse(await daemon.next(), errors.noDomain, 'Domain not found: <b>x</b>')
  await assert.rejects(call, (error) => {
    assert.ok(error instanceof LibvirtError && isLibvirtError(error, errors.noDomain))
    assert.equal(error.code, 'machine-not-found')
    assert.equal(error.message, 'Domain not found: <b>x</b>')
    return true
  })
})

test('a fifth call waits until one of four is answered, because the daemon would stop reading', async () => {
  const { daemon, rpc } = start()
  const calls = [1, 2, 3, 4, 5].map((procedure) => rpc.call({ procedure }, signal))
  const first = await daemon.next()
  await turn()
  assert.equal(daemon.waiting, 3)
  daemon.reply(first)
  await calls[0]
  for (let left = 4; left > 0; left--) daemon.reply(await daemon.next())
  await Promise.all(calls)
})

test('an aborted call ends alone: its late reply is ignored and the connection goes on', async () => {
  const { daemon, rpc } = start()
  const abort = new AbortController()
  const call = rpc.call({ procedure: 421 }, abort.signal)
  const late = await daemon.next()
  abort.abort()
  await assert.rejects(call, { name: 'AbortError' })
  daemon.reply(late)
  const next = rpc.call({ procedure: 4 }, signal)
  daemon.reply(await daemon.next(), (writer) => writer.uhyper(7n))
  assert.equal((await next).uhyper(), 7)
})

test('a call that was aborted while it waited is never sent', async () => {
  const { daemon, rpc } = start()
  const abort = new AbortController()
  const before = [1, 2, 3, 4].map((procedure) => rpc.call({ procedure }, signal))
  const dropped = rpc.call({ procedure: 234 }, abort.signal)
  abort.abort()
  await assert.rejects(dropped, { name: 'AbortError' })
  for (const call of before) {
    daemon.reply(await daemon.next())
    await call
  }
  const after = rpc.call({ procedure: 5 }, signal)
  assert.equal((await daemon.next()).procedure, 5)
  daemon.hangUp()
  await assert.rejects(after, failsWith('host-unreachable'))
})

test('when the host goes away, everything under way and everything later fails with the same cause', async () => {
  const { daemon, rpc } = start()
  const calls = [1, 2, 3, 4, 5, 6].map((procedure) => rpc.call({ procedure }, signal))
  await daemon.next()
  daemon.hangUp()
  for (const call of calls) await assert.rejects(call, failsWith('host-unreachable'))
  await assert.rejects(rpc.call({ procedure: 7 }, signal), failsWith('host-unreachable'))
  assert.ok(rpc.lost.aborted && failsWith('host-unreachable')(rpc.lost.reason))
})

test('a frame with a length that cannot be ends the connection', async () => {
  for (const head of ['00000000', '0000001b', '0200001d', 'ffffffff']) {
    const { daemon, rpc } = start()
    const call = rpc.call({ procedure: 1 }, signal)
    daemon.raw(Buffer.from(head, 'hex'))
    await assert.rejects(call, failsWith('host-unsupported'), head)
    assert.ok(daemon.socket.destroyed)
  }
})

test('an error reply or event that cannot be read ends the connection instead of the process', async () => {
  for (const frame of [
    { type: messageTypes.reply, serial: 1, status: statuses.error, body: Buffer.from([1]) },
    { type: messageTypes.event, procedure: 318, body: Buffer.alloc(2) },
  ]) {
    const { daemon, rpc } = start()
    const call = rpc.call({ procedure: 1 }, signal)
    await daemon.next()
    daemon.send(frame)
    await assert.rejects(call, failsWith('host-unsupported'))
  }
})

test('replies, streams and programs that nobody asked for are ignored', async () => {
  const { daemon, rpc, events } = start()
  const call = rpc.call({ procedure: 1 }, signal)
  const frame = await daemon.next()
  daemon.send({ type: messageTypes.reply, serial: 999 })
  daemon.send({ type: messageTypes.stream, serial: 999 })
  daemon.send({ type: 77, serial: 1 })
  daemon.send({ program: 0x1234, type: messageTypes.event, procedure: 318, body: Buffer.alloc(4) })
  daemon.reply(frame)
  await call
  assert.deepEqual(events, [])
})

test('pings of the host are answered and events are passed on', async () => {
  const { daemon, events } = start()
  daemon.send({ program: programs.keepalive, type: messageTypes.event, procedure: keepaliveProcedures.ping })
  const pong = await daemon.next()
  assert.deepEqual([pong.program, pong.procedure, pong.serial], [programs.keepalive, keepaliveProcedures.pong, 0])
  daemon.event(318, (writer) => writer.int(42))
  await turn()
  assert.deepEqual(events, [318, 42])
})

test('a download gives all bytes of its stream and confirms the end', async () => {
  const { daemon, rpc } = start()
  const opening = rpc.download({ procedure: procedures.domainScreenshot }, signal)
  const call = await daemon.next()
  daemon.reply(call, (writer) => writer.optionalString('image/png'))
  const { reply, stream } = await opening
  assert.equal(reply.optionalString(), 'image/png')
  for (const part of ['abc', 'def', '']) daemon.stream(call, statuses.more, Buffer.from(part))
  assert.equal((await stream.readAll(100, signal)).toString(), 'abcdef')
  const end = await daemon.next()
  assert.deepEqual([end.type, end.serial, end.status], [messageTypes.stream, call.serial, statuses.ok])
})

test('a stream that is longer than allowed is refused, and disposing of it tells the host', async () => {
  const { daemon, rpc } = start()
  const opening = rpc.download({ procedure: procedures.domainScreenshot }, signal)
  const call = await daemon.next()
  daemon.reply(call)
  const { stream } = await opening
  daemon.stream(call, statuses.more, Buffer.alloc(11))
  await assert.rejects(stream.readAll(10, signal), failsWith('host-unsupported'))
  await stream[Symbol.asyncDispose]()
  assert.equal((await daemon.next()).status, statuses.error)
})

test('a stream gives what came before the host broke it off, then the reason', async () => {
  const { daemon, rpc } = start()
  const opening = rpc.download({ procedure: procedures.domainOpenConsole }, signal)
  const call = await daemon.next()
  daemon.reply(call)
  const { stream } = await opening
  daemon.stream(call, statuses.more, Buffer.from('login:'))
  await turn()
  daemon.hangUp()
  assert.equal((await stream.read(signal))?.toString(), 'login:')
  await assert.rejects(stream.read(signal), failsWith('host-unreachable'))
})

test('waiting for a stream ends with its signal', async () => {
  const { daemon, rpc } = start()
  const opening = rpc.download({ procedure: procedures.domainOpenConsole }, signal)
  daemon.reply(await daemon.next())
  const { stream } = await opening
  const abort = new AbortController()
  const reading = stream.read(abort.signal)
  abort.abort()
  await assert.rejects(reading, { name: 'AbortError' })
})

test('a stream that opens after its call was aborted is refused at the host', async () => {
  const { daemon, rpc } = start()
  const abort = new AbortController()
  const opening = rpc.download({ procedure: procedures.domainOpenConsole }, abort.signal)
  const call = await daemon.next()
  abort.abort()
  await assert.rejects(opening, { name: 'AbortError' })
  const refusal = await daemon.next()
  assert.deepEqual([refusal.type, refusal.status], [messageTypes.stream, statuses.error])
  daemon.reply(call)
  daemon.stream(call, statuses.more, Buffer.from('x'))
  assert.equal((await daemon.next()).status, statuses.error)
})

test('disposing says goodbye and ends the connection', async () => {
  const { daemon, rpc } = start()
  await rpc[Symbol.asyncDispose]()
  assert.equal((await daemon.next()).procedure, procedures.connectClose)
  await assert.rejects(rpc.call({ procedure: 1 }, signal), failsWith('host-unreachable'))
})
