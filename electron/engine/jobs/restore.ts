import type { RestoreTarget } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import { type DiskFormat, diskFormats, type MachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import { forEachParallel } from '../base/parallel.ts'
import type { WritableDisk } from '../disk/disk.ts'
import { type Extents, subtract, total, union } from '../disk/extents.ts'
import type { Attachment, Hypervisor, InPlaceSession, RestoreSession } from '../hypervisor/hypervisor.ts'
import type { Manifest } from '../repository/format/manifest.ts'
import type { PointDisk, Repository } from '../repository/repository.ts'
import { createImages } from './image-target.ts'
import type { Step } from './step.ts'

export type RestoreOrder = {
  readonly repository: Repository
  readonly pointId: PointId
  readonly target: RestoreTarget
  /** The host of a new machine, or the one that has the machine now; absent for image files. */
  readonly hypervisor: Hypervisor | undefined
}

/** What was made, for the run's record. */
export type Restored = { readonly target: string; readonly machineId: MachineId | undefined }

const writesAtOnce = 8

/** One point back: as image files, as a new machine, or over the machine's own disks where they differ. */
export async function restore(step: Step, order: RestoreOrder): Promise<Restored> {
  const manifest = await order.repository.manifest(order.pointId, step.signal)
  switch (order.target.kind) {
    case 'images':
      return toImages(step, order, manifest, order.target)
    case 'new-machine':
      return toNewMachine(step, order, manifest, order.target)
    case 'in-place':
      return inPlace(step, order, manifest)
  }
}

type Target<K> = Extract<RestoreTarget, { kind: K }>

async function toImages(
  step: Step,
  order: RestoreOrder,
  manifest: Manifest,
  target: Target<'images'>,
): Promise<Restored> {
  const disks = manifest.disks.filter((disk) => target.disk === undefined || disk.name === target.disk)
  if (disks.length === 0) throw new Failure('point-not-found', `The point has no disk named ${target.disk}`)
  const wanted = disks.map(({ name, sizeBytes }) => ({ name, sizeBytes, format: target.format }))
  await using session = await createImages(target.folder, manifest.machineName, wanted, step.signal)
  await fill(step, order, session)
  const paths = await step.meter.waiting('target', session.finish(step.signal))
  return { target: paths.join('\n'), machineId: undefined }
}

async function toNewMachine(
  step: Step,
  order: RestoreOrder,
  manifest: Manifest,
  target: Target<'new-machine'>,
): Promise<Restored> {
  const host = needHost(order)
  const attachments: Attachment[] = []
  for (const reference of manifest.attachments) {
    const bytes = await order.repository.attachment(reference, step.signal)
    attachments.push({ role: reference.role, path: reference.path, bytes })
  }
  const { definition } = manifest
  const disks = manifest.disks.map(({ name, sizeBytes, format }) => ({ name, sizeBytes, format: formatOf(format) }))
  const machine = { name: target.name, definition, attachments, disks, storage: target.storage }
  await using session = await host.createMachine(machine, step.signal)
  await fill(step, order, session)
  const { machineId } = await step.meter.waiting('target', session.finish(step.signal))
  return { target: target.name, machineId }
}

/**
 * Overwrites only what differs. Cut off in the middle it leaves a mixture; done again it goes on with what still differs.
 */
async function inPlace(step: Step, order: RestoreOrder, manifest: Manifest): Promise<Restored> {
  const names = manifest.disks.map((disk) => disk.name)
  await using session = await needHost(order).openInPlace(manifest.machineId, names, step.signal)
  needSizes(manifest, session)
  for (const { name, disk } of session.disks) {
    await using source = await order.repository.openDisk(order.pointId, name, step.signal)
    const counted = (bytes: number): void => step.meter.add('bytesRead', bytes)
    const differing = await source.differences(disk, counted, step.signal)
    step.meter.add('bytesTotal', total(differing))
    const written = await copy(step, source, disk, differing)
    for (const { start, end } of subtract(differing, written)) await disk.zero(start, end - start, step.signal)
    await step.meter.waiting('target', disk.flush(step.signal))
  }
  return { target: manifest.machineName, machineId: manifest.machineId }
}

/** Asked of all disks before the first is written: a machine of disks from two moments is worse than none. */
function needSizes(manifest: Manifest, session: InPlaceSession): void {
  for (const { name, disk } of session.disks) {
    const sizeBytes = manifest.disks.find((then) => then.name === name)?.sizeBytes
    if (disk.sizeBytes === sizeBytes) continue
    throw new Failure('target-failed', `${name} has ${disk.sizeBytes} bytes now and ${sizeBytes} in the point`)
  }
}

async function fill(step: Step, order: RestoreOrder, session: Pick<RestoreSession, 'disks'>): Promise<void> {
  for (const { name, disk } of session.disks) {
    await using source = await order.repository.openDisk(order.pointId, name, step.signal)
    const all = await source.allocated(step.signal)
    step.meter.add('bytesTotal', total(all))
    await copy(step, source, disk, all)
  }
}

/** Answers what was written: the chunks of `within` that are not zero. */
async function copy(step: Step, source: PointDisk, target: WritableDisk, within: Extents): Promise<Extents> {
  const written: { start: number; end: number }[] = []
  await forEachParallel(source.scan(within, step.signal), writesAtOnce, async ({ offset, bytes }) => {
    await step.meter.waiting('target', target.write(offset, bytes, step.signal))
    step.meter.add('bytesWritten', bytes.length)
    written.push({ start: offset, end: offset + bytes.length })
  })
  return union(written)
}

function needHost(order: RestoreOrder): Hypervisor {
  if (order.hypervisor === undefined) throw new Failure('host-not-found', 'No host can take the machine')
  return order.hypervisor
}

/** Disks of formats that we cannot make come back as qcow2. */
function formatOf(format: string): DiskFormat {
  return diskFormats.find((known) => known === format) ?? 'qcow2'
}
