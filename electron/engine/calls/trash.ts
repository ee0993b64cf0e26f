import type { Handlers } from '../../../shared/contract.ts'
import { sweepDefaults } from '../jobs/sweep.ts'
import type { Rooms } from '../rooms.ts'

/** Points that were deleted, until a sweep purges them. */
export function trashCalls(rooms: Rooms): Pick<Handlers<AbortSignal>, 'listTrash' | 'deletePoints' | 'recoverPoints'> {
  const { repositories } = rooms
  return {
    listTrash: async ({ repositoryId }, signal) => {
      const repository = await repositories.need(repositoryId, signal)
      return repository
        .trash()
        .map(({ point, at, why }) => ({ point, droppedAt: at, why, purgeAt: at + sweepDefaults.trashMs }))
    },
    deletePoints: async ({ repositoryId, pointIds }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      await repository.refresh(signal)
      await repository.drop([...new Set(pointIds)], 'person', signal)
      repositories.remember(repository)
      return null
    },
    recoverPoints: async ({ repositoryId, pointIds }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      await repository.refresh(signal)
      await repository.recover([...new Set(pointIds)], signal)
      repositories.remember(repository)
      return null
    },
  }
}
