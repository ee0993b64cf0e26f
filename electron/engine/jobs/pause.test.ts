import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { Order } from './order.ts'
import { thisOwner } from './owner.ts'
import { job, order, records, rig } from './runner.suite.ts'
import { Runner } from './runner.ts'

/** A job of `ranges` ranges, each of 1 MiB, that tells how many it has done. */
function ranges(count: number): { readonly work: Order['work']; done: number; onRange: (done: number) => void } {
  const told = { done: 0, onRange: (_done: number): void => {}, work: undefined as unknown as Order['work'] }
  told.work = async (step) => {
    step.meter.add('bytesTotal', count * 2 ** 20)
    while (told.done < count) {
      await step.pass(step.signal)
      told.done++
      step.meter.add('bytesRead', 2 ** 20)
      told.onRange(told.done)
    }
    return {}
  }
  return told
}

test('a paused run does nothing between two ranges until it is resumed, and then ends as it would have', async () => {
  const { runner, state, until, events } = rig()
  await using _ = runner
  const work = ranges(9)
  work.onRange = (done) => void (done === 4 && runner.pause(id))
  const id = runner.start(order(work.work))
  const paused = await until((run) => run.paused === true)
  assert.deepEqual(
    [paused.state, paused.progress.bytesPerSecond, paused.progress.secondsLeft],
    ['running', 0, undefined],
  )
  assert.equal(runner.get(id).paused, true)
  assert.equal(work.done, 4)
  runner.resume(id)
  const run = await state(id, 'done')
  assert.deepEqual([work.done, run.paused, run.progress.bytesRead], [9, false, 9 * 2 ** 20])
  assert.ok(run.startedAt !== undefined && run.startedAt >= run.queuedAt)
  assert.deepEqual(
    events.map((each) => each.paused),
    [undefined, undefined, true, false, false],
  )
})

test('the rate after a pause forgets what was before it', async () => {
  const time = { ms: 0 }
  const clock: Clock = { ...systemClock, elapsed: () => time.ms, sleep: untilAborted }
  const { runner } = rig(records(), clock)
  await using _ = runner
  const one = job()
  const id = runner.start(order(one.work))
  const step = await one.step
  step.meter.add('bytesTotal', 1000)
  step.meter.progress()
  time.ms = 1000
  step.meter.add('bytesRead', 100)
  assert.deepEqual([step.meter.progress().bytesPerSecond, step.meter.progress().secondsLeft], [100, 9])
  runner.pause(id)
  time.ms = 2000
  runner.resume(id)
  time.ms = 3000
  step.meter.add('bytesRead', 10)
  assert.equal(step.meter.progress().bytesPerSecond, 10)
  one.end()
})

test('a paused run can be cancelled, and what it held is cleaned up first', async () => {
  const { runner, state, until, events } = rig()
  await using _ = runner
  const work = ranges(9)
  let isClean = false
  work.onRange = (done) => void (done === 2 && runner.pause(id))
  const id = runner.start(
    order(async (step) => {
      try {
        return await work.work(step)
      } finally {
        isClean = true
      }
    }),
  )
  await until((run) => run.paused === true)
  runner.cancel(id)
  assert.deepEqual([runner.get(id).state, runner.get(id).paused], ['cancelling', false])
  runner.pause(id)
  const run = await state(id, 'cancelled')
  assert.deepEqual([work.done, isClean, run.paused, run.warnings], [2, true, false, []])
  assert.equal(events.at(-1)?.state, 'cancelled')
})

test('the engine closes with a paused run, and the run is cancelled', async () => {
  const { runner, until } = rig()
  const work = ranges(3)
  work.onRange = () => runner.pause(id)
  const id = runner.start(order(work.work))
  await until((run) => run.paused === true)
  await runner[Symbol.asyncDispose]()
  assert.deepEqual([runner.get(id).state, work.done], ['cancelled', 1])
})

