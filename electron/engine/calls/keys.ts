import type { Handlers } from '../../../shared/contract.ts'
import type { KeySlot } from '../../../shared/repository.ts'
import { newRecoveryKey, newRecoveryWords } from '../repository/format/recovery.ts'
import type { Repository } from '../repository/repository.ts'
import type { Rooms } from '../rooms.ts'

const cleanUpMs = 10_000

/** Ways to open a repository, and the keys under which it stores. */
export function keyCalls(
  rooms: Rooms,
): Pick<
  Handlers<AbortSignal>,
  | 'listSlots'
  | 'changePassphrase'
  | 'addPassphrase'
  | 'renewRecoveryWords'
  | 'addRecoveryKey'
  | 'removeSlot'
  | 'renewEpoch'
> {
  const { repositories, options } = rooms
  return {
    listSlots: async ({ repositoryId }, signal) => [
      ...(await (await repositories.need(repositoryId, signal)).slots(signal)),
    ],
    changePassphrase: async ({ repositoryId, passphrase }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      const slotId = await repository.addSlot({ kind: 'passphrase', passphrase }, signal)
      await removeOthers(repository, 'passphrase', slotId, signal)
      return null
    },
    addPassphrase: async ({ repositoryId, passphrase }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      return { slotId: await repository.addSlot({ kind: 'passphrase', passphrase }, signal) }
    },
    renewRecoveryWords: async ({ repositoryId }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      return { recoveryWords: await renewWords(repository, signal) }
    },
    addRecoveryKey: async ({ repositoryId }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      const { text, lock } = newRecoveryKey()
      return { slotId: await repository.addSlot(lock, signal), secret: text }
    },
    removeSlot: async ({ repositoryId, slotId }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      await repository.removeSlot(slotId, signal)
      return null
    },
    renewEpoch: async ({ repositoryId }, signal) => {
      const repository = await repositories.needWritable(repositoryId, signal)
      const epoch = await repository.renewEpoch(signal)
      repositories.remember(repository)
      options.emit('repositoriesChanged', null)
      return { epoch }
    },
  }
}

/** Words that nobody was told must open nothing: where the old ones stay, the new ones go again. */
async function renewWords(repository: Repository, signal: AbortSignal): Promise<string> {
  const { words, lock } = newRecoveryWords()
  const slotId = await repository.addSlot(lock, signal)
  try {
    await removeOthers(repository, 'recovery-words', slotId, signal)
  } catch (thrown) {
    await repository.removeSlot(slotId, AbortSignal.timeout(cleanUpMs)).catch(() => undefined)
    throw thrown
  }
  return words
}

/** Only once the new slot is durable: an interruption leaves the old way in. */
async function removeOthers(
  repository: Repository,
  kind: KeySlot['kind'],
  slotId: string,
  signal: AbortSignal,
): Promise<void> {
  const others = (await repository.slots(signal)).filter((slot) => slot.kind === kind && slot.id !== slotId)
  for (const { id } of others) await repository.removeSlot(id, signal)
}
