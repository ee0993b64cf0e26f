import type { Cause, PointId } from '../../../../shared/point.ts'
import type { BackupRequest, BasePoint } from '../hypervisor.ts'
import type { DomainDisk } from './domain-xml.ts'

/** Where an increment of one disk starts. */
export type Base = { readonly pointId: PointId; readonly checkpoint: string; readonly sizeBytes: number }

/** How one disk will be read, and why. */
export type DiskPlan = {
  readonly disk: DomainDisk
  /** Whether the disk can hold a bitmap for the next increment. */
  readonly tracked: boolean
  /** Absent when everything is to be read. */
  readonly base: Base | undefined
  readonly cause: Cause
  readonly why: string
}

/** What was found out about a machine before its disks are chosen. */
export type Findings = {
  readonly transient: boolean
  /** Checkpoints that the host knows. */
  readonly checkpoints: ReadonlySet<string>
  /** Disks whose bitmap of that checkpoint can be trusted; asked for only where needed. */
  readonly usable: (checkpoint: string) => Promise<ReadonlySet<string>>
  /** Why a disk cannot hold bitmaps; undefined when it can. */
  readonly untracked: (disk: DomainDisk) => { readonly cause: Cause; readonly why: string } | undefined
  readonly sizes: ReadonlyMap<string, number>
}

/** Each disk by itself: one without a bitmap does not cost the others theirs. */
export async function planDisks(
  disks: readonly DomainDisk[],
  request: BackupRequest,
  findings: Findings,
): Promise<readonly DiskPlan[]> {
  return await Promise.all(disks.map((disk) => planDisk(disk, request, findings)))
}

async function planDisk(disk: DomainDisk, request: BackupRequest, findings: Findings): Promise<DiskPlan> {
  const untracked = findings.untracked(disk)
  const tracked = untracked === undefined
  const whole = (cause: Cause, why: string) => ({ disk, tracked, base: undefined, cause, why })
  if (request.method === 'full') return whole('asked-full', 'A full backup was asked for.')
  if (untracked !== undefined) return whole(untracked.cause, untracked.why)
  const { name } = disk
  if (request.bases.length === 0) return whole('first-point', `There is no point yet that ${name} could build upon.`)
  const known = request.bases.filter((base) => sizeIn(base, name) !== undefined)
  if (known.length === 0) return whole('disk-added', `${name} was not there at the last point.`)
  const marked = known.filter(({ checkpoint }) => checkpoint !== undefined && findings.checkpoints.has(checkpoint))
  if (marked.length === 0) return whole(...lostReason(findings.transient, name))
  const base = await newestUsable(marked, name, findings)
  if (base === undefined)
    return whole(
      'bitmap-broken',
      `The bitmap of ${name} is missing or broken: QEMU ended hard, a snapshot was reverted or the image replaced.`,
    )
  if ((findings.sizes.get(name) ?? base.sizeBytes) < base.sizeBytes)
    return whole('size-shrunk', `${name} is smaller than it was at the last point.`)
  return {
    disk,
    tracked,
    base,
    cause: 'bitmap-usable',
    why: `The dirty bitmap of ${name} tells what changed since checkpoint ${base.checkpoint}.`,
  }
}

function lostReason(transient: boolean, name: string): readonly [Cause, string] {
  return transient
    ? ['machine-transient', `The machine is transient, and its host forgot the checkpoints of ${name} when it stopped.`]
    : ['checkpoint-missing', `The host has no checkpoint any more from which ${name} could be followed.`]
}

async function newestUsable(bases: readonly BasePoint[], name: string, findings: Findings): Promise<Base | undefined> {
  for (const { id, checkpoint, disks } of bases) {
    const sizeBytes = disks.find((disk) => disk.name === name)?.sizeBytes
    if (checkpoint === undefined || sizeBytes === undefined) continue
    if ((await findings.usable(checkpoint)).has(name)) return { pointId: id, checkpoint, sizeBytes }
  }
  return undefined
}

function sizeIn(base: BasePoint, name: string): number | undefined {
  return base.disks.find((disk) => disk.name === name)?.sizeBytes
}

/** Every disk read whole, because the host did not go along with the bitmaps after all. */
export function withoutBitmaps(plans: readonly DiskPlan[], why: string): readonly DiskPlan[] {
  return plans.map((plan) =>
    plan.base === undefined ? plan : { ...plan, base: undefined, cause: 'bitmap-broken', why },
  )
}

export function untrackedAll(plans: readonly DiskPlan[]): readonly DiskPlan[] {
  return plans.map((plan) => ({ ...plan, tracked: false }))
}
