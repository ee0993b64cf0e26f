import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, type NotedStep, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'
import { Gate } from './gate.ts'

/** Every job that takes time stands still at a closed gate, and goes on from there. */

let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

/** A step whose gate is closed after `passes` ranges; `waits` resolves when the job stands before it. */
function gated(passes: number, signal = new AbortController().signal) {
  const gate = new Gate()
  const waits = Promise.withResolvers<void>()
  const step = notedStep(signal)
  let passed = 0
  const pass: NotedStep['pass'] = async (stop) => {
    if (passed++ === passes) gate.close()
    if (gate.isClosed) waits.resolve()
    await gate.pass(stop)
  }
  return { gate, waits: waits.promise, step: { ...step, pass } }
}

async function begin(): Promise<FakeWalk> {
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks: [{ name: 'vda', sizeBytes: 24 * MiB }] })
  walk.machine.disk('vda').write(0, randomBytes(24 * MiB))
  return walk
}

/** What is under way when the gate closes ends; nothing new is begun: numbers that stay while the store is used show it. */
async function assertStands(numbers: () => number, walk: FakeWalk): Promise<void> {
  let before = -1
  for (let same = 0; same < 50; ) {
    same = numbers() === before ? same + 1 : 0
    before = numbers()
    await walk.store.stat('config', new AbortController().signal)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

test('a backup stands still, keeps the guest’s moment, and becomes the point that it would have been', async () => {
  const walk = await begin()
  const then = walk.live('vda')
  const { gate, waits, step } = gated(3)
  const ended = walk.backUp('full', step)
  await waits
  await assertStands(() => step.meter.count('bytesRead'), walk)
  assert.ok(step.meter.count('bytesRead') <= 3 * MiB)
  assert.equal(walk.repository.points().length, 0)
  walk.machine.disk('vda').write(20 * MiB, randomBytes(MiB))
  gate.open()
  assert.ok((await walk.content((await ended).id, 'vda')).equals(then))
})

test('a restore stands still with nothing under its name, and is whole when it went on', async () => {
  const walk = await begin()
  const { id } = await walk.backUp()
  const folder = await mkdtemp(path.join(tmpdir(), 'standing-'))
  try {
    const { gate, waits, step } = gated(1)
    const ended = walk.restore(id, { kind: 'images', folder, format: 'raw' }, step)
    await waits
    await assertStands(() => step.meter.count('bytesWritten'), walk)
    assert.ok(step.meter.count('bytesWritten') < 24 * MiB)
    assert.ok((await readdir(folder)).every((name) => name.startsWith('.')))
    gate.open()
    assert.ok((await readFile((await ended).target)).equals(walk.live('vda')))
  } finally {
    await rm(folder, { recursive: true })
  }
})

test('a restore in place stands still while it compares, before it has written anything', async () => {
  const walk = await begin()
  const { id } = await walk.backUp()
  const then = walk.live('vda')
  walk.machine.stop()
  walk.machine.disk('vda').write(0, randomBytes(24 * MiB))
  const { gate, waits, step } = gated(2)
  const ended = walk.restore(id, { kind: 'in-place', withoutUndo: true }, step)
  await waits
  await assertStands(() => step.meter.count('bytesRead'), walk)
  assert.equal(step.meter.count('bytesWritten'), 0)
  gate.open()
  await ended
  assert.ok(walk.live('vda').equals(then))
})

test('a verification stands still and reads the rest afterwards', async () => {
  const walk = await begin()
  await walk.backUp()
  const { gate, waits, step } = gated(1)
  const ended = walk.verify(step)
  await waits
  await assertStands(() => step.meter.count('bytesRead'), walk)
  assert.ok(step.meter.count('bytesRead') < step.meter.count('bytesTotal'))
  gate.open()
  await ended
  assert.deepEqual([step.reports[0]?.points, step.reports[0]?.damaged], [1, []])
  assert.equal(step.meter.count('bytesRead'), step.meter.count('bytesTotal'))
})

test('a backup that is cancelled while it stands still ends, leaves no point and lets go of the machine', async () => {
  const walk = await begin()
  const abort = new AbortController()
  const { waits, step } = gated(3, abort.signal)
  const ended = walk.backUp('full', step)
  await waits
  abort.abort()
  await assert.rejects(ended, { name: 'AbortError' })
  assert.deepEqual([walk.machine.busy, walk.machine.checkpoints, walk.repository.points()], [undefined, [], []])
})
