import { Failure } from '../../../shared/failure.ts'
import type { Cause, PointId } from '../../../shared/point.ts'
import type { Clock } from '../base/clock.ts'
import type { BeforeAccess, FakeDisk } from './fake-disk.ts'
import type { FakeCheckpoint, FakeMachine } from './fake-machine.ts'
import type { BackupRequest, BackupSession, BasePoint, SessionDisk } from './hypervisor.ts'

/** What a running guest with an agent costs; a real driver measures it. */
const freezeMs = 75

type Reading = Pick<SessionDisk, 'increment' | 'cause' | 'why'>

/** As a real host does it: choose the base, look at its bitmaps, set the new checkpoint, let the disks stand still. */
export function beginFakeSession(machine: FakeMachine, request: BackupRequest, clock: Clock): BackupSession {
  const chosen = machine.disks.filter(({ name }) => !request.excluded.includes(name))
  if (chosen.length === 0) throw new Failure('disk-unsupported', `${machine.name} has no disk that is to be backed up`)
  const job = takeJob(machine)
  const readings = chosen.map((disk) => readDisk(machine, disk, request))
  const disks = chosen.map((disk, at) => ({
    name: disk.name,
    format: disk.format,
    disk: disk.standStill(guard(machine, disk.name, job.signal)),
    ...(readings[at] ?? whole('first-point', 'The disk is new.')),
  }))
  const checkpoint =
    machine.state === 'running' && !machine.transient ? setCheckpoint(machine, request, readings) : undefined
  let kept = checkpoint === undefined
  return {
    machineName: machine.name,
    definition: machine.definition,
    attachments: machine.attachments,
    disks,
    ...standing(machine, request.freeze),
    takenAt: clock.now(),
    checkpoint: checkpoint?.name,
    lost: job.signal,
    async keepCheckpoint(signal) {
      signal.throwIfAborted()
      kept = true
      dropOlder(machine, request.repositoryId)
    },
    async [Symbol.asyncDispose]() {
      if (!kept) machine.dropCheckpoints((each) => each === checkpoint)
      if (machine.busy === job) machine.busy = undefined
    },
  }
}

/** One job at a time, as libvirt has it. */
export function takeJob(machine: FakeMachine): AbortController {
  if (machine.busy !== undefined) throw new Failure('machine-busy', `Another job runs on ${machine.name}`)
  machine.busy = new AbortController()
  return machine.busy
}

function standing(machine: FakeMachine, freeze: boolean): Pick<BackupSession, 'consistency' | 'freezeMs' | 'warnings'> {
  if (machine.state === 'off') return { consistency: 'off', freezeMs: undefined, warnings: [] }
  if (!freeze) return { consistency: 'crash', freezeMs: undefined, warnings: [] }
  if (!machine.faults.noFreeze) return { consistency: 'file-system', freezeMs, warnings: [] }
  const warning = `The guest agent of ${machine.name} did not answer: the point is as after a power cut.`
  return { consistency: 'crash', freezeMs: undefined, warnings: [warning] }
}

function readDisk(machine: FakeMachine, disk: FakeDisk, request: BackupRequest): Reading {
  if (request.method === 'full') return whole('asked-full', 'A full backup was asked for.')
  if (machine.transient) return whole('machine-transient', `${machine.name} is transient and keeps no checkpoint.`)
  if (request.bases.length === 0) return whole('first-point', 'There is no earlier point of this machine.')
  const base = request.bases.find((each) => machine.checkpoints.some(({ name }) => name === each.checkpoint))
  if (base === undefined) return whole('checkpoint-missing', 'No checkpoint of an earlier point is left on the host.')
  return readSince(disk, base)
}

function readSince(disk: FakeDisk, base: BasePoint): Reading {
  const then = base.disks.find((each) => each.name === disk.name)
  const changed = disk.changedSince(base.checkpoint ?? '')
  if (then === undefined) return whole('disk-added', `${disk.name} was not there at the earlier point.`)
  if (disk.format !== 'qcow2')
    return whole('format-without-bitmaps', `${disk.format} disks cannot carry dirty bitmaps.`)
  if (disk.sizeBytes < then.sizeBytes) return whole('size-shrunk', `${disk.name} was larger at the earlier point.`)
  if (changed === undefined) return whole('bitmap-broken', `The bitmap ${base.checkpoint} of ${disk.name} is lost.`)
  return {
    increment: { basePoint: base.id, changed },
    cause: 'bitmap-usable',
    why: `The bitmap ${base.checkpoint} names what changed on ${disk.name}.`,
  }
}

function whole(cause: Cause, why: string): Reading {
  return { increment: undefined, cause, why }
}

function setCheckpoint(machine: FakeMachine, request: BackupRequest, readings: readonly Reading[]): FakeCheckpoint {
  const { pointId, repositoryId } = request
  const checkpoint = {
    name: checkpointName(repositoryId, pointId),
    pointId,
    repositoryId,
    full: readings.every(({ increment }) => increment === undefined),
  }
  machine.checkpoints = [...machine.checkpoints, checkpoint]
  for (const disk of machine.disks) {
    if (disk.format === 'qcow2' && !request.excluded.includes(disk.name)) disk.startBitmap(checkpoint.name)
  }
  return checkpoint
}

function checkpointName(repositoryId: string, pointId: PointId): string {
  return `sp-${repositoryId.slice(0, 8)}-${pointId}`
}

/** The next incremental needs the newest checkpoint, the next differential that of the newest full. */
function dropOlder(machine: FakeMachine, repositoryId: string): void {
  const own = machine.checkpoints.filter((each) => each.repositoryId === repositoryId)
  const needed = [own.at(-1), own.findLast((each) => each.full)]
  machine.dropCheckpoints((each) => own.includes(each) && !needed.includes(each))
}

/** Lets a session's reads meet the machine's faults. */
function guard(machine: FakeMachine, disk: string, lost: AbortSignal): BeforeAccess {
  return async (offset, lengthBytes, signal) => {
    signal.throwIfAborted()
    lost.throwIfAborted()
    await machine.faults.before?.(offset, lengthBytes, signal)
    countDown(machine, lengthBytes)
    lost.throwIfAborted()
    const { unreadable } = machine.faults
    if (unreadable?.disk === disk && unreadable.offset >= offset && unreadable.offset < offset + lengthBytes) {
      throw new Failure('disk-unreadable', `Input/output error on ${disk} at ${unreadable.offset}`)
    }
  }
}

function countDown(machine: FakeMachine, lengthBytes: number): void {
  if (machine.faults.stopAfterBytes === undefined) return
  machine.faults.stopAfterBytes -= lengthBytes
  if (machine.faults.stopAfterBytes <= 0) {
    machine.faults.stopAfterBytes = undefined
    machine.stop()
  }
}
