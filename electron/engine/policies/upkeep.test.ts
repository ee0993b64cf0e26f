import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import Database from 'better-sqlite3'
import type { Clock } from '../base/clock.ts'
import { type Log, silentLog } from '../base/log.ts'
import { claimTable } from '../catalog/claims.ts'
import { migrate } from '../catalog/database.ts'
import { claims as claimMigration } from '../catalog/migrations/009-claims.ts'
import { type Chore, Upkeep } from './upkeep.ts'

const dayMs = 86_400_000

/** Each nap ends when the test says so; the wall's time is the test's. */
class NapClock implements Clock {
  wall = 1_800_000_000_000
  #wake: (() => void) | undefined
  now(): number {
    return this.wall
  }
  elapsed(): number {
    return this.wall
  }
  sleep(_ms: number, signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#wake = resolve
    signal.addEventListener('abort', () => reject(signal.reason))
    return promise
  }
  async pass(ms: number): Promise<void> {
    this.wall += ms
    this.#wake?.()
    await turn()
  }
}

function claims() {
  const database = new Database(':memory:')
  migrate(database, [claimMigration])
  return claimTable(database)
}

function rig(chore: Partial<Chore> = {}, table = claims(), clock = new NapClock(), log: Log = silentLog) {
  const started: number[] = []
  const start = (): void => void started.push(clock.wall)
  const chores = (): readonly Chore[] => [{ name: 'sweep', everyMs: dayMs, start, ...chore }]
  return { started, clock, table, upkeep: new Upkeep({ claims: table, clock, log, chores }) }
}

test('a chore is begun when its time has passed since it was first seen, and again after as long', async () => {
  const { started, clock, upkeep } = rig()
  await using _ = upkeep
  await clock.pass(dayMs - 1)
  assert.equal(started.length, 0)
  await clock.pass(1)
  assert.equal(started.length, 1)
  await clock.pass(dayMs - 1)
  assert.equal(started.length, 1)
  await clock.pass(1)
  assert.equal(started.length, 2)
})

test('what a person did meanwhile counts, and what a clock of the future says does not', async () => {
  const clock = new NapClock()
  const doneAt = clock.wall + dayMs - 1
  const { started, upkeep } = rig({ doneAt }, claims(), clock)
  await using _ = upkeep
  await clock.pass(dayMs)
  assert.equal(started.length, 0)
  await clock.pass(dayMs)
  assert.equal(started.length, 1)
})

test('of two engines on one home one begins it', async () => {
  const table = claims()
  const clocks = [new NapClock(), new NapClock()]
  const [one, other] = clocks.map((clock) => rig({}, table, clock))
  assert.ok(one !== undefined && other !== undefined)
  await using _ = one.upkeep
  await using __ = other.upkeep
  for (const clock of clocks) await clock.pass(dayMs)
  assert.equal(one.started.length + other.started.length, 1)
})

test('a start that was claimed is not repeated by the engine that comes after a crash', async () => {
  const table = claims()
  const first = rig({}, table)
  await first.clock.pass(dayMs)
  await first.upkeep[Symbol.asyncDispose]()
  const clock = new NapClock()
  clock.wall = first.clock.wall
  const second = rig({}, table, clock)
  await using _ = second.upkeep
  await clock.pass(dayMs - 1)
  assert.deepEqual([first.started.length, second.started.length], [1, 0])
})

test('a clock that was wrong by years silences nothing for years', async () => {
  const table = claims()
  table.claim('sweep', undefined, 1_800_000_000_000 + 3650 * dayMs)
  const { started, clock, upkeep } = rig({}, table)
  await using _ = upkeep
  await clock.pass(dayMs)
  assert.equal(started.length, 1)
})

test('one chore that cannot be begun keeps none of the others from it, and is told in the log', async () => {
  const errors: string[] = []
  const log = { ...silentLog, error: (message: string) => void errors.push(message) }
  const clock = new NapClock()
  let started = 0
  const broken = { name: 'a', everyMs: dayMs, start: () => assert.fail('broken') }
  const chores = (): readonly Chore[] => [broken, { name: 'b', everyMs: dayMs, start: () => void started++ }]
  await using _ = new Upkeep({ claims: claims(), clock, log, chores })
  await clock.pass(dayMs)
  assert.deepEqual([started, errors.length], [1, 1])
})
