import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'

/** A restore in place can be taken back: by bytes, whatever became of it. */

let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

const inPlace = { kind: 'in-place' } as const
const disks = [
  { name: 'vda', sizeBytes: 6 * MiB + 512 },
  { name: 'vdb', sizeBytes: MiB },
]

type Disks = ReadonlyMap<string, Buffer>

/** A machine that is off and has changed on all its disks since its only point. */
async function changed() {
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks })
  walk.machine.disk('vda').write(100, randomBytes(3 * MiB))
  walk.machine.disk('vdb').write(MiB - 1, randomBytes(1))
  const { id } = await walk.backUp()
  const then = contentOf(walk)
  walk.machine.stop()
  walk.machine.disk('vda').write(MiB, randomBytes(MiB))
  walk.machine.disk('vda').zero(2 * MiB, 256 * KiB)
  walk.machine.disk('vda').write(5 * MiB, randomBytes(10))
  walk.machine.disk('vdb').zero(0, MiB)
  return { walk, id, then, now: contentOf(walk) }
}

function contentOf(walk: FakeWalk): Disks {
  return new Map(disks.map(({ name }) => [name, walk.live(name)]))
}

function assertHas(walk: FakeWalk, wanted: Disks): void {
  for (const [name, bytes] of wanted) assert.ok(walk.live(name).equals(bytes), `${name} differs`)
}

test('what was overwritten comes back from the undo point, and so does what was restored', async () => {
  const { walk, id, then, now } = await changed()
  const step = notedStep()
  await walk.restore(id, inPlace, step)
  assertHas(walk, then)
  const [undo] = step.undone
  assert.ok(undo !== undefined && walk.repository.points().some((point) => point.id === undo))
  const again = notedStep()
  await walk.restore(undo, inPlace, again)
  assertHas(walk, now)
  await walk.restore(again.undone[0] ?? '', inPlace)
  assertHas(walk, then)
})

test('wherever the overwriting fails, the undo point was told before, is whole, and brings everything back', async () => {
  const failures = new Set<string>()
  for (let at = 0; at < 12; at++) {
    const { walk, id, now } = await changed()
    const step = notedStep()
    let writes = 0
    let toldAtFirst = 0
    walk.host.restoreFaults.before = async () => {
      if (writes === 0) toldAtFirst = step.undone.length
      if (writes++ === at) throw new Failure('target-failed', 'the disk died')
    }
    await walk.restore(id, inPlace, step).catch((thrown: Failure) => failures.add(thrown.code))
    walk.host.restoreFaults.before = undefined
    assert.deepEqual([toldAtFirst, step.undone.length], [1, 1])
    await walk.restore(step.undone[0] ?? '', inPlace)
    assertHas(walk, now)
  }
  assert.deepEqual([...failures], ['target-failed'])
})

test('whenever a restore is cancelled, all is as it was or can be undone', async () => {
  const undone = new Set<boolean>()
  for (let ranges = 1, isDone = false; !isDone; ranges += 3) {
    const { walk, id, now } = await changed()
    const abort = new AbortController()
    const step = notedStep(abort.signal)
    let passed = 0
    const counting = { ...step, pass: async () => void (++passed === ranges && abort.abort()) }
    await walk.restore(id, inPlace, counting).then(
      () => {
        isDone = true
      },
      (thrown: Error) => assert.equal(thrown.name, 'AbortError'),
    )
    assert.equal(walk.machine.busy, undefined)
    const [undo] = step.undone
    undone.add(undo !== undefined)
    if (undo !== undefined) await walk.restore(undo, inPlace)
    assertHas(walk, now)
  }
  assert.deepEqual([...undone], [false, true])
})

test('nothing is overwritten when the undo point cannot be taken', async () => {
  const { walk, id, now } = await changed()
  const step = notedStep()
  walk.storeFaults.onCall = ({ kind, name }) => {
    if (kind === 'put' && name.startsWith('manifests/')) throw new Failure('no-space', 'the share is full')
  }
  await assert.rejects(walk.restore(id, inPlace, step), { code: 'no-space' })
  assert.deepEqual(step.undone, [])
  assertHas(walk, now)
  assert.equal(walk.repository.points().length, 1)
})

test('without undo no point is taken, also where none could be', async () => {
  const { walk, id, then } = await changed()
  walk.storeFaults.onCall = ({ kind }) => {
    if (kind === 'put' || kind === 'create') throw new Failure('no-space', 'the share is full')
  }
  const step = notedStep()
  await walk.restore(id, { ...inPlace, withoutUndo: true }, step)
  assertHas(walk, then)
  assert.deepEqual(step.undone, [])
})

test('only the disks that are named are overwritten, and the undo point has all of them', async () => {
  const { walk, id, then, now } = await changed()
  const step = notedStep()
  await walk.restore(id, { ...inPlace, disks: ['vdb'] }, step)
  assertHas(walk, new Map([...now].map(([name, bytes]) => [name, name === 'vdb' ? (then.get(name) ?? bytes) : bytes])))
  const point = walk.repository.points().find((each) => each.id === step.undone[0])
  assert.deepEqual(
    point?.disks.map(({ name }) => name),
    ['vda', 'vdb'],
  )
  await assert.rejects(walk.restore(id, { ...inPlace, disks: ['vdz'] }), { code: 'point-not-found' })
})

test('a machine that cannot take the point back is refused before an undo point is taken', async () => {
  const { walk, id, now } = await changed()
  walk.machine.start()
  await assert.rejects(walk.restore(id, inPlace), { code: 'machine-running' })
  walk.machine.stop()
  walk.machine.disk('vdb').resize(2 * MiB)
  await assert.rejects(walk.restore(id, inPlace), { code: 'target-failed' })
  walk.machine.disk('vdb').resize(MiB)
  assert.equal(walk.repository.points().length, 1)
  assertHas(walk, now)
})

test('progress counts what is read for the undo point, what is compared and what is written, and ends at its total', async () => {
  const { walk, id } = await changed()
  const step = notedStep()
  await walk.restore(id, inPlace, step)
  const { bytesTotal, bytesRead, bytesWritten } = step.meter.progress()
  assert.ok(bytesWritten > 0)
  assert.equal(bytesRead + bytesWritten, bytesTotal)
})
