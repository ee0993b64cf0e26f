import assert from 'node:assert/strict'
import { createHash, randomBytes, randomInt } from 'node:crypto'
import test from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { Method } from '../../../shared/point.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { FakeHost } from './fake.ts'
import type { FakeMachine } from './fake-machine.ts'
import { failsWith, full, hypervisorSuite } from './hypervisor.suite.ts'
import type { BackupRequest, BasePoint } from './hypervisor.ts'
import { snapshotSuite } from './snapshots.suite.ts'

const signal = new AbortController().signal

hypervisorSuite('fake', async () => {
  const hypervisor = new FakeHost()
  const machine = hypervisor.add({ name: 'shop', state: 'off', disks: [{ name: 'vda', sizeBytes: 3 * MiB + 512 }] })
  machine.disk('vda').write(100, randomBytes(200 * KiB))
  return {
    hypervisor,
    machineId: machine.id,
    content: async (id, disk) => wholeDisk(hypervisor.machine(id), disk),
    newMachine: (name) => ({
      name,
      definition: undefined,
      attachments: [],
      disks: [{ name: 'vda', sizeBytes: MiB, format: 'qcow2' }],
      storage: undefined,
    }),
    [Symbol.asyncDispose]: () => hypervisor[Symbol.asyncDispose](),
  }
})

snapshotSuite('fake', async () => {
  const { host, machine } = running()
  machine.addDisk('vdb', MiB)
  return {
    hypervisor: host,
    machineId: machine.id,
    write: async (word) => machine.disk('vda').write(0, Buffer.from(word.padEnd(16))),
    read: async () => Buffer.from(machine.disk('vda').read(0, 16)).toString().trimEnd(),
    untilOff: async () => assert.equal(machine.state, 'off'),
    [Symbol.asyncDispose]: () => host[Symbol.asyncDispose](),
  }
})

test('an increment laid over its base is the disk, however the guest wrote', async (t) => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
  t.diagnostic(`SEED=${seed}`)
  const { host, machine } = running()
  const disk = machine.disk('vda')
  let copy = wholeDisk(machine, 'vda')
  let base = await commit(host, machine, request(machine, 'full', []))
  for (let round = 0; round < 20; round++) {
    scribble(machine, `${seed} ${round} before`)
    const session = await host.beginBackup(request(machine, 'incremental', [base]), signal)
    const frozen = wholeDisk(machine, 'vda')
    scribble(machine, `${seed} ${round} after`)
    const [read] = session.disks
    assert.ok(read?.increment !== undefined)
    assert.equal(read.increment.basePoint, base.id)
    copy = Buffer.concat([copy], disk.sizeBytes)
    for (const { start, end } of read.increment.changed) {
      await read.disk.read(start, copy.subarray(start, end), signal)
    }
    assert.ok(copy.equals(frozen))
    await session.keepCheckpoint(signal)
    await session[Symbol.asyncDispose]()
    base = baseOf(session.checkpoint, machine)
    if (round === 10) disk.resize(disk.sizeBytes + 100 * KiB)
  }
})

test('a session that was given up leaves the base’s bitmap for both periods', async () => {
  const { host, machine } = running()
  const base = await commit(host, machine, request(machine, 'full', []))
  machine.disk('vda').write(0, Buffer.from('first period'))
  {
    await using givenUp = await host.beginBackup(request(machine, 'incremental', [base]), signal)
    assert.equal(machine.checkpoints.length, 2)
    assert.ok(givenUp.checkpoint !== undefined)
    machine.disk('vda').write(512 * KiB, Buffer.from('while it was read'))
  }
  assert.deepEqual(
    machine.checkpoints.map(({ name }) => name),
    [base.checkpoint],
  )
  machine.disk('vda').write(MiB, Buffer.from('second period'))
  await using session = await host.beginBackup(request(machine, 'incremental', [base]), signal)
  assert.deepEqual(session.disks[0]?.increment?.changed, [
    { start: 0, end: 64 * KiB },
    { start: 512 * KiB, end: 576 * KiB },
    { start: MiB, end: MiB + 64 * KiB },
  ])
})

