import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { catalogMachineId } from '../../../shared/machine.ts'
import { MiB } from '../../../shared/units.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import type { EngineOptions } from '../engine.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, needPoint, never, openConsole, passphrase, place } from '../proof/walk.ts'
import { memoryStore } from '../store/memory.ts'
import { until } from './until.suite.ts'

const shop = '00000000-0000-4000-8000-00000000000a'
const dayMs = 86_400_000
const address = { kind: 's3', region: 'eu-west-1', bucket: 'backups', prefix: '', pathStyle: false } as const
const account = { accessKeyId: 'AKIA', secretAccessKey: 'canary' }

/** Short waits pass by themselves; those of whoever watches for days end when the test moves the wall's time on. */
class DayClock implements Clock {
  #ahead = 0
  #waiting = Promise.withResolvers<void>()

  now = (): number => systemClock.now() + this.#ahead
  elapsed = (): number => systemClock.elapsed()

  sleep = (ms: number, signal: AbortSignal): Promise<void> => {
    if (ms < 50_000) return systemClock.sleep(ms, signal)
    const { promise, reject } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => reject(signal.reason))
    return Promise.race([this.#waiting.promise, promise])
  }

  /** Whoever waited has looked when it resolves. */
  async pass(ms: number): Promise<void> {
    this.#ahead += ms
    this.#waiting.resolve()
    this.#waiting = Promise.withResolvers<void>()
    await turn()
  }
}

/** A bucket whose clock is the console's: what stands in it grows old with it. */
function bucketsOf(clock: Clock): NonNullable<EngineOptions['buckets']> {
  const store = memoryStore(undefined, clock.now)
  const probe = { checksum: 'refused', versioning: 'on', lock: 'none', listing: true, removal: true } as const
  return { open: async () => store, probe: async () => ({ at: 0, exclusive: true, skewMs: 0, ...probe }) }
}

async function opened(home: string, clock: Clock, unattended: boolean): Promise<Console> {
  const host = new FakeHost()
  host.add({ id: shop, name: 'shop', state: 'off', disks: [{ name: 'vda', sizeBytes: MiB }] })
  const options = { clock, unattended, buckets: bucketsOf(clock), connect: async () => host }
  const made = await openConsole(home, options)
  await made.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  return made
}

async function protectedShop({ calls, backUp }: Console): Promise<string> {
  const { repositoryId } = await calls.createRepository({ address, credentials: account, passphrase }, never)
  const wish = {
    name: 'nightly',
    enabled: true,
    machineIds: [shop],
    excluded: [],
    freeze: false,
    repositoryId,
    rules: [],
    retention: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
    enact: true,
    verifyEveryDays: 1,
  }
  await calls.savePolicy({ wish }, never)
  for (const _ of [1, 2]) needPoint(await backUp(shop, repositoryId, 'full'))
  return repositoryId
}

async function kinds({ calls }: Console): Promise<readonly string[]> {
  const runs = await calls.listRuns({ limit: 100 }, never)
  assert.ok(
    runs.every(({ state }) => state !== 'failed'),
    JSON.stringify(runs.map(({ failure }) => failure)),
  )
  return runs
    .filter(({ endedAt }) => endedAt !== undefined)
    .map(({ kind, machineId }) => `${kind}${machineId === undefined ? '' : ' of a machine'}`)
}

test('what policies and repositories need is done by itself, day by day, and told in runs', async () => {
  await using at = await place()
  const clock = new DayClock()
  await using console = await opened(at.at('home'), clock, true)
  const repositoryId = await protectedShop(console)
  await clock.pass(60_000)
  await clock.pass(dayMs)
  const first = await until(async () => {
    const found = await kinds(console)
    return ['verify', 'retention', 'backup'].every((kind) => found.includes(kind)) ? found : undefined
  })
  assert.ok(!first.includes('sweep') && !first.includes('lock'), first.join())
  assert.equal((await console.calls.listPoints({ machineId: catalogMachineId }, never)).length, 1)
  assert.equal((await console.calls.listPoints({}, never)).length, 1)
  assert.equal((await console.calls.listTrash({ repositoryId }, never)).length, 1)
  await clock.pass(dayMs)
  await until(async () => ((await kinds(console)).includes('sweep') ? true : undefined))
})

test('an engine that ends with its command does nothing by itself', async () => {
  await using at = await place()
  const clock = new DayClock()
  await using console = await opened(at.at('home'), clock, false)
  await protectedShop(console)
  for (const _ of [1, 2, 3]) await clock.pass(8 * dayMs)
  assert.deepEqual(await kinds(console), ['backup of a machine', 'backup of a machine'])
})

test('a catalog that was lost with its machine comes back from a repository, and what it cached is told again', async () => {
  await using at = await place()
  const clock = new DayClock()
  const buckets = bucketsOf(clock)
  let before: unknown
  let repositoryId = ''
  {
    await using console = await openConsole(at.at('home'), {
      clock,
      unattended: true,
      buckets,
      connect: async () => new FakeHost(),
    })
    const { calls } = console
    repositoryId = (await calls.createRepository({ address, credentials: account, passphrase }, never)).repositoryId
    await calls.changeSettings({ quietDays: 9 }, never)
    const wish = {
      name: 'nightly',
      enabled: true,
      machineIds: [shop],
      excluded: [],
      freeze: true,
      repositoryId,
      rules: [],
      retention: { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
    }
    await calls.savePolicy({ wish }, never)
    await clock.pass(60_000)
    await clock.pass(dayMs)
    await until(async () => ((await kinds(console)).includes('backup') ? true : undefined))
    before = await calls.listPolicies(null, never)
    assert.deepEqual(await calls.rebuildCatalog({}, never), { points: 0, repositories: 1, policies: 1 })
  }
  await using console = await openConsole(at.at('other'), { clock, buckets, connect: async () => new FakeHost() })
  const { calls } = console
  await calls.openRepository({ address, credentials: account, unlock: { kind: 'passphrase', passphrase } }, never)
  const rebuilt = await calls.rebuildCatalog({ restoreFrom: repositoryId }, never)
  assert.deepEqual(rebuilt, { points: 0, repositories: 1, policies: 1 })
  assert.deepEqual(await calls.listPolicies(null, never), before)
  assert.equal((await calls.getSettings(null, never)).quietDays, 9)
})
