import type { Argument } from '../../../shared/contract.ts'
import type { Machine } from '../../../shared/machine.ts'
import type { BackupPlan, Obstacle } from '../../../shared/plan.ts'
import type { Repository } from '../../../shared/repository.ts'
import { estimateBackup, measuredRate, secondsFor } from '../jobs/estimate.ts'
import type { Rooms } from '../rooms.ts'

type Wish = Argument<'planBackup'>
type Planned = BackupPlan['machines'][number]

/** Runs that are looked through for measured rates. */
const runsLookedAt = 200

/** Starts nothing and fails for no obstacle: each machine says its own. */
export async function planBackup(rooms: Rooms, wish: Wish, signal: AbortSignal): Promise<BackupPlan> {
  const [machines, repositories] = await Promise.all([rooms.hosts.machines(signal), rooms.repositories.list(signal)])
  const repository = repositories.find(({ id }) => id === wish.repositoryId)
  const byId = new Map(machines.map((machine) => [machine.id, machine]))
  const planned = wish.machineIds.map((id) => planMachine(rooms, wish, id, byId.get(id), repository))
  const bytesRead = planned.reduce((sum, each) => sum + each.bytesRead, 0)
  const rate = measuredRate(rooms.runner.list(runsLookedAt), (run) =>
    run.kind === 'backup' ? run.progress.bytesRead : undefined,
  )
  const seconds = secondsFor(bytesRead, rate)
  return {
    machines: withoutSpace(planned, repository?.freeBytes),
    ...(seconds === undefined ? {} : { seconds }),
    ...(repository?.freeBytes === undefined ? {} : { freeBytes: repository.freeBytes }),
  }
}

function planMachine(
  { catalog }: Rooms,
  { excluded, method, repositoryId }: Wish,
  machineId: string,
  machine: Machine | undefined,
  repository: Repository | undefined,
): Planned {
  const out = new Set(excluded.filter((each) => each.machineId === machineId).map(({ disk }) => disk))
  const disks = machine?.disks.filter(({ name, problem }) => problem === undefined && !out.has(name))
  const obstacles: Obstacle[] = []
  if (disks === undefined) obstacles.push('machine-gone')
  if (disks?.length === 0) obstacles.push('no-disk-left')
  if (repository?.state !== 'open') obstacles.push('repository-not-open')
  if (disks === undefined) return { machineId, basis: 'unknown', bytesRead: 0, bytesStored: 0, obstacles }
  const points = catalog.points.list(machineId).filter((point) => point.repositoryId === repositoryId)
  return { machineId, ...estimateBackup({ disks, points, method, ratio: ratioOf(repository) }), obstacles }
}

function ratioOf(repository: Repository | undefined): number | undefined {
  const { rawBytes = 0, storedBytes = 0 } = repository ?? {}
  return rawBytes === 0 ? undefined : Math.min(1, storedBytes / rawBytes)
}

/** Machines go one after the other until the place is full. */
function withoutSpace(planned: readonly Planned[], freeBytes: number | undefined): Planned[] {
  let left = freeBytes ?? Number.POSITIVE_INFINITY
  return planned.map((each) => {
    left -= each.bytesStored
    return left < 0 ? { ...each, obstacles: [...each.obstacles, 'no-space'] } : each
  })
}
