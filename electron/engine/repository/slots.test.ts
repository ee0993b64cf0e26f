import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import type { MemoryStore } from '../store/memory.ts'
import { first, flip, freshOf, named, second, twoPoints, verify } from './damage-rig.ts'
import { fromRecoveryKeyText, newRecoveryKey, newRecoveryWords } from './format/recovery.ts'
import type { SlotLock } from './format/slot.ts'
import { openRepository } from './open.ts'
import type { Repository, RepositoryKey } from './repository.ts'
import { contentOf, copyOf, makePoint, never, passphrase, pointIdOf, reopen, type TestRepository } from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await twoPoints(pool)
})
after(() => pool[Symbol.asyncDispose]())

const fresh = (): TestRepository => freshOf(template)
const byPassphrase = (text: string): RepositoryKey => ({ kind: 'passphrase', passphrase: text })

async function opensWith(store: MemoryStore, key: RepositoryKey): Promise<boolean> {
  const clock = systemClock
  const opened = await openRepository({ store, pool, clock, key }, never).catch((thrown: unknown) => thrown)
  if (opened instanceof Failure) return false
  if (opened instanceof Error) throw opened
  return true
}

/** The order that keeps a way in at every moment. */
async function change(repository: Repository, lock: SlotLock): Promise<void> {
  const added = await repository.addSlot(lock, never)
  const old = (await repository.slots(never)).find(({ id, kind }) => kind === lock.kind && id !== added)
  await repository.removeSlot(old?.id ?? '', never)
}

test('a new repository has a passphrase and recovery words, and they are told whole', async () => {
  const slots = await (await reopen(pool, fresh())).slots(never)
  assert.deepEqual(slots.map(({ kind, damaged }) => `${kind} ${damaged}`).sort(), [
    'passphrase false',
    'recovery-words false',
  ])
})

test('a slot of each kind is added, opens, and a point is restored with it', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const words = newRecoveryWords()
  const file = newRecoveryKey()
  const ids = [
    await repository.addSlot({ kind: 'passphrase', passphrase: 'second' }, never),
    await repository.addSlot(words.lock, never),
    await repository.addSlot(file.lock, never),
  ]
  const keys: readonly RepositoryKey[] = [
    byPassphrase('second'),
    { kind: 'recovery-words', words: words.words },
    { kind: 'recovery-key', secret: fromRecoveryKeyText(file.text) },
    byPassphrase(passphrase),
  ]
  for (const key of keys) {
    const opened = await openRepository({ store: rig.store, pool, clock: systemClock, key }, never)
    assert.ok((await contentOf(opened.repository, pointIdOf(1), 'vda')).equals(first))
  }
  const slots = await repository.slots(never)
  assert.equal(slots.length, 5)
  for (const id of ids) assert.ok(slots.some((slot) => slot.id === id && !slot.damaged))
  assert.deepEqual(await verify(repository), [])
  assert.equal(
    await opensWith(rig.store, { kind: 'recovery-key', secret: fromRecoveryKeyText(newRecoveryKey().text) }),
    false,
  )
})

test('a removed slot opens no more, an unknown one is said to be, and the last whole one stays', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const slots = await repository.slots(never)
  const words = newRecoveryWords()
  const added = await repository.addSlot(words.lock, never)
  for (const { id } of slots) await repository.removeSlot(id, never)
  assert.equal(await opensWith(rig.store, { kind: 'recovery-words', words: template.recoveryWords }), false)
  await assert.rejects(repository.removeSlot(slots[0]?.id ?? '', never), { code: 'key-slot-not-found' })
  await assert.rejects(repository.removeSlot(added, never), { code: 'invalid-argument' })
  assert.equal(await opensWith(rig.store, { kind: 'recovery-words', words: words.words }), true)
})

