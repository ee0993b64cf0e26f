import { randomBytes } from 'node:crypto'
import { Failure } from '../../../shared/failure.ts'
import { chunkBytes as usualChunkBytes } from '../chunk/chunk.ts'
import type { Store } from '../store/store.ts'
import { toHex } from './format/bytes.ts'
import { encodeConfig } from './format/config.ts'
import { entryName, noEntry, sealEntry } from './format/entry.ts'
import { deriveConfigKey, deriveKeys, keyBytes } from './format/key.ts'
import { objectSaltBytes } from './format/object.ts'
import { type SlotLock, sealSlot, slotChanceBytes } from './format/slot.ts'
import { toWords } from './format/words.ts'
import { openRepository } from './open.ts'
import { readMe } from './read-me.ts'
import type { CreatedRepository, CreateOptions, Random } from './repository.ts'
import { slotPath } from './unlock.ts'

const repositoryIdBytes = 16
const epoch = 1
const scriptName = 'restore-without-us.mjs'
const readMeName = 'README.txt'

/**
 * Makes an empty repository: slots, script, first ledger entry, and `config` last, exclusively: until then there is no
 * repository, and what a creation that was cut off left behind gives way to the next. Fails with `repository-exists` when
 * the store has one, or data of one whose `config` was lost.
 */
export async function createRepository(options: CreateOptions, signal: AbortSignal): Promise<CreatedRepository> {
  const { store, clock, chunkBytes = usualChunkBytes, random = randomBytes } = options
  await clearBeginnings(store, signal)
  const rootKey = random(keyBytes)
  const repositoryId = random(repositoryIdBytes)
  const recovery = random(keyBytes)
  await putSlot(store, { kind: 'passphrase', passphrase: options.passphrase }, repositoryId, rootKey, random, signal)
  await putSlot(store, { kind: 'recovery-words', secret: recovery }, repositoryId, rootKey, random, signal)
  await store.put(scriptName, options.breakGlass, signal)
  await store.put(readMeName, Buffer.from(readMe), signal)
  const at = clock.now()
  const keys = deriveKeys(rootKey, repositoryId, epoch)
  const first = { version: 1, number: 1, previous: noEntry, at, kind: 'created' } as const
  await createOwn(store, entryName(1), sealEntry(keys, random(objectSaltBytes), first), signal)
  const config = { repositoryId: toHex(repositoryId), chunkBytes, epoch, requiredFeatures: [], createdAt: at }
  await createOwn(store, 'config', encodeConfig(config, deriveConfigKey(rootKey)), signal)
  const { repository } = await openRepository({ ...options, key: { kind: 'root-key', rootKey } }, signal)
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

async function createOwn(store: Store, name: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  if (await store.create(name, bytes, signal)) return
  throw new Failure('repository-exists', `Somebody else is making a repository in ${store.title}`)
}

async function clearBeginnings(store: Store, signal: AbortSignal): Promise<void> {
  const isTaken = (await store.stat('config', signal)) !== undefined
  if (isTaken) throw new Failure('repository-exists', `${store.title} holds a repository`)
  if (await holdsData(store, signal)) {
    throw new Failure('repository-exists', `${store.title} holds data of a repository whose config is missing`)
  }
  for (const name of [entryName(1), scriptName, readMeName]) await store.remove(name, signal)
  for await (const { name } of store.list('keys/', signal)) await store.remove(name, signal)
}

async function holdsData(store: Store, signal: AbortSignal): Promise<boolean> {
  for (const folder of ['packs/', 'indexes/', 'manifests/']) {
    for await (const _ of store.list(folder, signal)) return true
  }
  return (await store.stat(entryName(2), signal)) !== undefined
}
