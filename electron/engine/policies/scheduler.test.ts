import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import type { Method } from '../../../shared/point.ts'
import type { PolicyWish, Rule } from '../../../shared/policy.ts'
import type { Clock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { type Catalog, openCatalog } from '../catalog/catalog.ts'
import type { PolicyRecord } from '../catalog/policies.ts'
import { Scheduler, type SchedulerOptions } from './scheduler.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const policyId = 'c'.repeat(32)
/** A Wednesday, noon by the local clock, far from any change to daylight saving. */
const noon = new Date(2026, 0, 14, 12, 0).getTime()

type Sleeper = { readonly until: number; wake(): void }

/** The wall's time can be set; sleeping goes by a time that only ever passes. */
class TestClock implements Clock {
  #wall = noon
  #passed = 0
  readonly #sleepers = new Set<Sleeper>()
  readonly naps: number[] = []

  now(): number {
    return this.#wall
  }

  elapsed(): number {
    return this.#passed
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.naps.push(ms)
    return new Promise((resolve, reject) => {
      const sleeper = { until: this.#passed + ms, wake: resolve }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper)
        reject(signal.reason)
      })
    })
  }

  set(now: number): void {
    this.#wall = now
  }

  /** The machine sleeps: the wall goes on, timers do not. */
  suspend(ms: number): void {
    this.#wall += ms
  }

  async pass(ms: number): Promise<void> {
    const end = this.#passed + ms
    for (;;) {
      await turn()
      const next = [...this.#sleepers].sort((a, b) => a.until - b.until)[0]
      if (next === undefined || next.until > end) break
      this.#go(next.until)
      this.#sleepers.delete(next)
      next.wake()
    }
    this.#go(end)
    await turn()
  }

  #go(to: number): void {
    this.#wall += to - this.#passed
    this.#passed = to
  }
}

function daily(hour: number, method: Method = 'incremental', minute = 0): Rule {
  return { method, on: { kind: 'every-day' }, hour, minute }
}

function wishOf(rules: readonly Rule[], enabled = true): PolicyWish {
  const retention = { last: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }
  const repositoryId = 'a'.repeat(32)
  return {
    name: 'nightly',
    enabled,
    machineIds: [],
    excluded: [],
    freeze: true,
    repositoryId,
    rules: [...rules],
    retention,
  }
}

type Rig = Disposable & {
  readonly clock: TestClock
  readonly catalog: Catalog
  /** What was started, as hours since noon with the method. */
  readonly started: string[]
  save(rules: readonly Rule[], enabled?: boolean): void
  policy(): PolicyRecord
  scheduler(over?: Partial<SchedulerOptions>): Scheduler
}

function rig(): Rig {
  const home = mkdtempSync(join(tmpdir(), 'scheduler-'))
  const clock = new TestClock()
  const catalog = openCatalog(home, clock, silentLog)
  const started: string[] = []
  const start: SchedulerOptions['start'] = async (_policy, method) => {
    started.push(`${((clock.now() - noon) / hourMs).toFixed(2)} ${method}`)
    return undefined
  }
  const common = { policies: catalog.policies, clock, log: silentLog, start, onChange() {} }
  return {
    clock,
    catalog,
    started,
    save: (rules, enabled) => catalog.policies.save(policyId, wishOf(rules, enabled), clock.now()),
    policy: () => catalog.policies.get(policyId) as PolicyRecord,
    scheduler: (over = {}) => new Scheduler({ ...common, ...over }),
    [Symbol.dispose]() {
      catalog[Symbol.dispose]()
      rmSync(home, { recursive: true })
    },
  }
}

test('a policy is started at its minute, once, and again on the next day', async () => {
  using at = rig()
  at.save([daily(14), daily(2, 'full', 30)])
  await using _ = at.scheduler()
  await at.clock.pass(2 * hourMs - 1)
  assert.deepEqual(at.started, [])
  await at.clock.pass(1)
  assert.deepEqual(at.started, ['2.00 incremental'])
  assert.equal(at.policy().lastAt, noon + 2 * hourMs)
  await at.clock.pass(24 * hourMs)
  assert.deepEqual(at.started, ['2.00 incremental', '14.50 full', '26.00 incremental'])
})

test('no nap is longer than a minute, however far away the next start is', async () => {
  using at = rig()
  at.save([{ ...daily(2), on: { kind: 'month-day', day: 1 } }])
  await using _ = at.scheduler()
  await at.clock.pass(hourMs)
  assert.ok(at.clock.naps.length >= 60)
  assert.equal(Math.max(...at.clock.naps), minuteMs)
})

test('what was missed while the machine slept is made up for once, by the method that reads most', async () => {
  using at = rig()
  at.save([daily(14), daily(15, 'full'), daily(16, 'differential')])
  await using _ = at.scheduler()
  await at.clock.pass(minuteMs)
  at.clock.suspend(3 * dayMs)
  await at.clock.pass(minuteMs)
  assert.equal(at.started.length, 1)
  assert.match(at.started[0] ?? '', /full$/)
  await at.clock.pass(hourMs)
  assert.equal(at.started.length, 1)
})

test('an engine that starts after days off makes up once for each policy', async () => {
  using at = rig()
  at.save([daily(14)])
  at.clock.set(noon + 5 * dayMs)
  await using _ = at.scheduler()
  await at.clock.pass(hourMs)
  assert.deepEqual(at.started, ['120.00 incremental'])
})

test('times before a policy was saved are never made up for', async () => {
  using at = rig()
  at.save([daily(11)])
  await using _ = at.scheduler()
  await at.clock.pass(22 * hourMs)
  assert.deepEqual(at.started, [])
  await at.clock.pass(hourMs)
  assert.deepEqual(at.started, ['23.00 incremental'])
})

