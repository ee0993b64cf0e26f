import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { isEnded, type Run } from '../../../shared/job.ts'
import type { PolicyWish, Rule } from '../../../shared/policy.ts'
import { MiB } from '../../../shared/units.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, never, openConsole, place } from '../proof/walk.ts'

const shop = '00000000-0000-4000-8000-00000000000a'
const web = '00000000-0000-4000-8000-00000000000b'
const nobody = '00000000-0000-4000-8000-00000000000c'
const minuteMs = 60_000

function fakeHost(): FakeHost {
  const host = new FakeHost()
  for (const [id, name] of [
    [shop, 'shop'],
    [web, 'web'],
  ] as const) {
    const disks = ['vda', 'vdb'].map((disk) => ({ name: disk, sizeBytes: MiB }))
    host.add({ id, name, state: 'off', disks })
  }
  return host
}

/** The wall's time, which a test moves on. */
function movingClock(): Clock & { ahead: number } {
  return {
    ...systemClock,
    ahead: 0,
    now() {
      return systemClock.now() + this.ahead
    },
  }
}

function wishOf(repositoryId: string, over: Partial<PolicyWish> = {}): PolicyWish {
  return {
    name: 'nightly',
    enabled: true,
    machineIds: [shop, web],
    excluded: [],
    freeze: false,
    repositoryId,
    rules: [],
    retention: { last: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
    ...over,
  }
}

async function opened(home: string, options: Parameters<typeof openConsole>[1] = {}): Promise<Console> {
  const host = fakeHost()
  const made = await openConsole(home, { connect: async () => host, ...options })
  await made.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  return made
}

/** Every day at the minute that begins within the next 60 seconds of `clock`. */
function nextMinute(clock: Clock): Rule {
  const at = new Date(clock.now() + minuteMs)
  return { method: 'full', on: { kind: 'every-day' }, hour: at.getHours(), minute: at.getMinutes() }
}

/** Without the reading of file names that follows a backup. */
async function backups(console: Console): Promise<readonly Run[]> {
  return (await console.calls.listRuns({ limit: 100 }, never)).filter(({ kind }) => kind === 'backup')
}

async function untilRuns(console: Console, count: number): Promise<readonly Run[]> {
  for (const until = performance.now() + 20_000; performance.now() < until; await delay(20)) {
    const runs = await backups(console)
    if (runs.length >= count && runs.every(({ state }) => isEnded(state))) return runs
  }
  throw new Error(`There are not ${count} runs that ended`)
}

test('a policy is saved, changed, listed with its next start, and removed', async () => {
  await using at = await place()
  await using console = await opened(at.at('home'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const rules: Rule[] = [{ method: 'full', on: { kind: 'every-day' }, hour: 2, minute: 0 }]
  const wish = wishOf(repositoryId, { rules })
  const { policyId } = await console.calls.savePolicy({ wish }, never)
  await console.calls.savePolicy({ wish: wishOf(repositoryId, { name: 'a first one', enabled: false, rules }) }, never)
  const [first, second] = await console.calls.listPolicies(null, never)
  assert.deepEqual([first?.name, first?.nextAt], ['a first one', undefined])
  assert.deepEqual([second?.id, second?.lastAt, second?.problem], [policyId, undefined, undefined])
  assert.ok((second?.nextAt ?? 0) > Date.now())
  assert.equal(new Date(second?.nextAt ?? 0).getHours(), 2)
  await console.calls.savePolicy({ policyId, wish: { ...wish, name: 'weekly' } }, never)
  assert.deepEqual(
    (await console.calls.listPolicies(null, never)).map(({ name }) => name),
    ['a first one', 'weekly'],
  )
  await console.calls.removePolicy({ policyId }, never)
  await assert.rejects(console.calls.removePolicy({ policyId }, never), { code: 'policy-not-found' })
  await assert.rejects(console.calls.savePolicy({ policyId, wish }, never), { code: 'policy-not-found' })
  const elsewhere = wishOf('0'.repeat(32))
  await assert.rejects(console.calls.savePolicy({ wish: elsewhere }, never), { code: 'repository-not-found' })
  assert.ok(console.said.filter((said) => said.includes('policiesChanged')).length >= 4)
})

test('"run now" backs up each machine as the policy says, and tells which cannot be', async () => {
  await using at = await place()
  await using console = await opened(at.at('home'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const excluded = [{ machineId: shop, disk: 'vdb' }]
  const wish = wishOf(repositoryId, { machineIds: [shop, nobody, web], enabled: false, excluded })
  const { policyId } = await console.calls.savePolicy({ wish }, never)
  const { runIds, failed } = await console.calls.runPolicy({ policyId, method: 'full' }, never)
  assert.deepEqual(
    failed.map(({ machineId, failure }) => [machineId, failure.code]),
    [[nobody, 'machine-not-found']],
  )
  const runs = await Promise.all(runIds.map((id) => console.ended(id)))
  assert.deepEqual(
    runs.map((run) => [run.state, run.machineId, run.policyId, run.disks.map(({ name }) => name)]),
    [
      ['done', shop, policyId, ['vda']],
      ['done', web, policyId, ['vda', 'vdb']],
    ],
  )
})

test('what its rules start is told as started by the policy, at once and only once', async () => {
  await using at = await place()
  const clock = movingClock()
  await using console = await opened(at.at('home'), { clock, unattended: true })
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const wish = wishOf(repositoryId, { rules: [nextMinute(clock)] })
  const { policyId } = await console.calls.savePolicy({ wish }, never)
  clock.ahead += minuteMs
  await console.calls.savePolicy({ policyId, wish: { ...wish, name: 'renamed' } }, never)
  const runs = await untilRuns(console, 2)
  assert.deepEqual(
    runs.map(({ state, policyId: by }) => [state, by]),
    [
      ['done', policyId],
      ['done', policyId],
    ],
  )
  await console.calls.savePolicy({ policyId, wish }, never)
  assert.equal((await backups(console)).length, 2)
  const [policy] = await console.calls.listPolicies(null, never)
  assert.ok((policy?.lastAt ?? 0) > 0)
  assert.equal(policy?.problem, undefined)
})

test('an engine that is not to work unattended starts nothing by rules', async () => {
  await using at = await place()
  const clock = movingClock()
  await using console = await opened(at.at('home'), { clock })
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const wish = wishOf(repositoryId, { rules: [nextMinute(clock)] })
  const { policyId } = await console.calls.savePolicy({ wish }, never)
  clock.ahead += minuteMs
  await console.calls.savePolicy({ policyId, wish }, never)
  const [policy] = await console.calls.listPolicies(null, never)
  assert.equal(policy?.lastAt, undefined)
})

test('a start of which nothing could begin leaves a failed run of each machine and its problem with the policy', async () => {
  await using at = await place()
  const clock = movingClock()
  const host = fakeHost()
  {
    await using console = await opened(at.at('home'), { clock, connect: async () => host })
    const { repositoryId } = await console.createRepository(at.at('repository'))
    await console.backUp(shop, repositoryId)
    await console.calls.savePolicy({ wish: wishOf(repositoryId, { rules: [nextMinute(clock)] }) }, never)
  }
  await rm(at.at('repository'), { recursive: true })
  clock.ahead += minuteMs
  await using console = await openConsole(at.at('home'), { clock, unattended: true, connect: async () => host })
  const runs = (await untilRuns(console, 3)).slice(0, 2)
  assert.deepEqual(new Set(runs.map(({ machineId }) => machineId)), new Set([shop, web]))
  for (const run of runs) assert.equal(run.state, 'failed')
  assert.equal(runs.find(({ machineId }) => machineId === shop)?.machineName, 'shop')
  const [policy] = await console.calls.listPolicies(null, never)
  assert.equal(policy?.problem, runs[0]?.failure?.message)
})

test('a machine whose backup is still under way is left to it by the next start', async () => {
  await using at = await place()
  const clock = movingClock()
  await using console = await opened(at.at('home'), { clock, unattended: true })
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const holding = wishOf(repositoryId, { machineIds: [shop] })
  const held = await console.calls.savePolicy({ wish: holding }, never)
  const { runIds } = await console.calls.runPolicy({ policyId: held.policyId, method: 'full' }, never)
  const runId = runIds[0] ?? ''
  await console.calls.pauseRun({ runId }, never)
  const wish = wishOf(repositoryId, { name: 'other', rules: [nextMinute(clock)] })
  const { policyId } = await console.calls.savePolicy({ wish }, never)
  clock.ahead += minuteMs
  await console.calls.savePolicy({ policyId, wish: { ...wish, name: 'another' } }, never)
  const started = async () =>
    (await console.calls.listRuns({ limit: 9 }, never)).filter((run) => run.policyId === policyId)
  for (const until = performance.now() + 20_000; (await started()).length === 0; await delay(20)) {
    assert.ok(performance.now() < until)
  }
  await console.calls.resumeRun({ runId }, never)
  assert.equal((await console.ended(runId)).state, 'done')
  await untilRuns(console, 2)
  assert.deepEqual(
    (await started()).map(({ machineId }) => machineId),
    [web],
  )
})
