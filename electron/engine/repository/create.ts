import { randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import { chunkBytes as usualChunkBytes } from '../chunk/chunk.ts'
import type { Store } from '../store/store.ts'
import { toHex } from './format/bytes.ts'
import { encodeConfig } from './format/config.ts'
import { entryName, openEntry } from './format/entry.ts'
import { deriveConfigKey, deriveKeys, keyBytes, type RepositoryKeys } from './format/key.ts'
import { describeSlot, type SlotLock, sealSlot, slotChanceBytes } from './format/slot.ts'
import { toWords } from './format/words.ts'
import { getOrNothing, holdsData } from './ledger.ts'
import { openRepository } from './open.ts'
import { readMe } from './read-me.ts'
import type { CreatedRepository, CreateOptions, Random } from './repository.ts'
import { slotPath } from './unlock.ts'

const repositoryIdBytes = 16
const epoch = 1
const scriptName = 'restore-without-us.mjs'
const readMeName = 'README.txt'

/**
 * Makes an empty repository. Slots and script come first, then `config`, exclusively: it alone decides whose repository this
 * is, also when two consoles make one at the same time, so nothing is removed before. The ledger begins last; where a creation
 * was cut off after `config`, the first to open the repository begins it. Fails with `repository-exists` when the store has
 * one, or data of one whose `config` was lost, and with `store-unsuitable` when `lock` is asked of a store that has no locks.
 */
export async function createRepository(options: CreateOptions, signal: AbortSignal): Promise<CreatedRepository> {
  const { store, clock, lock, chunkBytes = usualChunkBytes, random = randomBytes } = options
  await needEmpty(store, signal)
  if (lock !== undefined && store.locks === undefined) {
    throw new Failure('store-unsuitable', `${store.title} cannot keep objects from being deleted`)
  }
  store.locks?.setRule(lock)
  const rootKey = random(keyBytes)
  const repositoryId = random(repositoryIdBytes)
  const recovery = random(keyBytes)
  await putSlot(store, { kind: 'passphrase', passphrase: options.passphrase }, repositoryId, rootKey, random, signal)
  await putSlot(store, { kind: 'recovery-words', secret: recovery }, repositoryId, rootKey, random, signal)
  await store.create(scriptName, options.breakGlass, signal)
  await store.create(readMeName, Buffer.from(readMe), signal)
  const config = { repositoryId: toHex(repositoryId), chunkBytes, epoch, requiredFeatures: [], createdAt: clock.now() }
  if (!(await store.create('config', encodeConfig(config, deriveConfigKey(rootKey)), signal))) {
    throw new Failure('repository-exists', `Somebody else has just made a repository in ${store.title}`)
  }
  await clearOthers(options, deriveKeys(rootKey, repositoryId, epoch), signal)
  const key = { kind: 'root-key', rootKey } as const
  const { repository } = await openRepository({ ...options, key }, signal)
  if (lock !== undefined) await repository.setLock(lock, signal)
  return { repository, recoveryWords: toWords(recovery), rootKey }
}

/** One more way to open a repository. Slots that are there stay. */
export async function putSlot(
  store: Store,
  lock: SlotLock,
  repositoryId: Uint8Array,
  rootKey: Uint8Array,
  random: Random,
  signal: AbortSignal,
): Promise<void> {
  const bytes = await sealSlot(lock, repositoryId, rootKey, random(slotChanceBytes))
  await store.put(slotPath(bytes), bytes, signal)
}

async function needEmpty(store: Store, signal: AbortSignal): Promise<void> {
  const isTaken = (await store.stat('config', signal)) !== undefined
  if (isTaken) throw new Failure('repository-exists', `${store.title} holds a repository`)
  if (await holdsData(store, signal)) {
    throw new Failure('repository-exists', `${store.title} holds data of a repository whose config is missing`)
  }
}

/** What creations that did not come to their end left behind can belong to nobody any more, now that `config` is ours. */
async function clearOthers(
  { breakGlass, store }: CreateOptions,
  keys: RepositoryKeys,
  signal: AbortSignal,
): Promise<void> {
  const first = await getOrNothing(store, entryName(1), signal)
  // Whoever opens the repository may have begun its ledger already.
  if (first !== undefined && !isEntryOf(keys, first)) await store.remove(entryName(1), signal)
  const repositoryId = toHex(keys.chunks.repositoryId)
  for await (const { name } of store.list('keys/', signal)) {
    const bytes = await getOrNothing(store, name, signal)
    const isOthers = bytes !== undefined && toHex(describeSlot(bytes).repositoryId) !== repositoryId
    if (isOthers) await store.remove(name, signal).catch(() => undefined)
  }
  await replace(store, scriptName, breakGlass, signal)
  await replace(store, readMeName, Buffer.from(readMe), signal)
}

function isEntryOf(keys: RepositoryKeys, bytes: Uint8Array): boolean {
  try {
    return openEntry(keys, bytes, 1).number === 1
  } catch {
    return false
  }
}

async function replace(store: Store, name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (Buffer.compare(await store.get(name, signal), bytes) === 0) return
  await store.remove(name, signal)
  await store.put(name, bytes, signal)
}
