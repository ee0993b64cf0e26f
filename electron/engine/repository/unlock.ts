import { Failure } from '../../../shared/failure.ts'
import type { Store } from '../store/store.ts'
import { toHex } from './format/bytes.ts'
import { type Config, decodeConfig } from './format/config.ts'
import { deriveConfigKey } from './format/key.ts'
import { nameOf } from './format/object.ts'
import { recipientKey } from './format/recipient.ts'
import { openSlot, type SlotAnswer, type SlotKey } from './format/slot.ts'
import { fromWords } from './format/words.ts'
import { getOrNothing } from './ledger.ts'
import type { RepositoryKey } from './repository.ts'

export type Unlocked = { readonly rootKey: Uint8Array; readonly config: Config }

export const slotFolder = 'keys/'

export function slotPath(bytes: Uint8Array): string {
  return slotFolder + nameOf(bytes)
}

/**
 * Finds the root key and proves `config` with it. Which slots there are is told by a listing: one that it leaves out can
 * lock nobody in or out for good. Failures: `passphrase-wrong`, `key-slot-damaged`, `repository-damaged`.
 */
export async function unlock(
  store: Store,
  key: RepositoryKey,
  configBytes: Uint8Array,
  signal: AbortSignal,
): Promise<Unlocked> {
  if (key.kind === 'root-key') return withRootKey(key.rootKey, configBytes)
  const answers = new Set<SlotAnswer['kind']>()
  for await (const answer of slotAnswers(store, toSlotKey(key), signal)) {
    answers.add(answer.kind)
    if (answer.kind !== 'open') continue
    const config = decodeConfig(configBytes, deriveConfigKey(answer.rootKey))
    if (config?.repositoryId === toHex(answer.repositoryId)) return { rootKey: answer.rootKey, config }
  }
  throw whyLocked(answers)
}

function withRootKey(rootKey: Uint8Array, configBytes: Uint8Array): Unlocked {
  const config = decodeConfig(configBytes, deriveConfigKey(rootKey))
  if (config !== undefined) return { rootKey, config }
  throw new Failure('repository-damaged', 'config is damaged, or was not written with the key kept for this repository')
}

async function* slotAnswers(store: Store, key: SlotKey, signal: AbortSignal): AsyncGenerator<SlotAnswer> {
  for await (const { name } of store.list(slotFolder, signal)) {
    const bytes = await getOrNothing(store, name, signal)
    if (bytes === undefined) continue
    if (slotPath(bytes) === name) yield await openSlot(key, bytes)
    else yield { kind: 'damaged' }
  }
}

function toSlotKey(key: Exclude<RepositoryKey, { kind: 'root-key' }>): SlotKey {
  if (key.kind === 'recovery-words') return { kind: key.kind, secret: fromWords(key.words) }
  return key.kind === 'recovery-key' ? recipientKey(key.secret) : key
}

function whyLocked(answers: ReadonlySet<SlotAnswer['kind']>): Failure {
  if (answers.has('open'))
    return new Failure('repository-damaged', 'config does not open with the key of its own slots')
  if (answers.has('wrong')) return new Failure('passphrase-wrong', 'No key slot opens with what was given')
  const found = answers.has('damaged') ? 'those there are are damaged' : 'there is none'
  return new Failure('key-slot-damaged', `No whole key slot takes this kind of key: ${found}`)
}
