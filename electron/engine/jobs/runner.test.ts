import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { Outcome } from './order.ts'
import { thisOwner } from './owner.ts'
import { job, order, records, rig } from './runner.suite.ts'
import { Runner } from './runner.ts'

test('a run goes from queued over running to done and carries what its job said', async () => {
  const { runner, events, state } = rig()
  await using _ = runner
  const one = job()
  const id = runner.start(order(one.work))
  const step = await one.step
  step.say([{ name: 'vda', how: 'full', cause: 'first-point', why: 'First.' }])
  step.warn('Careful.')
  step.meter.add('bytesRead', 42)
  one.end({ pointId: 'e'.repeat(32) })
  const run = await state(id, 'done')
  assert.deepEqual(
    events.map((each) => each.state),
    ['queued', 'running', 'done'],
  )
  assert.equal(run.pointId, 'e'.repeat(32))
  assert.equal(run.disks[0]?.name, 'vda')
  assert.deepEqual(run.warnings, ['Careful.'])
  assert.equal(run.progress.bytesRead, 42)
  assert.ok(run.endedAt !== undefined && run.endedAt >= run.queuedAt)
})

test('done is said only after it was recorded', async () => {
  const log: string[] = []
  const kept = records((run) => log.push(`kept ${run.state}`))
  const done = Promise.withResolvers<void>()
  const runner = new Runner({
    records: kept,
    owner: thisOwner(),
    clock: systemClock,
    log: silentLog,
    emit: (run) => {
      log.push(`said ${run.state}`)
      if (run.state === 'done') done.resolve()
    },
  })
  await using _ = runner
  runner.start(order(async () => ({})))
  await done.promise
  assert.deepEqual(log, ['kept queued', 'said queued', 'kept running', 'said running', 'kept done', 'said done'])
})

test('a queued run that is cancelled never starts', async () => {
  const { runner, state } = rig()
  await using _ = runner
  const first = job()
  let started = false
  runner.start(order(first.work))
  const id = runner.start(
    order(async () => {
      started = true
      return {}
    }),
  )
  runner.cancel(id)
  await state(id, 'cancelled')
  first.end()
  assert.equal(started, false)
})

test('a running one is cancelling until its job has cleaned up', async () => {
  const { runner, state, events } = rig()
  await using _ = runner
  const cleaned = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const id = runner.start(
    order(async (step) => {
      begun.resolve()
      await new Promise((resolve) => step.signal.addEventListener('abort', resolve))
      await cleaned.promise
      throw new Failure('disk-unreadable', 'the connection was closed')
    }),
  )
  await begun.promise
  runner.cancel(id)
  assert.equal(runner.get(id).state, 'cancelling')
  cleaned.resolve()
  const run = await state(id, 'cancelled')
  assert.deepEqual(run.warnings, ['the connection was closed'])
  assert.deepEqual(
    events.map((each) => each.state),
    ['queued', 'running', 'cancelling', 'cancelled'],
  )
})

test('a job that was already safe when the cancel came is done', async () => {
  const { runner, state } = rig()
  await using _ = runner
  const begun = Promise.withResolvers<void>()
  const committed = Promise.withResolvers<Outcome>()
  const id = runner.start(
    order(() => {
      begun.resolve()
      return committed.promise
    }),
  )
  await begun.promise
  runner.cancel(id)
  committed.resolve({ pointId: 'e'.repeat(32) })
  await state(id, 'done')
})

test('a foreseen failure keeps its code, anything else is a bug; the next run goes on', async () => {
  const { runner, state } = rig()
  await using _ = runner
  const full = runner.start(order(() => Promise.reject(new Failure('no-space', 'full'))))
  const odd = runner.start(order(() => Promise.reject(new TypeError('x is not a function'))))
  assert.deepEqual((await state(full, 'failed')).failure, { code: 'no-space', message: 'full' })
  assert.equal((await state(odd, 'failed')).failure?.code, 'bug')
})

