import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { createRepository, openRepository, type PointFacts } from './repository.ts'
import {
  contentOf,
  copyOf,
  factsOf,
  machineId,
  makePoint,
  never,
  newRepository,
  noise,
  passphrase,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

const fresh = (): TestRepository => ({ ...template, store: copyOf(template.store) })
const chunks = (count: number): number => count * testChunkBytes

test('a point reads back what was written, after the repository was opened anew', async () => {
  const rig = fresh()
  const bytes = noise(1, chunks(40) + 512)
  bytes.fill(0, chunks(3), chunks(9))
  const disk = { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  const id = await makePoint(await reopen(pool, rig), 1, [disk])
  const again = await reopen(pool, rig)
  assert.deepEqual(await contentOf(again, id, 'vda'), bytes)
  assert.deepEqual(
    again.points().map((point) => point.id),
    [id],
  )
})

test('a disk that nothing was written to reads as zeroes and needs no pack', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const id = await makePoint(repository, 1, [
    { name: 'vda', sizeBytes: chunks(5) + 1 },
    { name: 'vdb', sizeBytes: 0 },
    { name: 'vdc', sizeBytes: chunks(3), writes: [{ offset: 0, bytes: Buffer.alloc(chunks(3)) }] },
    { name: 'vdd', sizeBytes: chunks(3), zero: [{ start: 0, end: chunks(2) }] },
  ])
  for (const { name, sizeBytes } of repository.points()[0]?.disks ?? []) {
    assert.deepEqual(await contentOf(repository, id, name), Buffer.alloc(sizeBytes))
  }
  assert.equal(repository.totals.chunks, 0)
})

test('the point that commit answers is the one that is read back', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  await makePoint(repository, 1, [{ name: 'vda', sizeBytes: 512, writes: [{ offset: 0, bytes: noise(1, 512) }] }])
  assert.deepEqual((await reopen(pool, rig)).points(), repository.points())
})

test('each kind of key opens the repository and hands out the same root key', async () => {
  const usual = { store: template.store, pool, clock: systemClock }
  const words = template.recoveryWords.toUpperCase().split(' ').join('\n')
  for (const key of [{ kind: 'passphrase', passphrase } as const, { kind: 'recovery-words', words } as const]) {
    const { rootKey } = await openRepository({ ...usual, key }, never)
    assert.deepEqual(Buffer.from(rootKey), Buffer.from(template.rootKey))
  }
})

test('a wrong passphrase and wrong words are said to be wrong', async () => {
  const usual = { store: template.store, pool, clock: systemClock }
  const words = `${'abandon '.repeat(23)}art`
  const keys = [
    { kind: 'passphrase', passphrase: 'correct horse' } as const,
    { kind: 'recovery-words', words } as const,
    { kind: 'recovery-words', words: 'not words' } as const,
  ]
  for (const key of keys) {
    await assert.rejects(openRepository({ ...usual, key }, never), { code: 'passphrase-wrong' })
  }
})

test('a store that holds a repository, or the data of one, is never made into another', async () => {
  const rig = fresh()
  const options = { store: rig.store, pool, clock: systemClock, passphrase, breakGlass: new Uint8Array(1) }
  await assert.rejects(createRepository(options, never), { code: 'repository-exists' })
  await makePoint(await reopen(pool, rig), 1, [{ name: 'vda', sizeBytes: 0 }])
  rig.store.objects.delete('config')
  await assert.rejects(createRepository(options, never), { code: 'repository-exists' })
  await assert.rejects(reopen(pool, rig), { code: 'repository-damaged' })
})

test('an empty folder holds no repository', async () => {
  const rig = fresh()
  rig.store.objects.clear()
  await assert.rejects(reopen(pool, rig), { code: 'repository-not-found' })
})

test('what two points share is stored once', async () => {
  const repository = await reopen(pool, fresh())
  const bytes = noise(1, chunks(64))
  const disk = { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }
  await makePoint(repository, 1, [disk])
  const before = repository.totals
  await makePoint(repository, 2, [disk])
  assert.deepEqual(repository.totals, before)
})

test('an increment starts as its base and differs only in what was written', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const bytes = noise(1, chunks(2000))
  const first = await makePoint(repository, 1, [
    { name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] },
  ])
  const change = noise(2, chunks(1))
  const second = await makePoint(repository, 2, [
    {
      name: 'vda',
      sizeBytes: bytes.length,
      base: first,
      writes: [{ offset: chunks(1500), bytes: change }],
      zero: [{ start: chunks(10), end: chunks(20) }],
    },
  ])
  const expected = Buffer.from(bytes)
  expected.set(change, chunks(1500))
  expected.fill(0, chunks(10), chunks(20))
  const again = await reopen(pool, rig)
  assert.deepEqual(await contentOf(again, second, 'vda'), expected)
  assert.deepEqual(await contentOf(again, first, 'vda'), bytes)
})

