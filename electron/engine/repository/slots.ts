import { Failure } from '../../../shared/failure.ts'
import type { KeySlot } from '../../../shared/repository.ts'
import type { Store } from '../store/store.ts'
import { appendEntry } from './append.ts'
import { fromHex, toHex } from './format/bytes.ts'
import { nameOf } from './format/object.ts'
import { describeSlot, keyOf, openSlot, type SlotLock, sealSlot, slotChanceBytes } from './format/slot.ts'
import { getOrNothing } from './ledger.ts'
import type { Core } from './parts.ts'
import { needWritable } from './read-only.ts'
import { slotFolder, slotPath } from './unlock.ts'

type FoundSlot = KeySlot & { readonly path: string; readonly bytes: Uint8Array }

const kinds = {
  passphrase: 'passphrase',
  'recovery-words': 'recovery-words',
  'recovery-key': 'public-key',
} as const satisfies Record<SlotLock['kind'], KeySlot['kind']>

/**
 * Every way in that the store lists. Of a damaged slot the kind is what is left of it. Slots of another repository, left
 * behind by a creation that was cut off, are none.
 */
export async function listSlots(core: Core, signal: AbortSignal): Promise<readonly KeySlot[]> {
  const slots = await findSlots(core, signal)
  return slots.map(({ id, kind, damaged }) => ({ id, kind, damaged }))
}

/**
 * One more way in; those that are there stay. Answers its id once the slot is durable, was read back and, where its secret
 * is at hand, was opened with it: only then may an older one go. `key-slot-damaged` when it does not open; it is gone then.
 */
export async function addSlot(core: Core, lock: SlotLock, signal: AbortSignal): Promise<string> {
  needWritable(core)
  const { random, rootKey, store } = core
  const bytes = await sealSlot(lock, fromHex(core.id), rootKey, random(slotChanceBytes))
  const path = slotPath(bytes)
  await store.put(path, bytes, signal)
  if (!(await opens(store, path, bytes, lock, rootKey, signal))) {
    await store.remove(path, signal)
    throw new Failure('key-slot-damaged', `${path} does not open as it was stored`)
  }
  return nameOf(bytes)
}

/**
 * Takes one way in away for good. Fails with `key-slot-not-found`, with `invalid-argument` when it is the last that is whole,
 * and as the store does when it does not let it go: then the slot still opens the repository, and stays in the list.
 */
export async function removeSlot(core: Core, slotId: string, signal: AbortSignal): Promise<void> {
  needWritable(core)
  const { store } = core
  const slots = await findSlots(core, signal)
  const slot = slots.find(({ id }) => id === slotId)
  if (slot === undefined) throw new Failure('key-slot-not-found', `The repository has no key slot ${slotId}`)
  if (!slot.damaged) needAnother(slots, slotId)
  await store.remove(slot.path, signal)
  if (slot.damaged) return
  try {
    needAnother(await findSlots(core, signal), slotId)
  } catch (thrown) {
    // Somebody else removed another at the same time, or the store did not tell us: the way in that we had comes back.
    await store.put(slot.path, slot.bytes, new AbortController().signal)
    throw thrown
  }
}

/** From here on everything is sealed under keys of a new epoch; what was sealed before stays as it is. Answers the epoch. */
export function renewEpoch(core: Core, signal: AbortSignal): Promise<number> {
  needWritable(core)
  return core.turns.run(async () => {
    let epoch = 0
    const next = () => {
      epoch = core.ledger.state.epoch + 1
      return { kind: 'epoch', epoch } as const
    }
    await appendEntry(core, next, signal)
    return epoch
  })
}

async function findSlots({ id, store }: Core, signal: AbortSignal): Promise<readonly FoundSlot[]> {
  const slots: FoundSlot[] = []
  for await (const { name } of store.list(slotFolder, signal)) {
    const bytes = await getOrNothing(store, name, signal)
    if (bytes === undefined) continue
    const { kind, repositoryId, isWhole } = describeSlot(bytes)
    const isOurs = toHex(repositoryId) === id
    const isNamed = slotPath(bytes) === name
    if (isNamed && isWhole && !isOurs) continue
    const damaged = !(isNamed && isWhole)
    slots.push({ id: name.slice(slotFolder.length), kind: kinds[kind], damaged, path: name, bytes })
  }
  return slots
}

function needAnother(slots: readonly FoundSlot[], slotId: string): void {
  if (slots.some(({ id, damaged }) => id !== slotId && !damaged)) return
  throw new Failure('invalid-argument', 'This is the last key slot that is whole: without it nobody gets in')
}

async function opens(
  store: Store,
  path: string,
  bytes: Uint8Array,
  lock: SlotLock,
  rootKey: Uint8Array,
  signal: AbortSignal,
): Promise<boolean> {
  const stored = await store.get(path, signal)
  if (Buffer.compare(stored, bytes) !== 0) return false
  const key = keyOf(lock)
  if (key === undefined) return true
  const answer = await openSlot(key, stored)
  return answer.kind === 'open' && Buffer.compare(answer.rootKey, rootKey) === 0
}