test('a differential covers everything since the full point, whatever lay between', async () => {
  const { host, machine } = running()
  const base = await commit(host, machine, request(machine, 'full', []))
  machine.disk('vda').write(0, Buffer.from('before the incremental'))
  const between = await commit(host, machine, request(machine, 'incremental', [base]))
  assert.notEqual(between.checkpoint, base.checkpoint)
  machine.disk('vda').write(MiB, Buffer.from('after it'))
  await using session = await host.beginBackup(request(machine, 'differential', [base]), signal)
  assert.deepEqual(session.disks[0]?.increment, {
    basePoint: base.id,
    changed: [
      { start: 0, end: 64 * KiB },
      { start: MiB, end: MiB + 64 * KiB },
    ],
  })
})

test('each cause to read a whole disk is named', async () => {
  const { host, machine } = running()
  const base = await commit(host, machine, request(machine, 'full', []))
  machine.addDisk('vdb', MiB, 'raw')
  machine.addDisk('vdc', MiB)
  const withRaw = { ...base, disks: [...base.disks, { name: 'vdb', sizeBytes: MiB }] }
  const causes = async (...bases: readonly BasePoint[]) => {
    await using session = await host.beginBackup(request(machine, 'incremental', bases), signal)
    return session.disks.map(({ cause }) => cause)
  }
  assert.deepEqual(await causes(), ['first-point', 'first-point', 'first-point'])
  assert.deepEqual(await causes(withRaw), ['bitmap-usable', 'format-without-bitmaps', 'disk-added'])
  machine.disk('vda').loseBitmaps()
  assert.deepEqual((await causes(withRaw))[0], 'bitmap-broken')
  machine.dropCheckpoints(() => true)
  assert.deepEqual((await causes(withRaw))[0], 'checkpoint-missing')
})

test('only the checkpoints of the newest point and the newest full one are kept', async () => {
  const { host, machine } = running()
  const first = await commit(host, machine, request(machine, 'full', []))
  const second = await commit(host, machine, request(machine, 'incremental', [first]))
  const third = await commit(host, machine, request(machine, 'incremental', [second, first]))
  const names = machine.checkpoints.map(({ name }) => name)
  assert.deepEqual(names, [first.checkpoint, third.checkpoint])
})

test('a guest that stops while it is read ends the session with guest-stopped', async () => {
  const { host, machine } = running()
  machine.faults.stopAfterBytes = 100 * KiB
  await using session = await host.beginBackup(request(machine, 'full', []), signal)
  const disk = session.disks[0]?.disk
  assert.ok(disk !== undefined)
  await disk.read(0, new Uint8Array(64 * KiB), signal)
  await failsWith('guest-stopped', disk.read(0, new Uint8Array(64 * KiB), signal))
  assert.ok(session.lost.aborted)
  assert.equal(machine.state, 'off')
  assert.equal(machine.checkpoints.length, 1)
})

test('a host that vanishes fails every call until it comes back', async () => {
  const { host, machine } = running()
  await using session = await host.beginBackup(request(machine, 'full', []), signal)
  host.vanish()
  assert.ok(session.lost.aborted)
  await failsWith('host-unreachable', host.listMachines(signal))
  await failsWith('host-unreachable', session.disks[0]?.disk.read(0, new Uint8Array(1), signal) ?? Promise.resolve())
  host.comeBack()
  assert.equal((await host.listMachines(signal)).length, 1)
})

test('an unreadable byte fails the reads that touch it and no other', async () => {
  const { host, machine } = running()
  machine.faults.unreadable = { disk: 'vda', offset: 70_000 }
  await using session = await host.beginBackup(request(machine, 'full', []), signal)
  const disk = session.disks[0]?.disk
  assert.ok(disk !== undefined)
  await disk.read(0, new Uint8Array(70_000), signal)
  await disk.read(70_001, new Uint8Array(1000), signal)
  await failsWith('disk-unreadable', disk.read(70_000, new Uint8Array(1), signal))
})