test('a damaged slot is listed as damaged, counts as no way in, and can be taken away', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const broken = (await repository.slots(never)).find(({ kind }) => kind === 'recovery-words')?.id ?? ''
  flip(rig.store, `keys/${broken}`, 70)
  const [damaged, ...others] = (await repository.slots(never)).filter((slot) => slot.damaged)
  assert.deepEqual({ damaged, others }, { damaged: { id: broken, kind: 'recovery-words', damaged: true }, others: [] })
  const whole = (await repository.slots(never)).find((slot) => !slot.damaged)?.id ?? ''
  await assert.rejects(repository.removeSlot(whole, never), { code: 'invalid-argument' })
  await repository.removeSlot(broken, never)
  assert.deepEqual(named(rig.store, 'keys/'), [`keys/${whole}`])
})

test('wherever a change of a way in is cut off, the old or the new one opens', async () => {
  const renewed = newRecoveryWords()
  const byOld: RepositoryKey = { kind: 'recovery-words', words: template.recoveryWords }
  const byNew: RepositoryKey = { kind: 'recovery-words', words: renewed.words }
  let isDone = false
  for (let cutAt = 0; !isDone; cutAt++) {
    let count = Number.NEGATIVE_INFINITY
    const store = copyOf(template.store, ({ name }) => {
      if (name.startsWith('keys/') && count++ >= cutAt)
        throw new Failure('repository-unreachable', 'the engine is gone')
    })
    const repository = await reopen(pool, { ...template, store })
    count = 0
    isDone = await change(repository, renewed.lock).then(
      () => true,
      () => false,
    )
    const left = copyOf(store)
    const opens: readonly boolean[] = [await opensWith(left, byOld), await opensWith(left, byNew)]
    assert.ok(opens.includes(true), `cut off at call ${cutAt}`)
    if (isDone) assert.deepEqual(opens, [false, true])
  }
})

test('two consoles that each take away another slot at once leave one way in', async () => {
  const rig = fresh()
  const [one, two] = [await reopen(pool, rig), await reopen(pool, rig)]
  const [slotA, slotB] = await one.slots(never)
  await Promise.allSettled([one.removeSlot(slotA?.id ?? '', never), two.removeSlot(slotB?.id ?? '', never)])
  assert.ok(named(rig.store, 'keys/').length >= 1)
})

test('a slot that a store changed on the way is not taken for a way in', async () => {
  const store = copyOf(template.store, ({ kind, name, when }) => {
    if (kind === 'put' && when === 'after' && name.startsWith('keys/')) flip(store, name, 90)
  })
  const repository = await reopen(pool, { ...template, store })
  const before = named(store, 'keys/')
  await assert.rejects(repository.addSlot({ kind: 'passphrase', passphrase: 'second' }, never), {
    code: 'key-slot-damaged',
  })
  assert.deepEqual(named(store, 'keys/'), before)
})

test('points of every epoch restore after the keys were renewed, and new packs name the new epoch', async () => {
  const rig = fresh()
  const epochs = (): readonly number[] =>
    named(rig.store, 'packs/').map((name) => Buffer.from(rig.store.objects.get(name) ?? []).readUInt32LE(24))
  assert.ok(epochs().every((epoch) => epoch === 1))
  const packs = epochs().length
  {
    await using repository = await reopen(pool, rig)
    assert.equal(await repository.renewEpoch(never), 2)
    assert.equal(repository.epoch, 2)
    const bytes = Buffer.concat([second, first.subarray(0, 4096).fill(7)])
    await makePoint(repository, 3, [{ name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }])
  }
  assert.ok(epochs().length > packs)
  assert.equal(epochs().filter((epoch) => epoch === 2).length, epochs().length - packs)
  const repository = await reopen(pool, rig)
  assert.equal(await repository.renewEpoch(never), 3)
  const again = await reopen(pool, rig)
  assert.deepEqual(await verify(again), [])
  assert.ok((await contentOf(again, pointIdOf(2), 'vda')).equals(second))
  assert.ok((await contentOf(again, pointIdOf(3), 'vda')).subarray(0, second.length).equals(second))
})
