import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { Failure, type FailureCode } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import { type LibvirtConnection, openConnection, openOver } from './connection.ts'
import type { DomainEvent } from './events.ts'
import { FakeDaemon } from './fake-daemon.ts'
import { authTypes, errors, eventProcedures, procedures, programs } from './protocol.ts'
import type { XdrWriter } from './xdr.ts'

const { signal } = new AbortController()
const uuid = '4dea22b3-1d52-d8f3-2516-782e98ab3fa0'

/** Time that never passes, unless a test passes it. */
class StillClock implements Clock {
  #pass: (() => void)[] = []
  now = () => 0
  elapsed = () => 0
  sleep(_ms: number, sleepSignal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pass.push(resolve)
      sleepSignal.addEventListener('abort', () => reject(sleepSignal.reason), { once: true })
    })
  }
  async pass(): Promise<void> {
    for (const resolve of this.#pass.splice(0)) resolve()
    await turn()
  }
}

type Manners = { readonly auth: readonly number[]; readonly keepalive: boolean; readonly refuse: readonly number[] }
const polite: Manners = { auth: [authTypes.none], keepalive: true, refuse: [] }

function begin(manners: Partial<Manners> = {}) {
  const daemon = new FakeDaemon()
  const clock = new StillClock()
  const settings = { clock, keepalive: { intervalMs: 5000, maxSilent: 5 }, events: true }
  const opening = openOver(daemon.socket, 'qemu:///system', settings, signal)
  const asked: number[] = []
  const answering = answer(daemon, { ...polite, ...manners }, asked)
  return { daemon, clock, opening, asked, answering }
}

/** Takes the client through its handshake; the closing callback is the last thing that it asks for. */
async function answer(daemon: FakeDaemon, manners: Manners, asked: number[]): Promise<void> {
  const replies = new Map<number, (writer: XdrWriter) => void>([
    [procedures.authList, (writer) => writer.list(manners.auth, (type) => writer.int(type))],
    [procedures.connectSupportsFeature, (writer) => writer.int(manners.keepalive ? 1 : 0)],
    [procedures.eventRegister, (writer) => writer.int(0)],
  ])
  for (let done = false; !done; ) {
    const frame = await daemon.next()
    asked.push(frame.procedure)
    if (frame.procedure === procedures.authPolkit && manners.refuse.includes(frame.procedure))
      daemon.refuse(frame, errors.authFailed, 'not you')
    else if (manners.refuse.includes(frame.procedure)) daemon.refuse(frame, errors.noSupport, 'not here')
    else daemon.reply(frame, replies.get(frame.procedure))
    done = frame.procedure === procedures.closeCallbackRegister || frame.procedure === procedures.connectClose
  }
}

async function open(manners: Partial<Manners> = {}) {
  const begun = begin(manners)
  const connection: LibvirtConnection = await begun.opening
  await begun.answering
  return { ...begun, connection }
}

const failsWith = (code: FailureCode) => (error: unknown) => error instanceof Failure && error.code === code

test('a daemon that asks for nothing is simply opened', async () => {
  const { asked, daemon } = await open()
  assert.ok(asked.includes(procedures.connectOpen))
  assert.ok(!asked.includes(procedures.authPolkit))
  daemon.hangUp()
})

test('a daemon that asks polkit is asked to do so', async () => {
  const { asked, daemon } = await open({ auth: [authTypes.polkit] })
  assert.deepEqual(asked.slice(0, 2), [procedures.authList, procedures.authPolkit])
  daemon.hangUp()
})

test('a daemon that insists on a password is refused with the reason', async () => {
  const { opening } = begin({ auth: [authTypes.sasl] })
  await assert.rejects(opening, (error) => failsWith('host-refused')(error) && /SASL/.test(String(error)))
})

test('a user whom polkit does not know is told that the host refused', async () => {
  const { daemon, opening } = begin({ auth: [authTypes.polkit], refuse: [procedures.authPolkit] })
  await assert.rejects(opening, failsWith('host-refused'))
  daemon.hangUp()
})

test('an old daemon without some events is opened all the same', async () => {
  const { connection, daemon } = await open({ refuse: [procedures.eventRegister, procedures.closeCallbackRegister] })
  assert.ok(!connection.lost.aborted)
  daemon.hangUp()
})