test('faults on demand: begin fails once, the agent is silent, the target is full', async () => {
  const { host, machine } = running()
  machine.faults.begin = new Failure('host-refused', 'no scratch space')
  await failsWith('host-refused', host.beginBackup(full(machine.id), signal))
  machine.faults.noFreeze = true
  await using session = await host.beginBackup(full(machine.id), signal)
  assert.deepEqual([session.consistency, session.freezeMs, session.warnings.length], ['crash', undefined, 1])
  await failsWith('machine-busy', host.beginBackup(full(machine.id), signal))
  await failsWith('machine-running', host.openInPlace(machine.id, ['vda'], signal))
  machine.stop()
  await session[Symbol.asyncDispose]()
  host.restoreFaults.fullAfterBytes = 10
  await using target = await host.openInPlace(machine.id, ['vda'], signal)
  await failsWith('no-space', target.disks[0]?.disk.write(0, new Uint8Array(11), signal) ?? Promise.resolve())
})

test('refusals on demand are in the list and in the answers', async () => {
  const { host, machine } = running()
  await host.createSnapshot(machine.id, { name: 'one', description: 'first', memory: true }, signal)
  machine.faults.refusals = { create: 'chain-too-deep', revert: 'external-revert', delete: 'external-parent' }
  const [listed] = await host.listMachines(signal)
  const [snapshot] = listed?.snapshots ?? []
  assert.equal(listed?.snapshotRefusal, 'chain-too-deep')
  assert.deepEqual([snapshot?.revertRefusal, snapshot?.deleteRefusal], ['external-revert', 'external-parent'])
  const another = { name: 'two', description: undefined, memory: false }
  await failsWith('snapshot-refused', host.createSnapshot(machine.id, another, signal))
  await failsWith('snapshot-refused', host.revertSnapshot(machine.id, 'one', signal))
  await failsWith('snapshot-refused', host.deleteSnapshot(machine.id, 'one', signal))
})

test('after our death the job and its checkpoint stay until cleanUp', async () => {
  const { host, machine } = running()
  const base = await commit(host, machine, request(machine, 'full', []))
  const abandoned = await host.beginBackup(request(machine, 'incremental', [base]), signal)
  await failsWith('machine-busy', host.beginBackup(full(machine.id), signal))
  const mended = await host.cleanUp((pointId) => pointId === base.id, signal)
  assert.equal(mended.length, 2)
  assert.ok(abandoned.lost.aborted)
  assert.deepEqual(
    machine.checkpoints.map(({ pointId }) => pointId),
    [base.id],
  )
  assert.deepEqual(await host.cleanUp(() => true, signal), [])
})

function running(): { readonly host: FakeHost; readonly machine: FakeMachine } {
  const host = new FakeHost()
  const machine = host.add({ name: 'shop', disks: [{ name: 'vda', sizeBytes: 2 * MiB + 512 }] })
  machine.disk('vda').write(1000, randomBytes(300 * KiB))
  return { host, machine }
}

function request(machine: FakeMachine, method: Method, bases: readonly BasePoint[]): BackupRequest {
  return { ...full(machine.id), method, bases }
}

async function commit(host: FakeHost, machine: FakeMachine, asked: BackupRequest): Promise<BasePoint> {
  await using session = await host.beginBackup(asked, signal)
  await session.keepCheckpoint(signal)
  return baseOf(session.checkpoint, machine)
}

function baseOf(checkpoint: string | undefined, machine: FakeMachine): BasePoint {
  const disks = machine.disks.map(({ name, sizeBytes }) => ({ name, sizeBytes }))
  return { id: checkpoint?.split('-').at(-1) ?? '', checkpoint, disks }
}

/** Five writes, one of them of zeroes, all drawn from the seed. */
function scribble(machine: FakeMachine, seed: string): void {
  const disk = machine.disk('vda')
  for (let times = 0; times < 5; times++) {
    const drawn = createHash('sha256').update(`${seed} ${times}`).digest()
    const lengthBytes = 1 + (drawn.readUInt32LE(0) % 100_000)
    const offset = drawn.readUInt32LE(4) % (disk.sizeBytes - lengthBytes)
    if (times === 0) disk.zero(offset, lengthBytes)
    else disk.write(offset, Buffer.alloc(lengthBytes, drawn))
  }
}

function wholeDisk(machine: FakeMachine, name: string): Buffer {
  const disk = machine.disk(name)
  return Buffer.from(disk.read(0, disk.sizeBytes))
}
