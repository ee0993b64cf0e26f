import type { RestoreTarget } from '../../../shared/contract.ts'
import { Failure, toWire } from '../../../shared/failure.ts'
import { type DiskFormat, diskFormats, type MachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import { total } from '../disk/extents.ts'
import type { Attachment, Hypervisor, NewMachine, RestoreSession } from '../hypervisor/hypervisor.ts'
import type { Manifest } from '../repository/format/manifest.ts'
import type { Repository } from '../repository/repository.ts'
import { copy } from './copy.ts'
import { createImages } from './image-target.ts'
import { restoreInPlace } from './in-place.ts'
import type { Step } from './step.ts'

export type RestoreOrder = {
  readonly repository: Repository
  readonly pointId: PointId
  readonly target: RestoreTarget
  /** The host of a new machine, or the one that has the machine now; absent for image files. */
  readonly hypervisor: Hypervisor | undefined
  /** In place: of the point to be taken first; undefined where none is. */
  readonly undoPointId: PointId | undefined
}

/** What was made, for the run's record. */
export type Restored = { readonly target: string; readonly machineId: MachineId | undefined }

/** One point back: as image files, as a new machine, or over the machine's own disks where they differ. */
export async function restore(step: Step, order: RestoreOrder): Promise<Restored> {
  const manifest = await order.repository.manifest(order.pointId, step.signal)
  switch (order.target.kind) {
    case 'images':
      return toImages(step, order, manifest, order.target)
    case 'new-machine':
      return toNewMachine(step, order, manifest, order.target)
    case 'in-place':
      return inPlace(step, order, manifest, order.target)
  }
}

type Target<K> = Extract<RestoreTarget, { kind: K }>

async function toImages(
  step: Step,
  order: RestoreOrder,
  manifest: Manifest,
  target: Target<'images'>,
): Promise<Restored> {
  const disks = chooseDisks(manifest.disks, target.disks)
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
  const machineId = await makeMachine(step, order, host, machine)
  if (target.start) await startMachine(step, host, machineId)
  return { target: target.name, machineId }
}

/** The session, and with it the hold on the new disks, has ended when this resolves. */
async function makeMachine(step: Step, order: RestoreOrder, host: Hypervisor, machine: NewMachine): Promise<MachineId> {
  await using session = await host.createMachine(machine, step.signal)
  await fill(step, order, session)
  return (await step.meter.waiting('target', session.finish(step.signal))).machineId
}

/** The machine is back whether or not it starts. */
async function startMachine(step: Step, host: Hypervisor, machineId: MachineId): Promise<void> {
  try {
    await host.startMachine(machineId, step.signal)
  } catch (thrown) {
    step.warn(sentence('restored-not-started', { message: toWire(thrown).message }))
  }
}

async function inPlace(
  step: Step,
  order: RestoreOrder,
  manifest: Manifest,
  target: Target<'in-place'>,
): Promise<Restored> {
  const { repository, undoPointId } = order
  const disks = chooseDisks(manifest.disks, target.disks).map(({ name }) => name)
  await restoreInPlace(step, { repository, hypervisor: needHost(order), manifest, disks, undoPointId })
  return { target: manifest.machineName, machineId: manifest.machineId }
}

/** Without a choice all of them. Fails with `point-not-found` where one that is named is not among them. */
export function chooseDisks<D extends { readonly name: string }>(
  disks: readonly D[],
  names: readonly string[] | undefined,
): readonly D[] {
  const missing = names?.filter((name) => !disks.some((disk) => disk.name === name)) ?? []
  if (missing.length > 0) throw new Failure('point-not-found', `The point has no disk named ${missing.join(', ')}`)
  return disks.filter(({ name }) => names === undefined || names.includes(name))
}

async function fill(step: Step, order: RestoreOrder, session: Pick<RestoreSession, 'disks'>): Promise<void> {
  for (const { name, disk } of session.disks) {
    await using source = await order.repository.openDisk(order.pointId, name, step.signal)
    const all = await source.allocated(step.signal)
    step.meter.add('bytesTotal', total(all))
    await copy(step, source, disk, all)
  }
}

function needHost(order: RestoreOrder): Hypervisor {
  if (order.hypervisor === undefined) throw new Failure('host-not-found', 'No host can take the machine')
  return order.hypervisor
}

/** Disks of formats that we cannot make come back as qcow2. */
function formatOf(format: string): DiskFormat {
  return diskFormats.find((known) => known === format) ?? 'qcow2'
}
