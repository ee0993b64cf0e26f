import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { append, entries, first, flip, freshOf, named, second, sizeBytes, twoPoints, verify } from './damage-rig.ts'
import { decodeConfig, encodeConfig } from './format/config.ts'
import { entryName } from './format/entry.ts'
import { deriveConfigKey } from './format/key.ts'
import { openRepository } from './open.ts'
import {
  contentOf,
  copyOf,
  makePoint,
  never,
  newRepository,
  passphrase,
  pointIdOf,
  reopen,
  type TestRepository,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await twoPoints(pool)
})
after(() => pool[Symbol.asyncDispose]())

const fresh = (): TestRepository => freshOf(template)

test('any flipped byte of config keeps the repository shut', async () => {
  const lengthBytes = template.store.objects.get('config')?.length ?? 0
  for (let at = 0; at < lengthBytes; at++) {
    const rig = fresh()
    flip(rig.store, 'config', at)
    // Magic and version stand before any key: a flipped version looks like a later one.
    const code = at === 4 || at === 5 ? 'repository-too-new' : 'repository-damaged'
    await assert.rejects(reopen(pool, rig), { code }, `byte ${at}`)
  }
})

test('any flipped byte of a ledger entry is damage, and damage found while open is told by verification', async () => {
  for (let number = 1; number <= entries(template).length; number++) {
    const lengthBytes = template.store.objects.get(entryName(number))?.length ?? 0
    for (let at = 0; at < lengthBytes; at += 3) {
      const rig = fresh()
      flip(rig.store, entryName(number), at)
      await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' }, `entry ${number} byte ${at}`)
    }
  }
  const rig = fresh()
  const repository = await reopen(pool, rig)
  flip(rig.store, entryName(2), 80)
  assert.deepEqual(await verify(repository), [{ object: entryName(2), points: [pointIdOf(1), pointIdOf(2)] }])
})

test('a damaged slot is said to be one, and another slot still opens', async () => {
  const slots = named(template.store, 'keys/')
  const usual = { pool, clock: systemClock }
  const byPassphrase = { kind: 'passphrase', passphrase } as const
  const byWords = { kind: 'recovery-words', words: template.recoveryWords } as const
  const broken = fresh()
  for (const slot of slots) flip(broken.store, slot, 70)
  for (const key of [byPassphrase, byWords]) {
    await assert.rejects(openRepository({ ...usual, store: broken.store, key }, never), { code: 'key-slot-damaged' })
  }
  let opened = 0
  for (const slot of slots) {
    const rig = fresh()
    flip(rig.store, slot, 100)
    for (const key of [byPassphrase, byWords]) {
      const result = await openRepository({ ...usual, store: rig.store, key }, never).catch(() => undefined)
      if (result !== undefined) opened++
      if (result !== undefined) assert.deepEqual(await verify(result.repository), [{ object: slot, points: [] }])
    }
  }
  assert.equal(opened, 2, 'with either slot damaged, the other one opens')
})

test('a missing pack is named with exactly the point that needs it', async () => {
  const rig = fresh()
  const [name = ''] = named(rig.store, 'packs/')
  rig.store.objects.delete(name)
  const repository = await reopen(pool, rig)
  const [damaged] = await verify(repository)
  assert.equal(damaged?.object, name)
  assert.equal(damaged?.points.length, 1)
  const lost = damaged?.points[0] ?? ''
  await assert.rejects(contentOf(repository, lost, 'vda'), { code: 'pack-missing' })
})

test('chunks of a damaged pack are stored again by the next full read, and the old point is whole again', async () => {
  const rig = fresh()
  const [name = ''] = named(rig.store, 'packs/')
  rig.store.objects.delete(name)
  const repository = await reopen(pool, rig)
  const [damaged] = await verify(repository)
  const lost = damaged?.points[0] ?? ''
  const base = { name: 'vda', sizeBytes, base: lost }
  await assert.rejects(makePoint(repository, 3, [base]), { code: 'object-damaged' }, 'damage is not handed on')
  const content = lost === pointIdOf(1) ? first : second
  await makePoint(repository, 3, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes: content }] }])
  for (const opened of [repository, await reopen(pool, rig)]) {
    assert.ok((await contentOf(opened, lost, 'vda')).equals(content))
    assert.ok((await contentOf(opened, pointIdOf(3), 'vda')).equals(content))
  }
})