test('a clock that goes back three hours starts nothing a second time', async () => {
  using at = rig()
  at.save([daily(14)])
  await using _ = at.scheduler()
  await at.clock.pass(2.5 * hourMs)
  at.clock.set(at.clock.now() - 3 * hourMs)
  await at.clock.pass(20 * hourMs)
  assert.deepEqual(at.started, ['2.00 incremental'])
  await at.clock.pass(7 * hourMs)
  assert.deepEqual(at.started, ['2.00 incremental', '26.00 incremental'])
})

test('a clock that jumps forty days ahead starts once, and once it is set right the days go on', async () => {
  using at = rig()
  at.save([daily(14)])
  await using _ = at.scheduler()
  await at.clock.pass(hourMs)
  at.clock.set(at.clock.now() + 40 * dayMs)
  await at.clock.pass(minuteMs)
  assert.equal(at.started.length, 1)
  at.clock.set(at.clock.now() - 40 * dayMs)
  await at.clock.pass(2 * dayMs)
  assert.deepEqual(at.started.slice(1), ['2.00 incremental', '26.00 incremental'])
})

test('a policy that is switched off waits, and has missed nothing when it is switched on', async () => {
  using at = rig()
  at.save([daily(14)], false)
  await using scheduler = at.scheduler()
  await at.clock.pass(dayMs)
  assert.deepEqual(at.started, [])
  at.save([daily(14)])
  scheduler.wake()
  await at.clock.pass(hourMs)
  assert.deepEqual(at.started, [])
  await at.clock.pass(hourMs)
  assert.deepEqual(at.started, ['26.00 incremental'])
})

test('rules that were changed count from the change on, and no nap is slept to its end first', async () => {
  using at = rig()
  at.clock.set(noon + minuteMs / 2)
  at.save([daily(20)])
  await using scheduler = at.scheduler()
  await at.clock.pass(1000)
  at.save([daily(11), daily(12, 'full', 1)])
  scheduler.wake()
  await at.clock.pass(29_000)
  assert.deepEqual(at.started, ['0.02 full'])
  await at.clock.pass(9 * hourMs)
  assert.equal(at.started.length, 1)
})

test('two engines on one home make one start', async () => {
  using at = rig()
  at.save([daily(14), daily(15)])
  await using _ = at.scheduler()
  await using __ = at.scheduler()
  await at.clock.pass(4 * hourMs)
  assert.deepEqual(at.started, ['2.00 incremental', '3.00 incremental'])
})

test('an engine that was beaten to a start makes none', async () => {
  using at = rig()
  at.save([daily(14), daily(15)])
  const { policies } = at.catalog
  let isBeaten = true
  const list: SchedulerOptions['policies']['list'] = () => {
    const seen = policies.list()
    const now = at.clock.now()
    if (isBeaten && now >= noon + 2 * hourMs) isBeaten = !policies.claim(at.policy(), now, true)
    return seen
  }
  await using _ = at.scheduler({ policies: { ...policies, list } })
  await at.clock.pass(4 * hourMs)
  assert.deepEqual(at.started, ['3.00 incremental'])
})

test('a start is settled before its runs begin, so that a crash in them repeats nothing', async () => {
  using at = rig()
  at.save([daily(14)])
  const seen: (number | undefined)[] = []
  const start = async () => {
    seen.push(at.policy().lastAt)
    throw new Error('the end of the engine')
  }
  {
    await using _ = at.scheduler({ start })
    await at.clock.pass(3 * hourMs)
  }
  await using _ = at.scheduler({ start })
  await at.clock.pass(hourMs)
  assert.deepEqual(seen, [noon + 2 * hourMs])
})

test('why nothing could be started stands with the policy until a start goes well', async () => {
  using at = rig()
  at.save([daily(14), daily(15), daily(16)])
  const answers: (() => string | undefined)[] = [
    () => 'The share is gone',
    () => {
      throw new Error('planted')
    },
    () => undefined,
  ]
  let changes = 0
  await using _ = at.scheduler({ start: async () => answers.shift()?.(), onChange: () => changes++ })
  await at.clock.pass(2.5 * hourMs)
  assert.equal(at.policy().problem, 'The share is gone')
  await at.clock.pass(hourMs)
  assert.equal(at.policy().problem, 'planted')
  await at.clock.pass(hourMs)
  assert.equal(at.policy().problem, undefined)
  assert.equal(changes, 6)
})

test('a catalog that refuses to be written starts nothing, and is asked again', async () => {
  using at = rig()
  at.save([daily(14)])
  let refusals = 3
  const claim: SchedulerOptions['policies']['claim'] = (...claimed) => {
    if (refusals-- > 0) throw new Error('disk full')
    return at.catalog.policies.claim(...claimed)
  }
  await using _ = at.scheduler({ policies: { ...at.catalog.policies, claim } })
  await at.clock.pass(2 * hourMs + 1)
  assert.deepEqual(at.started, [])
  await at.clock.pass(4 * minuteMs)
  assert.equal(at.started.length, 1)
})

test('closing stops a start under way and leaves no problem behind', async () => {
  using at = rig()
  at.save([daily(14)])
  const stopped = Promise.withResolvers<string>()
  const start: SchedulerOptions['start'] = (_policy, _method, signal) =>
    new Promise((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        stopped.resolve('stopped')
        reject(signal.reason)
      }),
    )
  {
    await using _ = at.scheduler({ start })
    await at.clock.pass(3 * hourMs)
  }
  assert.equal(await stopped.promise, 'stopped')
  assert.equal(at.policy().problem, undefined)
})
