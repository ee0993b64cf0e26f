import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { EventName, EventValue } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { Connection } from '../../shared/wire.ts'
import { dayMs, facts, machine, point, repository, run } from './fake-facts.ts'
import type { Facts, Overview } from './overview.ts'
import { Watching } from './watching.ts'

const now = 100 * dayMs

/** An engine that answers from `world`, counts what it is asked, and says events on demand. */
function engine(world: Facts) {
  const asked: string[] = []
  const listeners = new Map<string, (value: never) => void>()
  const answering =
    <T>(name: string, answer: () => T) =>
    async (): Promise<T> => {
      asked.push(name)
      return answer()
    }
  const state = { world, listPolicies: () => [...state.world.policies] }
  const calls = {
    getSettings: answering('getSettings', () => state.world.settings),
    listMachines: answering('listMachines', () => [...state.world.machines]),
    listRepositories: answering('listRepositories', () => [...state.world.repositories]),
    listPolicies: answering('listPolicies', () => state.listPolicies()),
    listRuns: answering('listRuns', () => [...state.world.runs]),
    listPoints: async ({ machineId }: { machineId: string }) => {
      asked.push(`listPoints ${machineId[0]}`)
      return [...(state.world.points.get(machineId) ?? [])]
    },
  }
  const on = (name: string, listener: (value: never) => void) => void listeners.set(name, listener)
  const say = <N extends EventName>(name: N, value: EventValue<N>): void => listeners.get(name)?.(value as never)
  return { connection: { calls, on } as unknown as Connection<AbortSignal>, asked, say, state }
}

function watch(world: Facts) {
  const twin = engine(world)
  const looks: Overview[] = []
  let time = now
  const watching = new Watching({
    engine: twin.connection,
    now: () => time,
    onLook: (overview) => void looks.push(overview),
    gatherMs: 0,
    everyMs: 1_000_000_000,
  })
  const until = async (holds: () => boolean): Promise<void> => {
    for (let turn = 0; !holds(); turn++) {
      assert.ok(turn < 100_000, `asked ${twin.asked.join()}; last look ${looks.at(-1)?.light}`)
      await setImmediate()
    }
  }
  const pass = (ms: number): void => {
    time += ms
  }
  return { ...twin, watching, looks, until, pass }
}

const world = facts({
  machines: [machine('a'), machine('b')],
  points: new Map([
    [machine('a').id, [point('a', now - 3 * dayMs), point('a', now - 5)]],
    [machine('b').id, [point('b', now - 5)]],
  ]),
  repositories: [repository()],
})

test('after a first look at everything only what an event names is asked for again', async () => {
  const { watching, looks, until, asked, say, state } = watch(world)
  using _ = watching
  await until(() => looks.length === 1)
  assert.equal(looks[0]?.light, 'protected')
  const lists = ['getSettings', 'listMachines', 'listRepositories', 'listPolicies', 'listRuns']
  assert.deepEqual(asked.splice(0), [...lists, 'listPoints a', 'listPoints b'])
  state.world = { ...world, repositories: [{ ...repository(), state: 'unreachable' }] }
  say('repositoriesChanged', null)
  say('repositoriesChanged', null)
  await until(() => looks.length === 2)
  assert.equal(looks[1]?.light, 'unprotected')
  assert.deepEqual(asked, ['listRepositories'])
})

test('points are asked for once a minute at most, those of a machine whose run has ended at once', async () => {
  const { watching, looks, until, asked, say, pass } = watch(world)
  using _ = watching
  await until(() => looks.length === 1)
  asked.length = 0
  say('pointsChanged', null)
  await until(() => looks.length === 2)
  assert.deepEqual(asked, [])
  say('run', run('done'))
  await until(() => looks.length === 3)
  assert.deepEqual(asked.splice(0), ['listPoints a'])
  pass(60_000)
  say('pointsChanged', null)
  await until(() => looks.length === 4)
  assert.deepEqual(asked, ['listPoints a', 'listPoints b'])
})

test('the progress of a run is no reason to look, its beginning and its end are', async () => {
  const { watching, looks, until, say } = watch(world)
  using _ = watching
  await until(() => looks.length === 1)
  say('run', run('running', { id: '1'.repeat(32) }))
  assert.equal(watching.underWay, 1)
  await until(() => looks.length === 2)
  assert.equal(looks[1]?.underWay.length, 1)
  for (let turn = 0; turn < 5; turn++) say('run', run('running', { id: '1'.repeat(32) }))
  for (let turn = 0; turn < 50; turn++) await setImmediate()
  assert.equal(looks.length, 2)
  say('run', run('failed', { id: '1'.repeat(32), endedAt: now }))
  assert.equal(watching.underWay, 0)
  await until(() => looks.length === 3)
  assert.equal(looks[2]?.light, 'at-risk')
})

test('a dead engine shows at once and is over when it is back', async () => {
  const { watching, looks, until } = watch(world)
  using _ = watching
  await until(() => looks.length === 1)
  watching.life(new Failure('engine-died', 'planted'))
  assert.equal(looks.at(-1)?.light, 'engine-dead')
  watching.life(undefined)
  assert.equal(looks.at(-1)?.light, 'protected')
  await until(() => looks.length >= 4)
})

test('a look that fails changes nothing, and what it missed is asked for at the next', async () => {
  const { watching, looks, until, asked, say, state } = watch(world)
  using _ = watching
  await until(() => looks.length === 1)
  const answer = state.listPolicies
  state.listPolicies = () => {
    throw new Failure('engine-died', 'planted')
  }
  say('policiesChanged', null)
  await until(() => looks.length === 2)
  assert.equal(looks[1]?.light, 'protected')
  state.listPolicies = answer
  asked.length = 0
  say('settingsChanged', null)
  await until(() => looks.length === 3)
  assert.deepEqual(asked, ['getSettings', 'listPolicies'])
})

test('nothing is looked at after the end', async () => {
  const { watching, looks, until, say } = watch(world)
  await until(() => looks.length === 1)
  watching[Symbol.dispose]()
  say('settingsChanged', null)
  watching.life(new Failure('engine-died', 'planted'))
  for (let turn = 0; turn < 50; turn++) await setImmediate()
  assert.equal(looks.length, 1)
})
