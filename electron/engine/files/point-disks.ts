import type { Point, PointId } from '../../../shared/point.ts'
import { cachedDisk } from '../disk/cached-disk.ts'
import type { NamedDisk } from '../guest/volumes/volumes.ts'
import type { Repository } from '../repository/repository.ts'
import type { PointDisks } from './opened-point.ts'

/** Repositories that are open, and the one from which a point is best read. */
export type Points = {
  needPoint(id: PointId, signal: AbortSignal): Promise<{ readonly point: Point; readonly repository: Repository }>
  opened(): readonly Repository[]
}

/** The disks of a point as its repository has them, what was read of them lately kept. Fails with `point-not-found`. */
export async function openPointDisks(points: Points, pointId: PointId, signal: AbortSignal): Promise<PointDisks> {
  const { point, repository } = await points.needPoint(pointId, signal)
  await using cleanup = new AsyncDisposableStack()
  const disks: NamedDisk[] = []
  for (const { name } of point.disks) {
    const disk = cachedDisk(await repository.openDisk(pointId, name, signal))
    disks.push({ name, disk: cleanup.use(disk) })
  }
  const owned = cleanup.move()
  return {
    disks,
    isCurrent: () => points.opened().includes(repository),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}
