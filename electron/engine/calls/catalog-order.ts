import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { RepositoryId } from '../../../shared/repository.ts'
import { backUpCatalog } from '../jobs/catalog-point.ts'
import type { Order } from '../jobs/order.ts'
import type { Rooms } from '../rooms.ts'

/** The catalog as a point of its own. The run names no machine: none has it. */
export function catalogOrder(rooms: Rooms, repositoryId: RepositoryId): Order {
  const pointId = randomBytes(16).toString('hex')
  return {
    kind: 'backup',
    machineName: 'Stillpoint catalog',
    repositoryId,
    draftPoint: pointId,
    keys: [`catalog ${repositoryId}`],
    work: async (step) => {
      const { catalog, clock, options, repositories } = rooms
      const repository = await repositories.needWritable(repositoryId, step.signal)
      await backUpCatalog(step, {
        repository,
        pointId,
        console: hostname(),
        folder: options.home,
        writeCopy: (path) => catalog.backUpTo(path),
        now: clock.now(),
      })
      repositories.remember(repository)
      return { pointId }
    },
  }
}
