import assert from 'node:assert/strict'
import { writeFile } from 'node:fs/promises'
import { after, test } from 'node:test'
import type { S3Address } from '../../../shared/repository.ts'
import { MiB } from '../../../shared/units.ts'
import { until } from '../calls/until.suite.ts'
import { startCeph } from '../store/ceph.rig.ts'
import { type Chaos, type ChaosProxy, chaosProxy } from '../store/chaos-proxy.rig.ts'
import { boundedTo, isFull, reportFault } from './rows.ts'
import { BucketOwner } from './s3-account.rig.ts'
import { comesBack, done, flipMiddle, largest, newShop, sumOf } from './s3-console.rig.ts'
import { backUpThrough, hasty, type Outage } from './s3-outage.rig.ts'
import { assertFailed, type Console, needPoint, never, openConsole, passphrase, place } from './walk.ts'

/** The whole engine with its repository in a bucket of a real Ceph, through calls alone. */

const suite = import.meta.url
const ceph = await startCeph()
after(() => ceph[Symbol.asyncDispose]())
const { credentials } = ceph
const unlock = { kind: 'passphrase', passphrase } as const
const outageMs = boundedTo(3000, 120_000)
const packBytes = 8 * MiB
const dayMs = 86_400_000

async function create(console: Console, address: S3Address) {
  return await console.calls.createRepository({ address, credentials, passphrase }, never)
}

/** The bucket at the other end of the line. */
function through(proxy: ChaosProxy, bucket: S3Address): S3Address {
  return { ...bucket, endpoint: `http://127.0.0.1:${proxy.port}` }
}

function inMiB(bytes: number): string {
  return `${(bytes / MiB).toFixed(1)} MiB`
}

async function listed({ calls }: Console, repositoryId: string) {
  return (await calls.listRepositories(null, never)).find(({ id }) => id === repositoryId)
}

test('a machine goes into a bucket and comes back on another computer, by the passphrase and by the words', async () => {
  await using at = await place()
  const address = { ...(await ceph.bucket()), prefix: 'office/' }
  await using console = await openConsole(at.at('home'))
  const { repositoryId, recoveryWords } = await create(console, address)
  const repository = await listed(console, repositoryId)
  assert.deepEqual([repository?.state, repository?.address], ['open', address])
  const { exclusive, lock, versioning, removal } = repository?.probe ?? assert.fail('no probe')
  assert.deepEqual([exclusive, lock, versioning, removal], [true, 'none', 'off', true])
  const shop = await newShop(console, at, 'shop', 20 * MiB)
  const pointId = needPoint(await console.backUp(shop.machineId, repositoryId))
  assert.equal((await console.verify(repositoryId)).state, 'done')
  assert.ok(await comesBack(console, pointId, at, shop))
  for (const key of [unlock, { kind: 'recovery-words', words: recoveryWords }] as const) {
    await using other = await openConsole(at.at(key.kind))
    await other.calls.openRepository({ address, credentials, unlock: key }, never)
    assert.ok(await comesBack(other, pointId, at, shop))
  }
})

test('a secret that the gateway refuses opens nothing, and a repository whose secret became wrong is locked', async () => {
  await using at = await place()
  const address = await ceph.bucket()
  const wrong = { ...credentials, secretAccessKey: 'wrong' }
  let repositoryId = ''
  {
    await using console = await openConsole(at.at('home'))
    ;({ repositoryId } = await create(console, address))
    const { calls } = console
    const empty = await ceph.bucket()
    for (const refused of [
      () => calls.openRepository({ address, credentials: wrong, unlock }, never),
      () => calls.setCredentials({ repositoryId, credentials: wrong }, never),
      () => calls.createRepository({ address: empty, credentials: wrong, passphrase }, never),
    ]) {
      await assert.rejects(refused, { code: 'credentials-refused' })
    }
    assert.equal((await listed(console, repositoryId))?.state, 'open')
  }
  await writeFile(at.at('home', 'secrets', `store-${repositoryId}`), JSON.stringify(wrong))
  await using console = await openConsole(at.at('home'))
  const found = await until(async () => {
    const repository = await listed(console, repositoryId)
    return repository?.problemCode === undefined ? undefined : repository
  })
  assert.deepEqual([found.state, found.problemCode], ['locked', 'credentials-refused'])
  await console.calls.setCredentials({ repositoryId, credentials }, never)
  assert.equal((await listed(console, repositoryId))?.state, 'open')
})

const setTo = (chaos: Chaos) => async (proxy: ChaosProxy) => proxy.set(chaos)

const outages: readonly (readonly [string, Outage])[] = [
  ['gateway stopped', { begin: () => ceph.stop(), end: () => ceph.start() }],
  ['black hole', { begin: setTo({ kind: 'black-hole' }), end: setTo({ kind: 'none' }) }],
  ...(isFull ? [['gateway killed', { begin: () => ceph.kill(), end: () => ceph.start() }] as const] : []),
]