test('a queued run that is paused stays queued, lets others pass, and goes when it is resumed', async () => {
  const { runner, state } = rig()
  await using _ = runner
  const [first, second, third] = [job(), job(), job()]
  runner.start(order(first.work))
  const id = runner.start(order(second.work))
  const thirdId = runner.start(order(third.work))
  runner.pause(id)
  first.end()
  await third.step
  assert.deepEqual([runner.get(id).state, runner.get(id).paused], ['queued', true])
  runner.resume(id)
  assert.equal(runner.get(id).state, 'queued')
  third.end()
  await state(thirdId, 'done')
  await second.step
  second.end()
  await state(id, 'done')
})

test('a paused run takes none of the four places but keeps its machine to itself', async () => {
  const { runner } = rig()
  await using _ = runner
  const jobs = Array.from({ length: 6 }, job)
  const keys = ['m0', 'm1', 'm2', 'm3', 'm4', 'm0']
  const ids = jobs.map((each, at) => runner.start(order(each.work, [keys[at] ?? ''])))
  await Promise.all(jobs.slice(0, 4).map((each) => each.step))
  runner.pause(ids[0] ?? '')
  await jobs[4]?.step
  assert.equal(runner.get(ids[5] ?? '').state, 'queued')
  for (const each of jobs) each.end()
})

test('a job that ends although it is paused is done, and not paused any more', async () => {
  const { runner, state } = rig()
  await using _ = runner
  const one = job()
  const id = runner.start(order(one.work))
  await one.step
  runner.pause(id)
  one.end()
  assert.equal((await state(id, 'done')).paused, false)
  runner.pause(id)
  runner.resume(id)
  assert.equal(runner.get(id).state, 'done')
})

test('a pause that cannot be recorded is no pause', async () => {
  const failing = records((run) => {
    if (run.paused) throw new Failure('no-space', 'the catalog is full')
  })
  const { runner, state } = rig(failing)
  await using _ = runner
  const work = ranges(3)
  let refused: unknown
  work.onRange = (done) => {
    if (done !== 1) return
    try {
      runner.pause(id)
    } catch (thrown) {
      refused = thrown
    }
  }
  const id = runner.start(order(work.work))
  await state(id, 'done')
  assert.ok(refused instanceof Failure && refused.code === 'no-space')
  assert.equal(work.done, 3)
})

test('a run of another process is paused there, one that nobody knows is run-not-found', () => {
  const kept = records()
  const alive = thisOwner()
  const runner = new Runner({ records: kept, owner: alive, clock: systemClock, log: silentLog, emit() {} })
  const { work: _, keys: __, ...facts } = order(async () => ({}))
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  const run = {
    ...facts,
    id: '2'.repeat(32),
    state: 'running',
    queuedAt: 1,
    progress,
    disks: [],
    warnings: [],
  } as const
  kept.put({ run: { ...run, disks: [], warnings: [] }, owner: alive, draftPoint: undefined })
  assert.throws(() => runner.pause(run.id), { code: 'invalid-argument' })
  assert.throws(() => runner.resume(run.id), { code: 'invalid-argument' })
  assert.throws(() => runner.pause('0'.repeat(32)), { code: 'run-not-found' })
  assert.deepEqual(
    runner.underWay().map((each) => each.run.id),
    [run.id],
  )
})

test('a run that was paused when its engine died is not paused any more', () => {
  const kept = records()
  const { work: _, keys: __, ...facts } = order(async () => ({}))
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  const run = { ...facts, id: '1'.repeat(32), state: 'running', paused: true, queuedAt: 1, progress } as const
  kept.put({ run: { ...run, disks: [], warnings: [] }, owner: '1 gone gone', draftPoint: undefined })
  const runner = new Runner({ records: kept, owner: thisOwner(), clock: systemClock, log: silentLog, emit() {} })
  const { state, paused, failure } = runner.get(run.id)
  assert.deepEqual([state, paused, failure?.code], ['failed', false, 'engine-died'])
})

function untilAborted(_ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve()))
}
