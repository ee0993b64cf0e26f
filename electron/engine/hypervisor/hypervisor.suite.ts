import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import { Failure, type FailureCode, isAbort } from '../../../shared/failure.ts'
import type { MachineId } from '../../../shared/machine.ts'
import { causes } from '../../../shared/point.ts'
import { KiB } from '../../../shared/units.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { BackupRequest, Hypervisor, NewMachine } from './hypervisor.ts'

/** What a driver's test brings: a host with a machine on it, and its own way to look at disks behind the driver's back. */
export type HypervisorRig = AsyncDisposable & {
  readonly hypervisor: Hypervisor
  /** A machine with at least one disk that is not empty, and that may be overwritten in place (so: off). */
  readonly machineId: MachineId
  /** All bytes of a disk as they lie there now. */
  content(machineId: MachineId, disk: string): Promise<Uint8Array>
  /** A machine of one disk named `vda` of 1 MiB, as this driver wants to be asked for it. */
  newMachine(name: string): NewMachine
}

const signal = new AbortController().signal

/** The contract of `Hypervisor`: each driver's test is one call of it. */
export function hypervisorSuite(name: string, make: () => Promise<HypervisorRig>): void {
  const it = (sentence: string, body: (rig: HypervisorRig) => Promise<void>) =>
    test(`${name}: ${sentence}`, async () => {
      await using rig = await make()
      await body(rig)
    })
  listing(it)
  backups(it)
  restores(it)
  overwriting(it)
}

type It = (sentence: string, body: (rig: HypervisorRig) => Promise<void>) => void

function listing(it: It): void {
  it('two lists name the same machines, disks and sizes', async ({ hypervisor, machineId }) => {
    const first = await hypervisor.listMachines(signal)
    assert.deepEqual(await hypervisor.listMachines(signal), first)
    const machine = first.find(({ id }) => id === machineId)
    assert.ok(machine !== undefined && machine.disks.length > 0)
    assert.ok(machine.disks.every((disk) => (disk.sizeBytes ?? 0) > 0 && disk.problem === undefined))
  })

  it('an unknown machine is said to be unknown', async ({ hypervisor }) => {
    const unknown = '00000000-0000-4000-8000-000000000000'
    await failsWith('machine-not-found', hypervisor.beginBackup(full(unknown), signal))
    await failsWith('machine-not-found', hypervisor.openInPlace(unknown, [], signal))
  })

  it('a call that was cancelled before it began does nothing', async ({ hypervisor, machineId, newMachine }) => {
    const cancelled = AbortSignal.abort()
    await assert.rejects(hypervisor.listMachines(cancelled), isAbort)
    await assert.rejects(hypervisor.beginBackup(full(machineId), cancelled), isAbort)
    await assert.rejects(hypervisor.createMachine(newMachine('never'), cancelled), isAbort)
    await assert.rejects(hypervisor.openInPlace(machineId, [], cancelled), isAbort)
  })
}

function backups(it: It): void {
  it('a session holds every disk of the list, byte for byte', async ({ hypervisor, machineId, content }) => {
    const listed = (await hypervisor.listMachines(signal)).find(({ id }) => id === machineId)
    await using session = await hypervisor.beginBackup(full(machineId), signal)
    const sizes = session.disks.map(({ name, format, disk }) => ({ name, format, sizeBytes: disk.sizeBytes }))
    const known = listed?.disks.map(({ name, format, sizeBytes }) => ({ name, format, sizeBytes }))
    assert.deepEqual(sizes, known)
    for (const { name, disk } of session.disks) {
      const expected = await content(machineId, name)
      assert.ok(expected.some((byte) => byte !== 0))
      assert.ok(Buffer.from(expected).equals(await readAll(disk)))
      assert.ok(Buffer.from(expected).equals(await readAllocated(disk)))
    }
  })

  it('a full backup reads everything and says so', async ({ hypervisor, machineId }) => {
    await using session = await hypervisor.beginBackup(full(machineId), signal)
    for (const { increment, cause, why } of session.disks) {
      assert.equal(increment, undefined)
      assert.ok(causes.includes(cause))
      assert.match(why, /^\S.*\.$/s)
    }
  })

  it('a machine can be backed up again after a session was given up', async ({ hypervisor, machineId }) => {
    for (let round = 0; round < 3; round++) {
      await using session = await hypervisor.beginBackup(full(machineId), signal)
      assert.equal(session.lost.aborted, false)
    }
  })

  it('a read can be cancelled', async ({ hypervisor, machineId }) => {
    await using session = await hypervisor.beginBackup(full(machineId), signal)
    const [first] = session.disks
    assert.ok(first !== undefined)
    await assert.rejects(first.disk.read(0, new Uint8Array(4096), AbortSignal.abort()), isAbort)
  })
}