test('a host that stays silent for five pings is unreachable, and what waits for it ends', async () => {
  const { clock, connection, daemon } = await open()
  const ended = assert.rejects(connection.host.hostname(signal), failsWith('host-unreachable'))
  for (let round = 0; round < 5; round++) await clock.pass()
  assert.ok(!connection.lost.aborted)
  const sent = await daemon.next()
  assert.equal(sent.procedure, procedures.connectHostname)
  assert.equal((await daemon.next()).program, programs.keepalive)
  for (let round = 0; round < 2; round++) await clock.pass()
  await ended
})

test('anything that the host says counts as a sign of life', async () => {
  const { clock, connection, daemon } = await open()
  for (let round = 0; round < 20; round++) {
    await clock.pass()
    daemon.send({ program: programs.keepalive, procedure: 2, type: 2 })
    await turn()
  }
  assert.ok(!connection.lost.aborted)
  daemon.hangUp()
})

test('a daemon without keepalive is never given up for its silence', async () => {
  const { clock, connection, daemon } = await open({ keepalive: false })
  for (let round = 0; round < 20; round++) await clock.pass()
  assert.ok(!connection.lost.aborted)
  assert.equal(daemon.waiting, 0)
  daemon.hangUp()
})

test('a daemon that lost its hypervisor is lost itself', async () => {
  const { connection, daemon } = await open()
  daemon.event(eventProcedures.connectionClosed, (writer) => writer.int(1))
  await turn()
  assert.ok(connection.lost.aborted)
})

test('every kind of event is read, and nobody hears of it after disposing', async () => {
  const { connection, daemon } = await open()
  const heard: DomainEvent[] = []
  const listening = connection.listen((event) => heard.push(event))
  const about = (writer: XdrWriter) =>
    writer
      .int(1)
      .string('web')
      .fixed(Buffer.from(uuid.replaceAll('-', ''), 'hex'))
      .int(3)
  const { lifecycle, agent, blockJob, deviceAdded, deviceRemoved, jobCompleted } = eventProcedures
  daemon.event(lifecycle, (writer) => about(writer).int(5).int(0))
  daemon.event(lifecycle, (writer) => about(writer).int(99).int(0))
  daemon.event(agent, (writer) => about(writer).int(1).int(1))
  daemon.event(blockJob, (writer) => about(writer).string('vda').int(2).int(3))
  daemon.event(deviceAdded, (writer) => about(writer).string('virtio-disk1'))
  daemon.event(deviceRemoved, (writer) => about(writer).string('virtio-disk1'))
  daemon.event(jobCompleted, (writer) => about(writer).uint(1).string('success').int(6).int(1))
  await turn()
  listening[Symbol.dispose]()
  daemon.event(lifecycle, (writer) => about(writer).int(2).int(0))
  await turn()
  const domain = { name: 'web', uuid }
  assert.deepEqual(heard, [
    { kind: 'lifecycle', domain, lifecycle: 'stopped' },
    { kind: 'lifecycle', domain, lifecycle: 'unknown' },
    { kind: 'agent', domain, connected: true },
    { kind: 'block-job', domain, disk: 'vda', status: 'ready' },
    { kind: 'device-added', domain, alias: 'virtio-disk1' },
    { kind: 'device-removed', domain, alias: 'virtio-disk1' },
    { kind: 'job-completed', domain, values: new Map([['success', true]]) },
  ])
  daemon.hangUp()
})

test('where nothing listens, the failure names every socket that was tried', async () => {
  const sockets = ['/nonexistent/a-sock', '/nonexistent/b-sock']
  const opening = openConnection({ uri: 'qemu:///system', scope: 'system', sockets }, signal)
  await assert.rejects(opening, (error) => {
    assert.ok(failsWith('host-unreachable')(error))
    assert.match(String(error), /a-sock.*b-sock/)
    return true
  })
})

test('a machine is addressed by its UUID alone, whatever it is called', async () => {
  const { connection, daemon } = await open()
  const call = connection.domains.resume(uuid, signal)
  const frame = await daemon.next()
  daemon.reply(frame)
  await call
  assert.equal(frame.body.toString('hex'), `00000000${uuid.replaceAll('-', '')}ffffffff`)
  await assert.rejects(connection.domains.resume('--all', signal), failsWith('invalid-argument'))
  daemon.hangUp()
})
