import assert from 'node:assert/strict'
import test from 'node:test'
import type { MachineId, Snapshot } from '../../../shared/machine.ts'
import type { Method } from '../../../shared/point.ts'
import { failsWith, full } from './hypervisor.suite.ts'
import type { BasePoint, HostMachine, Hypervisor } from './hypervisor.ts'

/** A host with a running machine of the disks `vda` and `vdb`, and its guest. */
export type SnapshotRig = AsyncDisposable & {
  readonly hypervisor: Hypervisor
  readonly machineId: MachineId
  /** The running guest writes a word of at most 16 letters to `vda`, where `read` finds it. */
  write(word: string): Promise<void>
  read(): Promise<string>
  untilOff(): Promise<void>
}

const signal = new AbortController().signal

/** The part of `Hypervisor` that needs machines that run: each driver that has them calls it. */
export function snapshotSuite(name: string, make: () => Promise<SnapshotRig>): void {
  const it = (sentence: string, body: (rig: SnapshotRig) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      await using rig = await make()
      await body(rig)
    })
  power(it)
  going(it)
  refusing(it)
  choosing(it)
}

type It = (sentence: string, body: (rig: SnapshotRig) => Promise<void>) => void

function power(it: It): void {
  it('a machine is shut down and started, and neither order hurts when it is obeyed already', async (rig) => {
    const { hypervisor, machineId } = rig
    await hypervisor.startMachine(machineId, signal)
    await hypervisor.shutDownMachine(machineId, signal)
    await rig.untilOff()
    await hypervisor.shutDownMachine(machineId, signal)
    assert.equal((await listed(rig)).state, 'off')
    await hypervisor.startMachine(machineId, signal)
    assert.equal((await listed(rig)).state, 'running')
  })

  it('orders to an unknown machine say so', async ({ hypervisor }) => {
    const unknown = '00000000-0000-4000-8000-000000000000'
    await failsWith('machine-not-found', hypervisor.startMachine(unknown, signal))
    await failsWith('machine-not-found', hypervisor.shutDownMachine(unknown, signal))
    await failsWith('machine-not-found', hypervisor.createSnapshot(unknown, snapshot('x', false), signal))
    await failsWith('machine-not-found', hypervisor.revertSnapshot(unknown, 'x', signal))
    await failsWith('machine-not-found', hypervisor.deleteSnapshot(unknown, 'x', signal))
  })
}

function going(it: It): void {
  it('content and state come back, from each snapshot of a tree, and what is deleted takes nothing along', async (rig) => {
    const { hypervisor, machineId } = rig
    for (const word of ['one', 'two', 'three']) {
      await rig.write(word)
      await hypervisor.createSnapshot(machineId, snapshot(word, true), signal)
    }
    await hypervisor.revertSnapshot(machineId, 'one', signal)
    assert.equal((await listed(rig)).state, 'running')
    assert.equal(await rig.read(), 'one')
    await rig.write('branch')
    await hypervisor.createSnapshot(machineId, snapshot('branch', true), signal)
    assert.deepEqual((await listed(rig)).snapshots.map(shapeOf).sort(), [
      'branch over one, depth 2, current',
      'one over nothing, depth 1',
      'three over two, depth 3',
      'two over one, depth 2',
    ])
    await hypervisor.deleteSnapshot(machineId, 'two', signal)
    assert.equal(await rig.read(), 'branch')
    assert.ok((await listed(rig)).snapshots.map(shapeOf).includes('three over one, depth 2'))
    await hypervisor.revertSnapshot(machineId, 'three', signal)
    assert.equal(await rig.read(), 'three')
    await hypervisor.revertSnapshot(machineId, 'branch', signal)
    assert.equal(await rig.read(), 'branch')
  })

  it('after going back the next backup trusts no bitmap', async (rig) => {
    const { hypervisor, machineId } = rig
    await hypervisor.createSnapshot(machineId, snapshot('before', true), signal)
    const base = await commit(rig)
    await rig.write('lost')
    await hypervisor.revertSnapshot(machineId, 'before', signal)
    await using session = await hypervisor.beginBackup(incremental(machineId, [base]), signal)
    assert.deepEqual(
      session.disks.map(({ cause, increment }) => [cause, increment]),
      [
        ['checkpoint-missing', undefined],
        ['checkpoint-missing', undefined],
      ],
    )
  })

  it('listeners hear of what is done to snapshots', async ({ hypervisor, machineId }) => {
    const acts = [
      () => hypervisor.createSnapshot(machineId, snapshot('told', true), signal),
      () => hypervisor.deleteSnapshot(machineId, 'told', signal),
    ]
    for (const act of acts) {
      const heard = new Promise<void>((resolve) => hypervisor.onChange(resolve))
      await act()
      await heard
    }
  })
}

