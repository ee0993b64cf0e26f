import assert from 'node:assert/strict'
import { rename } from 'node:fs/promises'
import { test } from 'node:test'
import type { Run } from '../../../shared/job.ts'
import type { PolicyWish } from '../../../shared/policy.ts'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, needPoint, never, openConsole, place } from '../proof/walk.ts'
import { until } from './until.suite.ts'

const shop = '00000000-0000-4000-8000-00000000000a'

function fakeHost(): FakeHost {
  const host = new FakeHost()
  const disks = [{ name: 'vda', sizeBytes: 2 * MiB }]
  host.add({ id: shop, name: 'shop', state: 'off', disks }).disk('vda').write(0, Buffer.alloc(MiB, 7))
  return host
}

async function opened(home: string, host = fakeHost()): Promise<Console> {
  const made = await openConsole(home, { connect: async () => host })
  await made.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  return made
}

function wishOf(repositoryId: string, over: Partial<PolicyWish>): PolicyWish {
  return {
    name: 'nightly',
    enabled: true,
    machineIds: [shop],
    excluded: [],
    freeze: false,
    repositoryId,
    rules: [],
    retention: { last: 2, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
    ...over,
  }
}

/** All runs there are, once there are `count` of them and none is under way. */
async function settled({ calls }: Console, count: number): Promise<readonly Run[]> {
  return until(async () => {
    const runs = await calls.listRuns({ limit: 100 }, never)
    return runs.length >= count && runs.every(({ endedAt }) => endedAt !== undefined) ? runs : undefined
  })
}

function kindsOf(runs: readonly Run[]): readonly string[] {
  return runs.map(({ kind, state }) => `${kind} ${state}`).toSorted()
}

test('what a policy backs up is copied, then thinned out everywhere, exactly as was shown', async () => {
  await using at = await place()
  const host = fakeHost()
  await using console = await opened(at.at('home'), host)
  const { calls } = console
  const { repositoryId } = await console.createRepository(at.at('first'))
  const { repositoryId: copy } = await console.createRepository(at.at('second'))
  const wish = wishOf(repositoryId, { copies: [copy] })
  const { policyId } = await calls.savePolicy({ wish }, never)
  for (const round of [1, 2, 3]) {
    host.machine(shop).disk('vda').write(0, Buffer.alloc(MiB, round))
    await calls.runPolicy({ policyId, method: 'incremental' }, never)
    await settled(console, 2 * round)
  }
  const points = await calls.listPoints({ machineId: shop }, never)
  assert.deepEqual(
    points.map(({ copies }) => copies?.length),
    [1, 1, 1],
  )
  const plan = await calls.planRetention({ policyId }, never)
  const going = plan.filter(({ reasons }) => reasons.length === 0).map(({ pointId }) => pointId)
  assert.deepEqual(going, [points[2]?.id])

  await calls.savePolicy({ policyId, wish: { ...wish, enact: true } }, never)
  host.machine(shop).disk('vda').write(0, Buffer.alloc(MiB, 9))
  await calls.runPolicy({ policyId, method: 'incremental' }, never)
  const runs = await settled(console, 9)
  assert.deepEqual(kindsOf(runs).slice(-1), ['retention done'])
  const retention = runs.find(({ kind }) => kind === 'retention')
  assert.deepEqual([retention?.count, retention?.policyId, retention?.repositoryId], [4, policyId, repositoryId])
  for (const id of [repositoryId, copy]) {
    const trash = await calls.listTrash({ repositoryId: id }, never)
    assert.deepEqual(
      trash.map(({ point, why }) => [point.id, why]).toSorted(),
      [points[1], points[2]].map((point) => [point?.id, 'retention']).toSorted(),
    )
    assert.ok(trash.every(({ droppedAt, purgeAt }) => purgeAt > droppedAt))
  }
  const kept = await calls.listPoints({ machineId: shop }, never)
  assert.equal(kept.length, 2)
  await calls.recoverPoints({ repositoryId, pointIds: [points[2]?.id ?? ''] }, never)
  assert.equal((await calls.listPoints({ machineId: shop }, never)).length, 3)
})

test('a copy that failed is made up for by the next one', async () => {
  await using at = await place()
  const host = fakeHost()
  await using console = await opened(at.at('home'), host)
  const { calls } = console
  const { repositoryId } = await console.createRepository(at.at('first'))
  const { repositoryId: copy } = await console.createRepository(at.at('second'))
  const { policyId } = await calls.savePolicy({ wish: wishOf(repositoryId, { copies: [copy] }) }, never)
  const run = async (count: number): Promise<readonly Run[]> => {
    host.machine(shop).disk('vda').write(0, Buffer.alloc(MiB, count))
    await calls.runPolicy({ policyId, method: 'incremental' }, never)
    return settled(console, count)
  }
  await run(2)
  await rename(at.at('second'), at.at('away'))
  const [failed] = (await run(4)).filter(({ kind, state }) => kind === 'copy' && state === 'failed')
  assert.deepEqual([failed?.repositoryId, failed?.sourceId, failed?.policyId], [copy, repositoryId, policyId])
  await rename(at.at('away'), at.at('second'))
  await run(6)
  const points = await calls.listPoints({ machineId: shop }, never)
  assert.deepEqual(
    points.map(({ copies }) => copies?.length),
    [1, 1, 1],
  )
})

test('a point is restored from its copy when its repository is gone', async () => {
  await using at = await place('out')
  await using console = await opened(at.at('home'))
  const { calls } = console
  const { repositoryId: from } = await console.createRepository(at.at('first'))
  const { repositoryId: to } = await console.createRepository(at.at('second'))
  const pointId = needPoint(await console.backUp(shop, from))
  await assert.rejects(calls.startCopy({ from, to: from }, never), { code: 'invalid-argument' })
  const copied = await console.ended((await calls.startCopy({ from, to }, never)).runId)
  assert.deepEqual([copied.state, copied.count, copied.sourceId], ['done', 1, from], copied.failure?.message)
  assert.deepEqual((await calls.showPoint({ pointId }, never)).copies?.length, 1)
  await calls.removeRepository({ repositoryId: from }, never)
  const restored = await console.restore(pointId, { kind: 'images', folder: at.at('out'), format: 'raw' })
  assert.deepEqual([restored.state, restored.repositoryId], ['done', to], restored.failure?.message)
})

test('a pinned point is not deleted, a labelled one tells its labels, and both hold in every copy', async () => {
  await using at = await place()
  await using console = await opened(at.at('home'))
  const { calls } = console
  const { repositoryId: from } = await console.createRepository(at.at('first'))
  const { repositoryId: to } = await console.createRepository(at.at('second'))
  const pointId = needPoint(await console.backUp(shop, from))
  await console.ended((await calls.startCopy({ from, to }, never)).runId)
  await calls.pinPoint({ pointId, pinned: true }, never)
  await calls.labelPoint({ pointId, labels: ['audit', 'audit'] }, never)
  assert.deepEqual((await calls.showPoint({ pointId }, never)).labels, ['audit'])
  for (const repositoryId of [from, to]) {
    await assert.rejects(calls.deletePoints({ repositoryId, pointIds: [pointId] }, never), { code: 'invalid-argument' })
  }
  await calls.pinPoint({ pointId, pinned: false }, never)
  await calls.deletePoints({ repositoryId: from, pointIds: [pointId, pointId] }, never)
  assert.deepEqual((await calls.showPoint({ pointId }, never)).repositoryId, to)
  assert.equal((await calls.listRepositories(null, never)).find(({ id }) => id === from)?.trashed, 1)
})

test('a pin that an engine sets as soon as it has started holds in every copy', async () => {
  await using at = await place()
  let pointId = ''
  const ids: string[] = []
  {
    await using console = await opened(at.at('home'))
    for (const name of ['first', 'second']) ids.push((await console.createRepository(at.at(name))).repositoryId)
    const [from = '', to = ''] = ids
    pointId = needPoint(await console.backUp(shop, from))
    await console.ended((await console.calls.startCopy({ from, to }, never)).runId)
  }
  await using console = await openConsole(at.at('home'))
  await console.calls.pinPoint({ pointId, pinned: true }, never)
  for (const repositoryId of ids) {
    const deleting = console.calls.deletePoints({ repositoryId, pointIds: [pointId] }, never)
    await assert.rejects(deleting, { code: 'invalid-argument' })
  }
})