test('a ledger that lost its end, or an entry in the middle, is noticed', async () => {
  const seen = (await reopen(pool, fresh())).head()
  const cut = fresh()
  for (let number = 3; number <= entries(template).length; number++) cut.store.objects.delete(entryName(number))
  assert.equal((await reopen(pool, cut)).points().length, 0, 'nobody can know without having seen it')
  await assert.rejects(reopen(pool, cut, { seen }), { code: 'repository-rolled-back' })
  const hole = fresh()
  hole.store.objects.delete(entryName(2))
  await assert.rejects(reopen(pool, hole), { code: 'repository-damaged' })
  const late = fresh()
  late.store.objects.set(
    entryName(entries(template).length + 40),
    late.store.objects.get(entryName(3)) ?? new Uint8Array(),
  )
  await assert.rejects(reopen(pool, late), { code: 'repository-damaged' }, 'a listing hints at a hole')
})

test('a fork of the ledger is noticed by whoever saw the other branch, and never written on', async () => {
  const one = fresh()
  const other = { ...one, store: copyOf(one.store) }
  const repository = await reopen(pool, one)
  await makePoint(repository, 3, [])
  await makePoint(await reopen(pool, other), 4, [])
  await assert.rejects(reopen(pool, other, { seen: repository.head() }), { code: 'repository-rolled-back' })
  const ours = repository.head().number
  one.store.objects.set(entryName(ours), other.store.objects.get(entryName(ours)) ?? new Uint8Array())
  await assert.rejects(makePoint(repository, 5, []), { code: 'repository-rolled-back' })
})

test('an entry of another repository, or of another number, is refused', async () => {
  const rig = fresh()
  rig.store.objects.set(entryName(3), rig.store.objects.get(entryName(2)) ?? new Uint8Array())
  await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' })
  const other = await newRepository(pool)
  rig.store.objects.set(entryName(1), other.store.objects.get(entryName(1)) ?? new Uint8Array())
  await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' })
})

test('a repository of a later version is refused before a key is even asked for', async () => {
  const rig = fresh()
  const config = Buffer.from(rig.store.objects.get('config') ?? [])
  config.writeUInt16LE(2, 4)
  rig.store.objects.set('config', config.subarray(0, 6))
  rig.store.objects.delete(named(rig.store, 'keys/')[0] ?? '')
  const options = { store: rig.store, pool, clock: systemClock, key: { kind: 'passphrase', passphrase } } as const
  await assert.rejects(openRepository(options, never), { code: 'repository-too-new' })
})

test('an unknown required feature, or an unknown kind of entry, makes the repository read-only', async () => {
  const featured = fresh()
  const configKey = deriveConfigKey(featured.rootKey)
  const config = decodeConfig(featured.store.objects.get('config') ?? new Uint8Array(), configKey)
  if (config === undefined) throw new Error('config did not open')
  const needy = { ...config, requiredFeatures: ['tides'] }
  featured.store.objects.set('config', encodeConfig(needy, configKey))
  const later = fresh()
  append(later, 'tide', { height: 3 })
  for (const rig of [featured, later]) {
    const repository = await reopen(pool, rig)
    assert.notEqual(repository.readOnly, undefined)
    assert.ok((await contentOf(repository, pointIdOf(1), 'vda')).equals(first))
    await assert.rejects(makePoint(repository, 9, []), { code: 'repository-too-new' })
    const refused = { code: 'repository-too-new' }
    await assert.rejects(async () => repository.addSlot({ kind: 'passphrase', passphrase: 'x' }, never), refused)
    await assert.rejects(async () => repository.removeSlot('', never), refused)
    await assert.rejects(async () => repository.renewEpoch(never), refused)
    await assert.rejects(async () => repository.mend({ openDisk: async () => undefined }, () => {}, never), refused)
    const objects = named(rig.store, '').length
    const [pack = ''] = named(rig.store, 'packs/')
    flip(rig.store, pack, 200)
    assert.deepEqual(
      (await verify(repository)).map(({ object }) => object),
      [pack],
      'what cannot be written on can still be verified',
    )
    assert.equal(named(rig.store, '').length, objects)
  }
})
