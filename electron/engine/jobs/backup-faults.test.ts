import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'

/** What ends a backup before its time: the cause is named, no point is left, and the next increment holds everything. */

let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

/** A machine with one point and 3 MiB changed since. */
async function changedSincePoint(): Promise<FakeWalk> {
  const disks = [{ name: 'vda', sizeBytes: 6 * MiB }]
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks })
  walk.machine.disk('vda').write(0, randomBytes(5 * MiB))
  await walk.backUp()
  walk.machine.disk('vda').write(MiB, randomBytes(3 * MiB))
  return walk
}

type Visible = { readonly points: readonly string[]; readonly checkpoints: readonly string[] }

function visible({ repository, machine }: FakeWalk): Visible {
  return {
    points: repository.points().map((point) => point.id),
    checkpoints: machine.checkpoints.map((checkpoint) => checkpoint.name),
  }
}

/** Nothing of the broken backup can be seen, and the next one reads by bitmap all that changed in both periods. */
async function assertUnharmed(walk: FakeWalk, before: Visible): Promise<void> {
  await walk.reopen()
  assert.deepEqual(visible(walk), before)
  walk.machine.disk('vda').write(0, randomBytes(10))
  const point = await walk.backUp()
  assert.equal(point.disks[0]?.how, 'bitmap')
  assert.equal(point.bytesRead, 3 * MiB + 128 * KiB)
  assert.ok((await walk.content(point.id, 'vda')).equals(walk.live('vda')))
}

test('a guest that stops in the middle is named as the cause', async () => {
  const walk = await changedSincePoint()
  const before = visible(walk)
  walk.machine.faults.stopAfterBytes = 2 * MiB
  await assert.rejects(walk.backUp(), { code: 'guest-stopped' })
  walk.machine.start()
  await assertUnharmed(walk, before)
})

test('a host that vanishes in the middle is named as the cause, and mended when it comes back', async () => {
  const walk = await changedSincePoint()
  const before = visible(walk)
  walk.machine.faults.before = async () => walk.host.vanish()
  await assert.rejects(walk.backUp(), { code: 'host-unreachable' })
  walk.machine.faults.before = undefined
  await assert.rejects(walk.backUp(), { code: 'host-unreachable' })
  walk.host.comeBack()
  await walk.host.cleanUp((id) => before.points.includes(id), notedStep().signal)
  await assertUnharmed(walk, before)
})

test('a range that cannot be read fails the backup: a point with a hole is never made', async () => {
  const walk = await changedSincePoint()
  const before = visible(walk)
  walk.machine.faults.unreadable = { disk: 'vda', offset: 2 * MiB + 77 }
  await assert.rejects(walk.backUp(), { code: 'disk-unreadable' })
  walk.machine.faults.unreadable = undefined
  await assertUnharmed(walk, before)
})

test('a cancelled backup ends as cancelled, wherever it stands', async () => {
  const walk = await changedSincePoint()
  const before = visible(walk)
  // The disk is looked at once and read three times.
  for (let at = 0; at < 4; at++) {
    const abort = new AbortController()
    let reads = 0
    walk.machine.faults.before = async () => void (reads++ === at && abort.abort())
    await assert.rejects(walk.backUp('incremental', notedStep(abort.signal)), { name: 'AbortError' })
    assert.equal(walk.machine.busy, undefined)
    assert.deepEqual(visible(walk), before)
  }
  walk.machine.faults.before = undefined
  await assertUnharmed(walk, before)
})

test('a cancel between the acknowledged point and the end does not take the point back', async () => {
  const walk = await changedSincePoint()
  const abort = new AbortController()
  walk.storeFaults.onCall = ({ kind, name, when }) => {
    if (kind === 'create' && name.startsWith('ledger/') && when === 'after') abort.abort()
  }
  const point = await walk.backUp('incremental', notedStep(abort.signal))
  await walk.reopen()
  assert.ok(walk.repository.points().some(({ id }) => id === point.id))
  assert.ok(walk.machine.checkpoints.some(({ pointId }) => pointId === point.id))
})

for (const code of ['repository-unreachable', 'no-space'] as const) {
  test(`a store that fails with ${code} at any object it is given is the cause, never the source`, async () => {
    const walk = await changedSincePoint()
    const before = visible(walk)
    const failedAt: string[] = []
    for (let at = 0; failedAt.length === at; at++) {
      let puts = 0
      let failing: string | undefined
      walk.storeFaults.onCall = ({ kind, name, when }) => {
        if (when === 'after' || !['put', 'create'].includes(kind)) return
        if (puts++ === at) {
          failing = name
          failedAt.push(name.split('/')[0] ?? '')
        }
        // It fails for good: what is tried once more is refused once more.
        if (name !== failing) return
        throw new Failure(code, 'the store failed')
      }
      const ended = await walk.backUp().catch((thrown: unknown) => thrown)
      walk.storeFaults.onCall = undefined
      if (failedAt.length === at) break
      assert.ok(ended instanceof Failure && ended.code === code, String(ended))
      assert.deepEqual(visible(walk), before)
      // What was stored of an attempt would spare the next one its puts.
      walk.machine.disk('vda').write(MiB, randomBytes(3 * MiB))
    }
    const kinds = new Set(failedAt)
    assert.deepEqual([...kinds].toSorted(), ['indexes', 'ledger', 'manifests', 'packs'])
    const [last] = walk.repository.points().slice(-1)
    assert.ok(last !== undefined && (await walk.content(last.id, 'vda')).equals(walk.live('vda')))
  })
}

test('a store that cannot be read when the backup begins fails it before the guest is touched', async () => {
  const walk = await changedSincePoint()
  const before = visible(walk)
  walk.storeFaults.onCall = () => {
    throw new Failure('repository-unreachable', 'the share is gone')
  }
  await assert.rejects(walk.backUp(), { code: 'repository-unreachable' })
  walk.storeFaults.onCall = undefined
  await assertUnharmed(walk, before)
})

test('a machine that is busy, gone or refused is named, and nothing is left', async () => {
  const walk = await changedSincePoint()
  const before = visible(walk)
  walk.machine.faults.begin = new Failure('host-refused', 'no')
  await assert.rejects(walk.backUp(), { code: 'host-refused' })
  walk.machine.busy = new AbortController()
  await assert.rejects(walk.backUp(), { code: 'machine-busy' })
  walk.machine.busy = undefined
  await assertUnharmed(walk, before)
  walk.host.remove(walk.machine.id)
  await assert.rejects(walk.backUp(), { code: 'machine-not-found' })
})

test('a checkpoint that the host does not keep costs reading and is said, and loses nothing', async () => {
  const walk = await changedSincePoint()
  walk.storeFaults.onCall = ({ kind, when }) => {
    if (kind === 'create' && when === 'after') walk.machine.dropCheckpoints(() => true)
  }
  await walk.backUp()
  walk.storeFaults.onCall = undefined
  const point = await walk.backUp()
  assert.deepEqual([point.disks[0]?.how, point.disks[0]?.cause], ['compare', 'checkpoint-missing'])
  assert.ok((await walk.content(point.id, 'vda')).equals(walk.live('vda')))
})