function restores(it: It): void {
  it('a new machine appears when it is finished, with the bytes it was given', async (rig) => {
    const { hypervisor } = rig
    const bytes = randomBytes(100 * KiB)
    await using session = await hypervisor.createMachine(rig.newMachine('restored'), signal)
    const target = only(session.disks).disk
    assert.equal(target.sizeBytes, 1024 * KiB)
    assert.ok((await readAll(target)).every((byte) => byte === 0))
    await target.write(64 * KiB, bytes, signal)
    assert.deepEqual(await named(hypervisor, 'restored'), [])
    const { machineId } = await session.finish(signal)
    assert.deepEqual(await named(hypervisor, 'restored'), [machineId])
    const expected = Buffer.alloc(1024 * KiB)
    bytes.copy(expected, 64 * KiB)
    assert.ok(expected.equals(await rig.content(machineId, 'vda')))
  })

  it('a new machine that is not finished leaves nothing behind', async ({ hypervisor, newMachine }) => {
    const before = await hypervisor.listMachines(signal)
    for (let round = 0; round < 2; round++) {
      await using session = await hypervisor.createMachine(newMachine('given-up'), signal)
      await only(session.disks).disk.write(0, randomBytes(4096), signal)
    }
    assert.deepEqual(await hypervisor.listMachines(signal), before)
  })

  it('a name that is taken is refused and its machine stays as it was', async (rig) => {
    const { hypervisor } = rig
    const machineId = await create(rig, 'taken')
    const before = await rig.content(machineId, 'vda')
    await assert.rejects(hypervisor.createMachine(rig.newMachine('taken'), signal), isTaken)
    assert.deepEqual(await named(hypervisor, 'taken'), [machineId])
    assert.deepEqual(await rig.content(machineId, 'vda'), before)
  })

  it('of two restores to one name the second to finish is refused', async (rig) => {
    await using first = await rig.hypervisor.createMachine(rig.newMachine('race'), signal)
    await using second = await rig.hypervisor.createMachine(rig.newMachine('race'), signal).catch(() => undefined)
    await only(first.disks).disk.write(0, Buffer.alloc(4096, 'first'), signal)
    const { machineId } = await first.finish(signal)
    if (second !== undefined) await assert.rejects(second.finish(signal), isTaken)
    assert.equal(Buffer.from(await rig.content(machineId, 'vda')).toString('latin1', 0, 5), 'first')
  })

  it('listeners hear of a new machine', async (rig) => {
    const heard = new Promise<void>((resolve) => rig.hypervisor.onChange(resolve))
    await create(rig, 'announced')
    await heard
  })
}

function overwriting(it: It): void {
  it('what is written in place is what the next backup reads', async ({ hypervisor, machineId, content }) => {
    const name = only((await hypervisor.listMachines(signal)).filter(({ id }) => id === machineId)).disks[0]?.name ?? ''
    const bytes = randomBytes(4096)
    {
      await using session = await hypervisor.openInPlace(machineId, [name], signal)
      const target = only(session.disks).disk
      await target.write(8192, bytes, signal)
      await target.zero(16384, 4096, signal)
      await target.flush(signal)
    }
    const now = Buffer.from(await content(machineId, name))
    assert.ok(now.subarray(8192, 8192 + 4096).equals(bytes))
    assert.ok(now.subarray(16384, 16384 + 4096).every((byte) => byte === 0))
    await using session = await hypervisor.beginBackup(full(machineId), signal)
    const read = session.disks.find((disk) => disk.name === name)
    assert.ok(read !== undefined && now.equals(await readAll(read.disk)))
  })

  it('a disk that the machine does not have cannot be overwritten', async ({ hypervisor, machineId }) => {
    await failsWith('disk-unsupported', hypervisor.openInPlace(machineId, ['no such disk'], signal))
  })
}

/** A request for a full backup, as the first one of a machine would be. */
export function full(machineId: MachineId): BackupRequest {
  const pointId = randomBytes(16).toString('hex')
  const choices = { method: 'full', bases: [], excluded: [], freeze: true } as const
  return { machineId, pointId, repositoryId: '5f'.repeat(16), ...choices }
}

export async function readAll(disk: ReadableDisk): Promise<Buffer> {
  const bytes = Buffer.alloc(disk.sizeBytes)
  await disk.read(0, bytes, signal)
  return bytes
}

export async function failsWith(code: FailureCode, work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (thrown) => thrown instanceof Failure && thrown.code === code)
}

async function readAllocated(disk: ReadableDisk): Promise<Buffer> {
  const bytes = Buffer.alloc(disk.sizeBytes)
  for (const { start, end } of await disk.allocated(signal)) {
    await disk.read(start, bytes.subarray(start, end), signal)
  }
  return bytes
}

async function create(rig: HypervisorRig, name: string): Promise<MachineId> {
  await using session = await rig.hypervisor.createMachine(rig.newMachine(name), signal)
  await only(session.disks).disk.write(0, randomBytes(4096), signal)
  return (await session.finish(signal)).machineId
}

async function named(hypervisor: Hypervisor, name: string): Promise<readonly MachineId[]> {
  return (await hypervisor.listMachines(signal)).filter((machine) => machine.name === name).map(({ id }) => id)
}

function isTaken(thrown: unknown): boolean {
  return thrown instanceof Failure && ['identity-taken', 'target-exists'].includes(thrown.code)
}

function only<T>(list: readonly T[]): T {
  const [one] = list
  assert.ok(one !== undefined && list.length === 1)
  return one
}
