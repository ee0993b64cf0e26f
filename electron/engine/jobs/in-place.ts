import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { subtract, total } from '../disk/extents.ts'
import type { Hypervisor, InPlaceSession } from '../hypervisor/hypervisor.ts'
import type { Manifest } from '../repository/format/manifest.ts'
import type { OnRead, Repository } from '../repository/repository.ts'
import { backUp } from './backup.ts'
import { copy } from './copy.ts'
import type { Step } from './step.ts'

export type InPlaceOrder = {
  readonly repository: Repository
  readonly hypervisor: Hypervisor
  readonly manifest: Manifest
  /** Names of the disks that are overwritten. */
  readonly disks: readonly string[]
  /** Of the point that is taken first; undefined: nothing is taken, and nothing can be undone. */
  readonly undoPointId: PointId | undefined
}

/**
 * Overwrites only what differs. Cut off in the middle it leaves a mixture; done again it goes on with what still differs, and
 * the undo point, which is acknowledged before the first byte is overwritten, brings back what was there.
 */
export async function restoreInPlace(step: Step, order: InPlaceOrder): Promise<void> {
  const { hypervisor, manifest, disks, repository } = order
  await needFitting(step, order)
  if (order.undoPointId !== undefined) await takeUndoPoint(step, order, order.undoPointId)
  await using session = await hypervisor.openInPlace(manifest.machineId, disks, step.signal)
  needSizes(manifest, session)
  for (const target of session.disks) {
    await using source = await repository.openDisk(manifest.pointId, target.name, step.signal)
    const differing = await source.differences(target.disk, compared(step), step.signal)
    step.meter.add('bytesTotal', total(differing))
    const written = await copy(step, source, target.disk, differing)
    const zeroes = subtract(differing, written)
    step.meter.add('bytesTotal', -total(zeroes))
    for (const { start, end } of zeroes) {
      await step.pass(step.signal)
      await target.disk.zero(start, end - start, step.signal)
    }
    await step.meter.waiting('target', target.disk.flush(step.signal))
  }
}

/** What the host can tell before anything is read or taken. Opening the disks asks again. */
async function needFitting(step: Step, { hypervisor, manifest, disks }: InPlaceOrder): Promise<void> {
  const { machineId, machineName } = manifest
  const machine = (await hypervisor.listMachines(step.signal)).find(({ id }) => id === machineId)
  if (machine === undefined) throw new Failure('machine-not-found', `The host has no machine ${machineName} any more`)
  if (machine.state !== 'off') throw new Failure('machine-running', `${machine.name} is running`)
  for (const name of disks) {
    const now = machine.disks.find((disk) => disk.name === name)
    if (now === undefined) throw new Failure('disk-unsupported', `${machine.name} has no disk ${name}`)
    if (now.sizeBytes !== undefined) needSize(manifest, name, now.sizeBytes)
  }
}

/** Of the whole machine, so that the point is worth as much as any other. */
async function takeUndoPoint(step: Step, order: InPlaceOrder, pointId: PointId): Promise<void> {
  const { hypervisor, manifest, repository, disks } = order
  const { machineId } = manifest
  const backup = {
    machineId,
    method: 'incremental',
    pointId,
    repository,
    hypervisor,
    excluded: [],
    freeze: true,
  } as const
  const point = await backUp({ ...step, say: () => {} }, backup)
  step.undoWith(point.id)
  const missing = disks.filter((name) => !point.disks.some((disk) => disk.name === name))
  if (missing.length === 0) return
  throw new Failure('disk-unreadable', `Overwriting ${missing.join(', ')} could not be undone: it cannot be read now`)
}

function compared(step: Step): OnRead {
  let known = 0
  return async (bytes, totalBytes) => {
    step.meter.add('bytesTotal', totalBytes - known)
    known = totalBytes
    step.meter.add('bytesRead', bytes)
    await step.pass(step.signal)
  }
}

/** Asked of all disks before the first is written: a machine of disks from two moments is worse than none. */
function needSizes(manifest: Manifest, session: InPlaceSession): void {
  for (const { name, disk } of session.disks) needSize(manifest, name, disk.sizeBytes)
}

function needSize(manifest: Manifest, name: string, sizeBytes: number): void {
  const then = manifest.disks.find((disk) => disk.name === name)?.sizeBytes
  if (sizeBytes === then) return
  throw new Failure('target-failed', `${name} has ${sizeBytes} bytes now and ${then} in the point`)
}
