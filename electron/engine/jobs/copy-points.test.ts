import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/job.ts'
import { catalogMachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import { readSentence } from '../../../shared/sentences.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { systemClock } from '../base/clock.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, never, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'
import { createRepository, openRepository, type Repository } from '../repository/repository.ts'
import { type MemoryStore, memoryStore, type OnStoreCall } from '../store/memory.ts'
import { copyPoints } from './copy-points.ts'

let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

const sizeBytes = 16 * MiB
const chunkBytes = 128 * KiB

type Target = {
  readonly store: MemoryStore
  onCall: OnStoreCall | undefined
  readonly repository: Repository
}

const templates = new Map<number, Promise<Template>>()

/** An empty repository with keys of its own; made once, since that takes its time. */
async function makeTemplate(chunks: number): Promise<Template> {
  const store = memoryStore()
  const options = { store, pool, clock: systemClock, passphrase: 'another', chunkBytes: chunks }
  const { repository, rootKey } = await createRepository({ ...options, breakGlass: new Uint8Array(1) }, never)
  await repository[Symbol.asyncDispose]()
  return { store, rootKey }
}

/** Another repository than the walk's. */
async function newTarget(chunks = chunkBytes): Promise<Target> {
  const made = templates.get(chunks) ?? makeTemplate(chunks)
  templates.set(chunks, made)
  const { store: from, rootKey } = await made
  const faults: { onCall: OnStoreCall | undefined } = { onCall: undefined }
  const store = memoryStore((call) => faults.onCall?.(call))
  for (const [name, bytes] of from.objects) store.objects.set(name, Uint8Array.from(bytes))
  const key = { kind: 'root-key', rootKey } as const
  const opened = await openRepository({ store, pool, clock: systemClock, key, packBytes: MiB }, never)
  return Object.assign(faults, { store, repository: opened.repository })
}

async function newWalk(): Promise<FakeWalk> {
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks: [{ name: 'vda', sizeBytes }] })
  walk.machine.disk('vda').write(0, randomBytes(8 * MiB))
  return walk
}

async function contentOf(repository: Repository, id: PointId): Promise<Buffer> {
  await using disk = await repository.openDisk(id, 'vda', never)
  const bytes = Buffer.alloc(disk.sizeBytes)
  await disk.read(0, bytes, never)
  return bytes
}

async function assertCopies(walk: FakeWalk, to: Repository): Promise<void> {
  assert.deepEqual(
    to.points().map(({ id }) => id),
    walk.repository.points().map(({ id }) => id),
  )
  for (const { id } of to.points()) assert.ok((await contentOf(to, id)).equals(await walk.content(id, 'vda')))
}

function copy(
  walk: FakeWalk,
  to: Repository,
  over: { pointIds?: readonly PointId[]; step?: ReturnType<typeof notedStep> } = {},
) {
  const { pointIds, step = notedStep() } = over
  return copyPoints(step, { from: walk.repository, to, pointIds, onPoint: () => {} })
}

test('copies are the same points with the same bytes, oldest first, and say of themselves what the first ones say', async () => {
  const walk = await newWalk()
  const disk = walk.machine.disk('vda')
  for (let round = 0; round < 3; round++) {
    disk.write(round * 5 * MiB, randomBytes(3 * chunkBytes))
    disk.write((round + 9) * MiB, Buffer.alloc(MiB))
    await walk.backUp()
  }
  const to = await newTarget()
  const seen: number[] = []
  const step = notedStep()
  const order = { from: walk.repository, to: to.repository, pointIds: undefined }
  assert.equal(await copyPoints(step, { ...order, onPoint: () => void seen.push(to.repository.points().length) }), 3)
  assert.deepEqual(seen, [1, 2, 3])
  await assertCopies(walk, to.repository)
  for (const { id } of walk.repository.points()) {
    const facts = async (repository: Repository) => {
      const { bytesSent: _, bytesStored: __, disks, attachments, ...rest } = await repository.manifest(id, never)
      const roots = disks.map(({ mapRoot: ___, ...each }) => each)
      return { ...rest, disks: roots, attachments: attachments.map(({ chunks: ____, ...each }) => each) }
    }
    assert.deepEqual(await facts(to.repository), await facts(walk.repository))
  }
})

test('a second copy sends what changed and one hundredth more, and a third nothing at all', async () => {
  const walk = await newWalk()
  await walk.backUp()
  const to = await newTarget()
  await copy(walk, to.repository)
  const changedBytes = 16 * chunkBytes
  walk.machine.disk('vda').write(MiB, randomBytes(changedBytes))
  await walk.backUp()
  const step = notedStep()
  assert.equal(await copy(walk, to.repository, { step }), 1)
  const { bytesRead, bytesSent } = step.meter.progress()
  assert.equal(bytesRead, changedBytes)
  assert.ok(bytesSent <= changedBytes * 1.01, `${bytesSent} bytes sent for ${changedBytes}`)
  const again = notedStep()
  assert.equal(await copy(walk, to.repository, { step: again }), 0)
  assert.equal(again.meter.progress().bytesSent, 0)
  await assertCopies(walk, to.repository)
})

test('zeroes are not read, and ranges that became zero are zero in the copy', async () => {
  const walk = await newWalk()
  await walk.backUp()
  const to = await newTarget()
  const step = notedStep()
  await copy(walk, to.repository, { step })
  assert.equal(step.meter.progress().bytesRead, 8 * MiB)
  walk.machine.disk('vda').write(0, Buffer.alloc(4 * MiB))
  await walk.backUp()
  const second = notedStep()
  await copy(walk, to.repository, { step: second })
  assert.equal(second.meter.progress().bytesRead, 0)
  await assertCopies(walk, to.repository)
})

