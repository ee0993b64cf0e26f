import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { Clock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { Supervisor, type Verdict } from './retry.ts'
import { Throttle } from './throttle.ts'
import { Turns } from './turns.ts'

const signal = new AbortController().signal

/** Time that passes only by sleeping: every sleeper wakes in its turn once nothing else is to be done. */
function simulatedClock(): Clock {
  const sleepers: { readonly at: number; wake(): void }[] = []
  let now = 0
  let isTurning = false
  const turn = (): void => {
    isTurning = false
    sleepers.sort((a, b) => a.at - b.at)
    const next = sleepers.shift()
    if (next === undefined) return
    now = Math.max(now, next.at)
    next.wake()
    schedule()
  }
  const schedule = (): void => {
    if (isTurning) return
    isTurning = true
    setImmediate(turn)
  }
  return {
    now: () => now,
    elapsed: () => now,
    sleep(ms, until) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      if (until.aborted) reject(until.reason)
      const sleeper = { at: now + ms, wake: resolve }
      until.addEventListener('abort', () => {
        const at = sleepers.indexOf(sleeper)
        if (at >= 0) sleepers.splice(at, 1)
        reject(until.reason)
      })
      sleepers.push(sleeper)
      schedule()
      return promise
    },
  }
}

const gone = new Failure('repository-unreachable', 'gone')
const wait: Verdict = { kind: 'wait', failure: gone }

type Outage = { readonly from: number; readonly until: number }

function supervised(clock: Clock, outage: Outage, patienceMs: number) {
  const asked: number[] = []
  const isDown = (): boolean => clock.elapsed() >= outage.from && clock.elapsed() < outage.until
  const supervisor = new Supervisor({
    clock,
    patienceMs,
    log: silentLog,
    verdictOf: (thrown) => (thrown === gone ? wait : { kind: 'end', thrown }),
    async isUp() {
      asked.push(clock.elapsed())
      return !isDown()
    },
  })
  const attempt = async (): Promise<number> => {
    if (isDown()) throw gone
    return clock.elapsed()
  }
  return { supervisor, asked, attempt }
}

for (const minutes of [2, 10]) {
  test(`an outage of ${minutes} minutes is survived by all, and all go on within ten seconds after it`, async () => {
    const clock = simulatedClock()
    const outage = { from: 0, until: minutes * 60_000 }
    const { supervisor, attempt, asked } = supervised(clock, outage, 15 * 60_000)
    const ended = await Promise.all(Array.from({ length: 50 }, () => supervisor.run(attempt, signal)))
    for (const at of ended)
      assert.ok(at >= outage.until && at <= outage.until + 10_000, `${at - outage.until} ms after`)
    assert.ok(asked.length <= 10 + outage.until / 2500, `${asked.length} questions`)
  })
}

test('patience ends, counted from the first failure, and the failure is what the request saw', async () => {
  const clock = simulatedClock()
  const { supervisor, attempt } = supervised(clock, { from: 0, until: Number.POSITIVE_INFINITY }, 60_000)
  await assert.rejects(supervisor.run(attempt, signal), gone)
  assert.ok(clock.elapsed() >= 60_000 && clock.elapsed() <= 75_000, `${clock.elapsed()}`)
})

test('a wrong answer is asked for again four times and no more, an answer not at all', async () => {
  const clock = simulatedClock()
  let attempts = 0
  const supervisor = new Supervisor({
    clock,
    patienceMs: 1e9,
    log: silentLog,
    isUp: async () => true,
    verdictOf: (thrown) => (thrown === 'answer' ? { kind: 'end', thrown } : { kind: 'again', failure: gone }),
  })
  const failing = (thrown: unknown) => async (): Promise<never> => {
    attempts++
    throw thrown
  }
  await assert.rejects(supervisor.run(failing('wrong'), signal), gone)
  assert.equal(attempts, 4)
  await assert.rejects(supervisor.run(failing('answer'), signal), (thrown) => thrown === 'answer')
  assert.equal(attempts, 5)
})

test('an abort ends the waiting at once, and closing ends it with the failure', async () => {
  const clock = simulatedClock()
  const { supervisor, attempt } = supervised(clock, { from: 0, until: Number.POSITIVE_INFINITY }, 1e9)
  const enough = new AbortController()
  const waiting = supervisor.run(attempt, enough.signal)
  await clock.sleep(10_000, signal)
  enough.abort(new Error('enough'))
  await assert.rejects(waiting, { message: 'enough' })
  const closing = supervisor.run(attempt, signal)
  await clock.sleep(10_000, signal)
  supervisor.close()
  await assert.rejects(closing, gone)
})

test('nobody asks whether the store is up once nobody waits for it', async () => {
  const clock = simulatedClock()
  const { supervisor, attempt, asked } = supervised(clock, { from: 0, until: Number.POSITIVE_INFINITY }, 20_000)
  await assert.rejects(supervisor.run(attempt, signal), gone)
  await clock.sleep(60_000, signal)
  const before = asked.length
  await clock.sleep(600_000, signal)
  assert.equal(asked.length, before)
})

test('a rate may change and a pause may come while bytes wait', async () => {
  const clock = simulatedClock()
  const throttle = new Throttle(clock, 1000)
  await throttle.take(1000, signal)
  const second = throttle.take(1000, signal)
  throttle.setRate(1_000_000)
  await second
  assert.ok(clock.elapsed() < 500, `${clock.elapsed()}`)
  throttle.pause()
  const third = throttle.take(1, signal)
  await clock.sleep(5000, signal)
  throttle.resume()
  await third
  assert.ok(clock.elapsed() >= 5000)
})

test('no more than the places are taken at once, and a place that nobody waits for any more is free again', async () => {
  const turns = new Turns(2)
  const open = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  let most = 0
  let now = 0
  const work = (until: Promise<void>) => async (): Promise<void> => {
    most = Math.max(most, ++now)
    await until
    now--
  }
  const first = open.map(({ promise }) => turns.take(work(promise), signal))
  const enough = new AbortController()
  const given = turns.take(work(Promise.resolve()), enough.signal)
  const later = turns.take(work(Promise.resolve()), signal)
  enough.abort(new Error('enough'))
  await assert.rejects(given, { message: 'enough' })
  for (const each of open) each.resolve()
  await Promise.all([...first, later])
  assert.equal(most, 2)
})
