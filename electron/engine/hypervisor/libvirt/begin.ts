import { dirname, join } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { PointId } from '../../../../shared/point.ts'
import { element, serializeXml } from './build-xml.ts'
import { wholeDescription } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import type { DomainDisk } from './domain-xml.ts'
import { isLibvirtError, LibvirtError } from './libvirt-error.ts'
import { type DiskPlan, untrackedAll, withoutBitmaps } from './plan.ts'
import { errors } from './protocol.ts'

/** Where the job's socket and the scratch files lie. */
export type Places = {
  readonly socketPath: string
  /** Scratch file of each disk: keeps what the guest overwrites while the backup reads. */
  readonly scratchFiles: ReadonlyMap<string, string>
}

/** One way to begin; the next is tried when the host refuses it. */
export type Attempt = { readonly plans: readonly DiskPlan[]; readonly places: Places }

export type Begun = Attempt & { readonly checkpoint: string | undefined }

/** What a job is begun with, whichever attempt succeeds. */
export type Order = {
  readonly machineId: MachineId
  readonly checkpoint: string
  /** Disks that the machine has and that are left out. */
  readonly others: readonly DomainDisk[]
}

/**
 * The best first: bitmaps before reading all, a checkpoint before none, scratch files beside the disks (where there is room
 * for them) before a folder of our own. A backup never fails because of bitmaps.
 */
export function attemptsOf(plans: readonly DiskPlan[], places: readonly Places[]): readonly Attempt[] {
  const refused = 'The host refused to read by bitmap, so everything is read.'
  const ways = [plans, withoutBitmaps(plans, refused), untrackedAll(withoutBitmaps(plans, refused))]
  const different = ways.filter((way, index) => index === 0 || kindOf(way) !== kindOf(ways[index - 1] ?? []))
  return different.flatMap((way) => places.map((place) => ({ plans: way, places: place })))
}

function kindOf(plans: readonly DiskPlan[]): string {
  return plans.map((plan) => `${plan.base?.checkpoint}/${plan.tracked}`).join()
}

/** Begins one attempt; undefined with the reason when the host refuses and another may succeed. */
export async function begin(
  connection: LibvirtConnection,
  order: Order,
  attempt: Attempt,
  signal: AbortSignal,
): Promise<Begun | LibvirtError> {
  const tracked = attempt.plans.some((plan) => plan.tracked)
  const checkpointXml = tracked ? serializeXml(checkpointDocument(order, attempt.plans)) : undefined
  try {
    await connection.backup.begin(
      order.machineId,
      serializeXml(backupDocument(order, attempt)),
      checkpointXml,
      0,
      signal,
    )
    return { ...attempt, checkpoint: tracked ? order.checkpoint : undefined }
  } catch (error) {
    if (error instanceof LibvirtError && !isHopeless(error)) return error
    throw error
  }
}

function isHopeless(error: LibvirtError): boolean {
  return isLibvirtError(
    error,
    errors.noDomain,
    errors.operationTimeout,
    errors.operationInvalid,
    errors.noSupport,
    errors.operationDenied,
  )
}

/** Attempts that the refusal leaves worth trying. A broken bitmap is broken wherever the scratch files lie. */
export function attemptsAfter(refusal: LibvirtError, failed: Attempt, rest: readonly Attempt[]): readonly Attempt[] {
  if (!isLibvirtError(refusal, errors.checkpointInconsistent, errors.noCheckpoint)) return rest
  return rest.filter((attempt) => kindOf(attempt.plans) !== kindOf(failed.plans))
}

function backupDocument(order: Order, { plans, places }: Attempt) {
  const incremental = plans.map(({ disk, base }) => {
    const scratch = element('scratch', { file: places.scratchFiles.get(disk.name) })
    const mode = base === undefined ? {} : { backupmode: 'incremental', incremental: base.checkpoint }
    return element('disk', { name: disk.name, backup: 'yes', type: 'file', ...mode }, scratch)
  })
  const others = order.others.map((disk) => element('disk', { name: disk.name, backup: 'no' }))
  return element(
    'domainbackup',
    { mode: 'pull' },
    element('server', { transport: 'unix', socket: places.socketPath }),
    element('disks', {}, ...incremental, ...others),
  )
}

function checkpointDocument(order: Order, plans: readonly DiskPlan[]) {
  const whole = plans.every((plan) => plan.base === undefined)
  const disks = plans.map(({ disk, tracked }) =>
    element('disk', { name: disk.name, checkpoint: tracked ? 'bitmap' : 'no' }),
  )
  const others = order.others.map((disk) => element('disk', { name: disk.name, checkpoint: 'no' }))
  return element(
    'domaincheckpoint',
    {},
    element('name', {}, order.checkpoint),
    whole ? element('description', {}, wholeDescription) : undefined,
    element('disks', {}, ...disks, ...others),
  )
}

/** Beside each disk, where there is room for what it may lose; and all in the given folder. */
export function scratchPlaces(
  disks: readonly DomainDisk[],
  pointId: PointId,
  socketPath: string,
  spareFolder: string,
): readonly Places[] {
  const place = (folderOf: (disk: DomainDisk) => string) => ({
    socketPath,
    scratchFiles: new Map(
      disks.map((disk, index) => [disk.name, join(folderOf(disk), `sp-scratch-${pointId}-${index}.qcow2`)]),
    ),
  })
  return [
    place((disk) => (disk.source.kind === 'file' ? dirname(disk.source.path) : spareFolder)),
    place(() => spareFolder),
  ]
}

/** The failure of a backup that no attempt could begin. */
export function refused(refusals: readonly LibvirtError[]): Failure {
  const [first] = refusals
  const words = [...new Set(refusals.map((refusal) => refusal.message))].join('; then: ')
  return new Failure(first?.code ?? 'host-refused', `The host did not begin the backup: ${words}`, { cause: first })
}