for (const [kind, outage] of outages) {
  test(`a backup goes on by itself after an outage in the middle of it (${kind})`, async (t) => {
    await using at = await place()
    await using proxy = await chaosProxy(ceph.port)
    const bucket = await ceph.bucket()
    using owner = new BucketOwner(bucket, credentials)
    await using console = await openConsole(at.at('home'), isFull ? {} : { buckets: hasty })
    const { repositoryId } = await create(console, through(proxy, bucket))
    const contentBytes = boundedTo(64, 256) * MiB
    const shop = await newShop(console, at, 'shop', contentBytes)
    const work = { ...shop, repositoryId, outageMs }
    const { run, goesOnMs, grownBytes, sentBytes } = await backUpThrough(console, proxy, outage, work)
    const twiceBytes = Math.max(0, sumOf(await owner.versions('packs/')) - contentBytes * 1.01)
    const isLate = goesOnMs > boundedTo(60_000, 10_000)
    const isGrown = isFull && grownBytes > 256 * MiB
    const isBad = run.state !== 'done' || twiceBytes > packBytes || isLate || isGrown
    t.diagnostic(
      `${kind} ${outageMs / 1000} s: on after ${(goesOnMs / 1000).toFixed(1)} s, ${inMiB(twiceBytes)} stored twice, ` +
        `${inMiB(sentBytes - contentBytes)} sent beyond the machine's own, memory +${inMiB(grownBytes)}`,
    )
    reportFault({ fault: 'F11', phase: 'backup', what: kind, ran: 1, bad: isBad ? 1 : 0, suite })
    const pointId = needPoint(run)
    assert.ok(!isBad, `on after ${goesOnMs} ms, ${twiceBytes} bytes stored twice, memory +${grownBytes} bytes`)
    assert.equal((await console.verify(repositoryId)).state, 'done')
    assert.ok(await comesBack(console, pointId, at, shop))
  })
}

test('a backup whose every object is acknowledged into the void ends done, with its point once', async (t) => {
  await using at = await place()
  const lost = new Set<string>()
  await using proxy = await chaosProxy(ceph.port, (head) => {
    const [verb, target = ''] = head.split(/[ ?]/)
    if (verb !== 'PUT' || lost.has(target)) return false
    lost.add(target)
    return true
  })
  await using console = await openConsole(at.at('home'))
  const bucket = await ceph.bucket()
  const { repositoryId } = await create(console, through(proxy, bucket))
  const shop = await newShop(console, at, 'shop', 20 * MiB)
  proxy.set({ kind: 'lose-replies', count: 1000 })
  const run = await console.backUp(shop.machineId, repositoryId)
  proxy.set({ kind: 'none' })
  const points = await console.calls.listPoints({}, never)
  const entries = [...lost].filter((name) => name.includes('/ledger/')).length
  const isBad = run.state !== 'done' || points.length !== 1
  t.diagnostic(`${lost.size} replies lost, ${entries} of them of the ledger`)
  reportFault({
    fault: 'F11',
    phase: 'backup',
    what: 'replies lost after the commit',
    ran: lost.size,
    bad: isBad ? 1 : 0,
    suite,
  })
  assert.ok(entries >= 2 && lost.size >= 6, [...lost].join('\n'))
  const pointId = needPoint(run)
  await using other = await openConsole(at.at('other'))
  await other.calls.openRepository({ address: bucket, credentials, unlock }, never)
  const found = await other.calls.listPoints({}, never)
  assert.deepEqual(
    [points, found].map((each) => each.map(({ id }) => id)),
    [[pointId], [pointId]],
  )
  assert.equal((await other.verify(repositoryId)).state, 'done')
  assert.ok(await comesBack(other, pointId, at, shop))
})

const rule = { mode: 'compliance', days: 1 } as const