test('a page of the map that was complete is written to once more before its pack is stored', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig, { packBytes: 16 * 1024 * 1024 })
  const bytes = noise(1, chunks(1100))
  const change = noise(2, chunks(3))
  const writes = [
    { offset: 0, bytes },
    { offset: chunks(500), bytes: change },
    { offset: chunks(1023), bytes: change },
  ]
  const id = await makePoint(repository, 1, [{ name: 'vda', sizeBytes: bytes.length, writes }])
  bytes.set(change, chunks(500))
  bytes.set(change, chunks(1023))
  assert.ok((await contentOf(await reopen(pool, rig), id, 'vda')).equals(bytes))
})

test('a base is cut and extended anywhere, also in the middle of a chunk', async () => {
  const repository = await reopen(pool, fresh())
  const bytes = noise(1, chunks(1030) + 700)
  await makePoint(repository, 1, [{ name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }])
  const sizes = [chunks(1030) + 200, chunks(1030) + 4096, chunks(1024), chunks(1023) + 1, 1, 0, chunks(1024 * 1024) + 5]
  for (const [at, sizeBytes] of sizes.entries()) {
    const id = await makePoint(repository, 2 + at, [{ name: 'vda', sizeBytes, base: pointIdOf(1) }])
    await using disk = await repository.openDisk(id, 'vda', never)
    assert.equal(disk.sizeBytes, sizeBytes)
    const read = Buffer.alloc(Math.min(sizeBytes, chunks(1032)))
    await disk.read(0, read, never)
    const expected = Buffer.alloc(read.length)
    expected.set(bytes.subarray(0, expected.length))
    assert.deepEqual(read, expected, `cut to ${sizeBytes}`)
  }
})

test('an attachment comes back byte for byte, zeroes included', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const nvram = noise(3, chunks(3) + 17)
  nvram.fill(0, chunks(1), chunks(2))
  await using draft = repository.beginPoint(pointIdOf(1), machineId)
  const reference = await draft.addAttachment('nvram', '/var/lib/x.fd', nvram, never)
  await draft.commit({ ...factsOf(1, []), attachments: [reference] }, never)
  const again = await reopen(pool, rig)
  const { attachments } = await again.manifest(pointIdOf(1), never)
  assert.deepEqual(attachments, [reference])
  assert.deepEqual(Buffer.from(await again.attachment(reference, never)), nvram)
})

test('totals count what is stored before and after compression once, and what each point holds as a whole', async () => {
  const rig = fresh()
  const repository = await reopen(pool, rig)
  const bytes = Buffer.alloc(chunks(8), 'so compressible ')
  for (let at = 0; at < 8; at++) bytes.writeUInt32LE(at, chunks(at))
  const facts = (number: number, how: 'full' | 'bitmap', bytesRead: number): PointFacts => {
    const made = factsOf(number, [{ name: 'vda', sizeBytes: chunks(100) }])
    return { ...made, disks: made.disks.map((disk) => ({ ...disk, how, bytesRead })) }
  }
  const commit = async (number: number, how: 'full' | 'bitmap', bytesRead: number, base?: string): Promise<void> => {
    await using draft = repository.beginPoint(pointIdOf(number), machineId)
    const disk = await draft.addDisk({ name: 'vda', sizeBytes: chunks(100), base }, never)
    await disk.write(0, Uint8Array.from(bytes), never)
    await draft.commit(facts(number, how, bytesRead), never)
  }
  await commit(1, 'full', chunks(8))
  const first = repository.totals
  assert.equal(first.pointBytes, chunks(8))
  assert.ok(first.rawBytes >= chunks(8) && first.storedBytes < first.rawBytes, JSON.stringify(first))
  await commit(2, 'bitmap', chunks(1), pointIdOf(1))
  assert.deepEqual([repository.totals.rawBytes, repository.totals.pointBytes], [first.rawBytes, 2 * chunks(8)])
  await commit(3, 'full', chunks(20))
  await commit(4, 'bitmap', chunks(1), pointIdOf(3))
  assert.equal(repository.totals.pointBytes, 2 * chunks(8) + 2 * chunks(20))
  assert.deepEqual((await reopen(pool, rig)).totals, repository.totals)
})
