import type { Argument, RestoreTarget } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { Machine } from '../../../shared/machine.ts'
import type { Obstacle, RestorePlan } from '../../../shared/plan.ts'
import type { Point, PointDisk, PointId } from '../../../shared/point.ts'
import { askSpace, soon } from '../base/space.ts'
import { whyUnwritable } from '../base/writable-folder.ts'
import { total } from '../disk/extents.ts'
import { isDamage } from '../jobs/backup-disk.ts'
import { secondsFor } from '../jobs/estimate.ts'
import { imagePath, isTaken } from '../jobs/image-target.ts'
import { chooseDisks } from '../jobs/restore.ts'
import type { Repository } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'
import { restoreRate } from './restore-rate.ts'

type Target<K> = Extract<RestoreTarget, { kind: K }>

/** What the place for the bytes says; `space` is where they would lie on this machine. */
type Placed = Pick<RestorePlan, 'writes' | 'undo'> & {
  readonly obstacles: readonly Obstacle[]
  readonly space: string | undefined
}

/**
 * Starts nothing and fails for no obstacle. Bytes are those that the point's map names, told without reading them. Fails with
 * `point-not-found` for a point or a disk that nobody knows, and with `host-not-found`.
 */
export async function planRestore(
  rooms: Rooms,
  { pointId, target }: Argument<'planRestore'>,
  signal: AbortSignal,
): Promise<RestorePlan> {
  const { point, repository } = await findPoint(rooms, pointId, signal)
  const disks = chooseDisks(point.disks, target.kind === 'new-machine' ? undefined : target.disks)
  const placed = await place(rooms, point, disks, target, signal)
  const bytes = await bytesOf(repository, point, disks, signal)
  const space = placed.space === undefined ? undefined : await soon(askSpace(placed.space), signal)
  const seconds = secondsFor(bytes, restoreRate(rooms.runner, target))
  const obstacles = [...placed.obstacles]
  if (repository === undefined) obstacles.push('repository-not-open')
  if (space !== undefined && space.freeBytes < bytes) obstacles.push('no-space')
  return {
    writes: placed.writes,
    bytes,
    ...(seconds === undefined ? {} : { seconds }),
    ...(space === undefined ? {} : { freeBytes: space.freeBytes }),
    undo: placed.undo,
    obstacles,
  }
}

type FoundPoint = { readonly point: Point; readonly repository: Repository | undefined }

/** A point whose repository is not open is told as the catalog knows it. */
async function findPoint({ catalog, repositories }: Rooms, id: PointId, signal: AbortSignal): Promise<FoundPoint> {
  try {
    return await repositories.needPoint(id, signal)
  } catch (thrown) {
    signal.throwIfAborted()
    const point = catalog.points.get(id)
    if (!(thrown instanceof Failure) || thrown.code === 'point-not-found' || point === undefined) throw thrown
    return { point, repository: undefined }
  }
}

/** A disk whose map cannot be read now counts with its size. */
async function bytesOf(
  repository: Repository | undefined,
  point: Point,
  disks: readonly PointDisk[],
  signal: AbortSignal,
): Promise<number> {
  let bytes = 0
  for (const { name, sizeBytes } of disks) {
    if (repository === undefined) bytes += sizeBytes
    else bytes += await allocatedOf(repository, point.id, name, signal).catch(orSize(sizeBytes))
  }
  return bytes
}

async function allocatedOf(repository: Repository, id: PointId, disk: string, signal: AbortSignal): Promise<number> {
  await using source = await repository.openDisk(id, disk, signal)
  return total(await source.allocated(signal))
}

function orSize(sizeBytes: number): (thrown: unknown) => number {
  return (thrown) => {
    if (isDamage(thrown)) return sizeBytes
    throw thrown
  }
}

function place(
  rooms: Rooms,
  point: Point,
  disks: readonly PointDisk[],
  target: RestoreTarget,
  signal: AbortSignal,
): Promise<Placed> {
  switch (target.kind) {
    case 'images':
      return placeImages(point, disks, target)
    case 'new-machine':
      return placeMachine(rooms, disks, target, signal)
    case 'in-place':
      return placeOver(rooms, point, disks, signal)
  }
}

async function placeImages(point: Point, disks: readonly PointDisk[], target: Target<'images'>): Promise<Placed> {
  const { folder, format } = target
  const writes = disks.map(({ name, sizeBytes }) => {
    return { disk: name, path: imagePath(folder, point.machineName, { name, format }), sizeBytes, overwrites: false }
  })
  const obstacles: Obstacle[] = []
  if ((await whyUnwritable(folder)) !== undefined) obstacles.push('folder-unusable')
  const taken = await Promise.all(writes.map((write) => isTaken(write.path)))
  if (taken.includes(true)) obstacles.push('files-exist')
  return { writes, undo: 'remove-files', obstacles, space: folder }
}

/** Where the disks of a new machine come to lie is the host's to choose; where that is on this machine, its space is told. */
async function placeMachine(
  { hosts }: Rooms,
  disks: readonly PointDisk[],
  target: Target<'new-machine'>,
  signal: AbortSignal,
): Promise<Placed> {
  const machines = await hosts.machines(signal)
  const host = hosts.list().find(({ id }) => id === target.hostId)
  if (host === undefined) throw new Failure('host-not-found', `No host has the id ${target.hostId}`)
  const obstacles: Obstacle[] = []
  if (host.state !== 'connected') obstacles.push('host-unreachable')
  if (machines.some(({ hostId, name }) => hostId === host.id && name === target.name)) obstacles.push('name-taken')
  const writes = disks.map(({ name, sizeBytes }) => ({ disk: name, sizeBytes, overwrites: false }))
  const space = host.address.kind === 'images' ? host.address.folder : target.storage
  return { writes, undo: 'remove-machine', obstacles, space }
}

async function placeOver(
  { hosts }: Rooms,
  point: Point,
  disks: readonly PointDisk[],
  signal: AbortSignal,
): Promise<Placed> {
  const holders = (await hosts.machines(signal)).filter(({ id }) => id === point.machineId)
  const machine = holders.find(({ state }) => state === 'running' || state === 'paused') ?? holders[0]
  const isReachable = hosts.list().some(({ id, state }) => id === machine?.hostId && state === 'connected')
  const writes = disks.map(({ name, sizeBytes }) => {
    const path = machine?.disks.find((disk) => disk.name === name)?.path
    return { disk: name, ...(path === undefined ? {} : { path }), sizeBytes, overwrites: true }
  })
  const obstacles = machine === undefined ? (['machine-gone'] as const) : obstaclesOf(machine, isReachable, disks)
  return { writes, undo: 'undo-point', obstacles, space: undefined }
}

function obstaclesOf(machine: Machine, isReachable: boolean, disks: readonly PointDisk[]): readonly Obstacle[] {
  if (!isReachable) return ['host-unreachable']
  const isFitting = disks.every((then) => {
    const now = machine.disks.find(({ name }) => name === then.name)
    return now !== undefined && (now.sizeBytes ?? then.sizeBytes) === then.sizeBytes
  })
  return [
    ...(machine.state === 'off' ? [] : (['machine-running'] as const)),
    ...(isFitting ? [] : (['size-differs'] as const)),
  ]
}