test('what is locked survives the account that owns the bucket, and every chunk seeded without a lock is found', async (t) => {
  await using at = await place()
  const address = await ceph.bucket({ lock: true })
  using owner = new BucketOwner(address, credentials)
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  const { repositoryId } = await calls.createRepository({ address, credentials, passphrase, lock: rule }, never)
  const shop = await newShop(console, at, 'shop', 20 * MiB)
  const pointId = needPoint(await console.backUp(shop.machineId, repositoryId))
  const first = (await done(console, calls.startLock({ repositoryId }, never))).lock
  assert.deepEqual([first?.unlocked, first?.canary], [0, 'refused'])
  const until = first?.until ?? 0
  assert.ok(until > Date.now() + 0.9 * dayMs && until < Date.now() + 1.1 * dayMs, `${until}`)

  await calls.setLock({ repositoryId }, never)
  const cellar = await newShop(console, at, 'cellar', 20 * MiB)
  const second = needPoint(await console.backUp(cellar.machineId, repositoryId))
  await calls.setLock({ repositoryId, lock: rule }, never)
  const seeded = await owner.unlocked()
  const found = (await done(console, calls.startLock({ repositoryId }, never))).lock
  const left = await owner.unlocked()
  const again = (await done(console, calls.startLock({ repositoryId }, never))).lock
  t.diagnostic(`${seeded.length} objects without a lock, ${found?.unlocked} found, ${left.length} left`)
  const missed = seeded.length - (found?.unlocked ?? 0) + left.length
  reportFault({
    fault: 'F6',
    phase: 'lock truth',
    what: 'seeded unlocked objects',
    ran: seeded.length,
    bad: missed,
    suite,
  })
  assert.ok(seeded.filter((key) => key.startsWith('packs/')).length >= 2, `${seeded}`)
  assert.deepEqual([found?.unlocked, left, again?.unlocked], [seeded.length, [], 0])

  const held = await owner.versions('')
  const destroyed = []
  for (const version of held)
    if (!/^(leases|canary)\//.test(version.key) && (await owner.destroy(version))) destroyed.push(version.key)
  assert.deepEqual(destroyed, [])
  for (const key of new Set(held.map((version) => version.key))) await owner.hide(key)
  await using other = await openConsole(at.at('other'))
  await other.calls.openRepository({ address, credentials, unlock }, never)
  assert.ok(await comesBack(other, pointId, at, shop))
  assert.ok(await comesBack(other, second, at, cellar))
})

test('two consoles write one bucket at once, one sweeping what it gave up while the other stores the same again', async (t) => {
  await using at = await place()
  const address = await ceph.bucket()
  await using first = await openConsole(at.at('first'))
  await using second = await openConsole(at.at('second'))
  const { repositoryId } = await create(first, address)
  await second.calls.openRepository({ address, credentials, unlock }, never)
  const shop = await newShop(first, at, 'shop', 64 * MiB)
  const cellar = await newShop(second, at, 'cellar', 12 * MiB)
  const begun = await first.calls.startBackup({ machineId: shop.machineId, repositoryId, method: 'full' }, never)
  const beside = second.backUp(cellar.machineId, repositoryId)
  await until(async () => (await first.calls.showRun(begun, never)).progress.bytesSent > 0 || undefined)
  await first.calls.cancelRun(begun, never)
  const cancelled = await first.ended(begun.runId)
  const backedUp = await beside
  const twin = await newShop(second, at, 'twin', shop.content)
  const [swept, ...runs] = await Promise.all([
    done(first, first.calls.startSweep({ repositoryId }, never)),
    second.backUp(twin.machineId, repositoryId),
    first.backUp(shop.machineId, repositoryId),
  ])
  t.diagnostic(`the first one ended ${cancelled.state}; ${swept.sweep?.marked} objects marked beside the backups`)
  await done(second, second.calls.startSweep({ repositoryId }, never))
  const points = [backedUp, ...runs].map(needPoint)
  const shops = [cellar, twin, shop]
  await using other = await openConsole(at.at('other'))
  await other.calls.openRepository({ address, credentials, unlock }, never)
  const whole = await Promise.all(shops.map((each, index) => comesBack(other, points[index] ?? '', at, each)))
  const bad = whole.filter((each) => !each).length
  reportFault({
    fault: 'F9',
    phase: 'backups and sweeps in one bucket',
    what: 'points of two engines',
    ran: 3,
    bad,
    suite,
  })
  assert.equal(bad, 0)
  assert.equal((await other.verify(repositoryId)).state, 'done')
})

test('a folder and a bucket that hold copies mend each other', async () => {
  await using at = await place()
  const bucket = await ceph.bucket()
  using owner = new BucketOwner(bucket, credentials)
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  const { repositoryId: folder } = await console.createRepository(at.at('repository'))
  const { repositoryId: remote } = await create(console, bucket)
  const shop = await newShop(console, at, 'shop', 20 * MiB)
  const pointId = needPoint(await console.backUp(shop.machineId, folder))
  await done(console, calls.startCopy({ from: folder, to: remote }, never))
  const damages = [
    [folder, () => flipMiddle(at.at('repository', 'packs'))],
    [remote, async () => assert.ok(await owner.destroy(largest(await owner.versions('packs/'))))],
  ] as const
  for (const [repositoryId, damage] of damages) {
    await damage()
    assertFailed(await console.verify(repositoryId), 'repository-damaged')
    assert.deepEqual((await listed(console, repositoryId))?.coverage.damaged, [pointId])
    const { count = 0 } = await done(console, calls.startMend({ repositoryId }, never))
    assert.ok(count > 0, `${count} chunks`)
    const { report } = await console.verify(repositoryId)
    assert.deepEqual([report?.points, report?.damaged.flatMap(({ points }) => points)], [1, []])
  }
  const sites = [
    { address: { kind: 'folder', folder: at.at('repository') } },
    { address: bucket, credentials },
  ] as const
  for (const site of sites) {
    await using alone = await openConsole(at.at(`only-${site.address.kind}`))
    await alone.calls.openRepository({ ...site, unlock }, never)
    assert.ok(await comesBack(alone, pointId, at, shop), site.address.kind)
  }
})