function refusing(it: It): void {
  it('a name that is taken, one that is not there, and memory of a machine that is off are refused', async (rig) => {
    const { hypervisor, machineId } = rig
    await hypervisor.createSnapshot(machineId, { name: 'taken', description: 'a <b>&', memory: true }, signal)
    await failsWith('target-exists', hypervisor.createSnapshot(machineId, snapshot('taken', true), signal))
    await failsWith('snapshot-not-found', hypervisor.revertSnapshot(machineId, 'gone', signal))
    await failsWith('snapshot-not-found', hypervisor.deleteSnapshot(machineId, 'gone', signal))
    await hypervisor.shutDownMachine(machineId, signal)
    await rig.untilOff()
    const work = hypervisor.createSnapshot(machineId, snapshot('cold', true), signal)
    await assert.rejects(work, /^Failure: memory-needs-running: /)
    const [only, ...others] = (await listed(rig)).snapshots
    assert.deepEqual([only?.description, only?.memory, others.length], ['a <b>&', 'internal', 0])
  })

  it('nothing is done to snapshots while a backup reads', async ({ hypervisor, machineId }) => {
    await hypervisor.createSnapshot(machineId, snapshot('there', true), signal)
    await using _session = await hypervisor.beginBackup(full(machineId), signal)
    await failsWith('machine-busy', hypervisor.createSnapshot(machineId, snapshot('more', true), signal))
    await failsWith('machine-busy', hypervisor.revertSnapshot(machineId, 'there', signal))
    await failsWith('machine-busy', hypervisor.deleteSnapshot(machineId, 'there', signal))
  })
}

function choosing(it: It): void {
  it('a disk left out is not read, and nothing is said of it; one that is back is no increment of nothing', async (rig) => {
    const { hypervisor, machineId } = rig
    const base = await commit(rig, ['vdb'])
    assert.deepEqual(base.disks, [{ name: 'vda', sizeBytes: base.disks[0]?.sizeBytes }])
    await using session = await hypervisor.beginBackup(incremental(machineId, [base]), signal)
    assert.deepEqual(
      session.disks.map(({ name, cause }) => [name, cause]),
      [
        ['vda', 'bitmap-usable'],
        ['vdb', 'disk-added'],
      ],
    )
  })

  it('a guest that is not to be frozen is not asked, and the point says crash', async ({ hypervisor, machineId }) => {
    await using session = await hypervisor.beginBackup({ ...full(machineId), freeze: false }, signal)
    const { consistency, freezeMs, warnings } = session
    assert.deepEqual({ consistency, freezeMs }, { consistency: 'crash', freezeMs: undefined })
    assert.ok(warnings.every((warning) => !/fr[eo]ze/.test(warning)))
  })
}

const snapshot = (name: string, memory: boolean) => ({ name, description: undefined, memory })

const incremental = (machineId: MachineId, bases: readonly BasePoint[]) => ({
  ...full(machineId),
  method: 'incremental' as Method,
  bases,
})

async function commit({ hypervisor, machineId }: SnapshotRig, excluded: readonly string[] = []): Promise<BasePoint> {
  const request = { ...full(machineId), excluded }
  await using session = await hypervisor.beginBackup(request, signal)
  assert.ok(session.warnings.every((warning) => !/^vdb/.test(warning)))
  await session.keepCheckpoint(signal)
  const disks = session.disks.map(({ name, disk }) => ({ name, sizeBytes: disk.sizeBytes }))
  return { id: request.pointId, checkpoint: session.checkpoint, disks }
}

async function listed({ hypervisor, machineId }: SnapshotRig): Promise<HostMachine> {
  const machine = (await hypervisor.listMachines(signal)).find(({ id }) => id === machineId)
  assert.ok(machine)
  return machine
}

function shapeOf({ name, parent, depth, current }: Snapshot): string {
  return `${name} over ${parent ?? 'nothing'}, depth ${depth}${current ? ', current' : ''}`
}