test('between repositories of different grids copies are equal too', async () => {
  const walk = await newWalk()
  await walk.backUp()
  walk.machine.disk('vda').write(3 * MiB + 5, randomBytes(10))
  await walk.backUp()
  for (const chunks of [4 * KiB, 256 * KiB]) {
    const to = await newTarget(chunks)
    await copy(walk, to.repository)
    await assertCopies(walk, to.repository)
  }
})

test('an older point that is copied later builds on a newer one', async () => {
  const walk = await newWalk()
  const first = await walk.backUp()
  walk.machine.disk('vda').write(0, randomBytes(chunkBytes))
  const second = await walk.backUp()
  const to = await newTarget()
  await copy(walk, to.repository, { pointIds: [second.id] })
  const step = notedStep()
  await copy(walk, to.repository, { pointIds: [first.id, second.id], step })
  assert.equal(step.meter.progress().bytesRead, chunkBytes)
  assert.ok((await contentOf(to.repository, first.id)).equals(await walk.content(first.id, 'vda')))
})

test('a copying that is cut off at any call leaves whole points only, and goes on with the others', async () => {
  const walk = await newWalk()
  await walk.backUp()
  walk.machine.disk('vda').write(0, randomBytes(2 * MiB))
  await walk.backUp()
  const to = await newTarget()
  for (let at = 3; to.repository.points().length < 2; at += 7) {
    const abort = new AbortController()
    let calls = 0
    to.onCall = ({ when }) => void (when === 'before' && ++calls === at && abort.abort())
    await copy(walk, to.repository, { step: notedStep(abort.signal) }).catch((thrown: unknown) => {
      assert.equal((thrown as Error).name, 'AbortError')
    })
    to.onCall = undefined
    for (const { id } of to.repository.points()) {
      assert.ok((await contentOf(to.repository, id)).equals(await walk.content(id, 'vda')))
    }
  }
  await assertCopies(walk, to.repository)
})

test('a point that cannot be read is said, fails the run at the end, and does not keep back the others', async () => {
  const walk = await newWalk()
  await walk.backUp()
  const before = new Set(walk.store.objects.keys())
  walk.machine.disk('vda').write(0, randomBytes(2 * MiB))
  const second = await walk.backUp()
  const packs = [...walk.store.objects.keys()].filter((name) => name.startsWith('packs/') && !before.has(name))
  walk.machine.disk('vda').write(0, randomBytes(2 * MiB))
  const third = await walk.backUp()
  for (const name of packs) walk.store.objects.delete(name)
  await walk.reopen()
  const to = await newTarget()
  const step = notedStep()
  const came: Partial<Run>[] = []
  step.came = (of) => void came.push(of)
  await assert.rejects(copy(walk, to.repository, { step }), { code: 'repository-damaged' })
  const copied = to.repository.points().map(({ id }) => id)
  assert.ok(!copied.includes(second.id))
  assert.ok(copied.includes(third.id))
  assert.deepEqual(
    step.warned.map((text) => readSentence(text)?.key),
    ['point-unreadable'],
  )
  assert.deepEqual(came.at(-1), { count: 2 })
})

test('a store that goes away ends the copying: that is no damage of the source', async () => {
  const walk = await newWalk()
  await walk.backUp()
  await walk.backUp()
  const to = await newTarget()
  to.onCall = ({ kind }) => {
    if (kind === 'put') throw new Failure('repository-unreachable', 'gone')
  }
  await assert.rejects(copy(walk, to.repository), { code: 'repository-unreachable' })
  to.onCall = undefined
  assert.deepEqual(to.repository.points(), [])
})

test('a base that is lost in the copy costs a whole read, not the point', async () => {
  const walk = await newWalk()
  const first = await walk.backUp()
  const to = await newTarget()
  await copy(walk, to.repository)
  const manifest = [...to.store.objects.keys()].find((name) => name.startsWith('manifests/')) ?? ''
  to.store.objects.delete(manifest)
  walk.machine.disk('vda').write(0, randomBytes(chunkBytes))
  const second = await walk.backUp()
  await copy(walk, to.repository, { pointIds: [second.id] })
  assert.ok((await contentOf(to.repository, second.id)).equals(await walk.content(second.id, 'vda')))
  await assert.rejects(contentOf(to.repository, first.id), { code: 'object-missing' })
})

test('a point that neither has is refused before anything is copied', async () => {
  const walk = await newWalk()
  const first = await walk.backUp()
  const to = await newTarget()
  const pointIds = [first.id, 'f'.repeat(32)]
  await assert.rejects(copy(walk, to.repository, { pointIds }), { code: 'point-not-found' })
  assert.deepEqual(to.repository.points(), [])
})

test('a catalog that lies in the source is not copied with the machines', async () => {
  const walk = await newWalk()
  await using draft = walk.repository.beginPoint('c'.repeat(32), catalogMachineId)
  const point = await walk.backUp()
  const { id: _, machineId: __, repositoryId: ___, ...facts } = point
  const made = { ...facts, id: 'c'.repeat(32), machineId: catalogMachineId, disks: [], attachments: [] }
  await draft.commit({ ...made, definition: undefined, checkpoint: undefined }, never)
  const to = await newTarget()
  assert.equal(await copy(walk, to.repository), 1)
})

test('a point that is copied twice at once lies there once', async () => {
  const walk = await newWalk()
  await walk.backUp()
  const to = await newTarget()
  await Promise.all([copy(walk, to.repository), copy(walk, to.repository)])
  await assertCopies(walk, to.repository)
  const manifests = [...to.store.objects.keys()].filter((name) => name.startsWith('manifests/'))
  assert.ok(manifests.length <= 2)
})