test('a run whose end cannot be recorded is failed, and the next one still runs', async () => {
  const failing = records((run) => {
    if (run.state === 'done' && run.machineName === 'doomed') throw new Failure('no-space', 'the catalog is full')
  })
  const { runner, state } = rig(failing)
  await using _ = runner
  const doomed = runner.start({ ...order(async () => ({})), machineName: 'doomed' })
  const next = runner.start(order(async () => ({})))
  assert.equal((await state(doomed, 'failed')).failure?.code, 'no-space')
  await state(next, 'done')
})

test('progress is said at most once per tick of the clock', async () => {
  const ticks: (() => void)[] = []
  const clock: Clock = { ...systemClock, sleep: (_ms, signal) => untilTick(ticks, signal) }
  const { runner, events, until } = rig(records(), clock)
  await using _ = runner
  const one = job()
  runner.start(order(one.work))
  const step = await one.step
  for (let count = 0; count < 1000; count++) step.meter.add('bytesRead', 1)
  assert.equal(events.length, 2)
  ticks.shift()?.()
  const run = await until((each) => each.progress.bytesRead === 1000)
  assert.equal(run.state, 'running')
  assert.equal(events.length, 3)
  one.end()
})

test('runs of an engine that died are failed at the next start, those of a living one are not', () => {
  const kept = records()
  const alive = thisOwner()
  const base = { kind: 'backup', queuedAt: 1, disks: [], warnings: [] } as const
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  const run = { ...base, disks: [], warnings: [], progress }
  kept.put({ run: { ...run, id: '1'.repeat(32), state: 'running' }, owner: '1 gone gone', draftPoint: undefined })
  kept.put({ run: { ...run, id: '2'.repeat(32), state: 'queued' }, owner: alive, draftPoint: 'f'.repeat(32) })
  const runner = new Runner({ records: kept, owner: alive, clock: systemClock, log: silentLog, emit() {} })
  assert.equal(runner.get('1'.repeat(32)).failure?.code, 'engine-died')
  assert.equal(runner.get('2'.repeat(32)).state, 'queued')
  assert.equal(runner.isUnderWay('f'.repeat(32)), true)
  assert.equal(runner.isUnderWay('e'.repeat(32)), false)
  assert.throws(
    () => runner.cancel('2'.repeat(32)),
    (thrown) => thrown instanceof Failure && thrown.code === 'invalid-argument',
  )
})

test('closing cancels what runs and what waits, and waits for both', async () => {
  const { runner } = rig()
  const [running, waiting] = [job(), job()]
  const first = runner.start(order(running.work))
  const second = runner.start(order(waiting.work))
  await running.step
  await runner[Symbol.asyncDispose]()
  assert.equal(runner.get(first).state, 'cancelled')
  assert.equal(runner.get(second).state, 'cancelled')
  assert.throws(() => runner.start(order(waiting.work)), /closing/)
})

test('a run that nobody knows is run-not-found', async () => {
  const { runner } = rig()
  await using _ = runner
  for (const ask of [() => runner.get('0'.repeat(32)), () => runner.cancel('0'.repeat(32))]) {
    assert.throws(ask, (thrown) => thrown instanceof Failure && thrown.code === 'run-not-found')
  }
})

function untilTick(ticks: (() => void)[], signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    ticks.push(resolve)
    signal.addEventListener('abort', () => resolve())
  })
}

test('a run whose end could not be recorded has failed all the same, and is recorded as soon as that can be', async () => {
  let isFull = false
  const kept = records(() => {
    if (isFull) throw new Error('the disk is full')
  })
  const { runner, state } = rig(kept)
  await using _ = runner
  const one = job()
  const id = runner.start(order(one.work))
  await one.step
  isFull = true
  one.end()
  await state(id, 'failed')
  assert.deepEqual(
    [runner.get(id).state, kept.get(id)?.state, runner.list(1)[0]?.state],
    ['failed', 'running', 'failed'],
  )
  isFull = false
  runner.endOrphans()
  assert.equal(kept.get(id)?.state, 'failed')
})
