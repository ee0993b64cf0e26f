import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { setTimeout as delay } from 'node:timers/promises'
import { DeleteObjectCommand, ListObjectVersionsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import type { S3Address } from '../../../shared/repository.ts'
import { MiB } from '../../../shared/units.ts'
import { systemClock } from '../base/clock.ts'
import { boundedTo, reportFault } from '../proof/rows.ts'
import { startCeph } from './ceph.rig.ts'
import { type Chaos, chaosProxy } from './chaos-proxy.rig.ts'
import { openS3Store } from './s3.ts'
import { probeS3, testS3 } from './s3-probe.ts'
import { storeSuite } from './store.suite.ts'
import type { Store } from './store.ts'

const signal = new AbortController().signal
const ceph = await startCeph()
after(() => ceph[Symbol.asyncDispose]())
const { credentials } = ceph
const { accessKeyId, secretAccessKey } = credentials
const client = new S3Client({
  endpoint: ceph.endpoint,
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId, secretAccessKey },
})
after(() => client.destroy())

const open = (address: S3Address): Promise<Store> => openS3Store({ address, credentials, clock: systemClock }, signal)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const dayMs = 24 * 60 * 60 * 1000

const plain = await ceph.bucket()
const versioned = await ceph.bucket({ versioning: true })
const locked = await ceph.bucket({ lock: true })

let folders = 0
for (const [label, address] of [
  ['Ceph', plain],
  ['Ceph with versions', versioned],
] as const) {
  storeSuite(label, () => open({ ...address, prefix: `suite/${++folders}/` }))
}

test('the probe tells what Ceph really does, and leaves nothing behind', async () => {
  for (const [address, versioning, lock] of [
    [plain, 'off', 'none'],
    [versioned, 'on', 'none'],
    [locked, 'on', 'enforced'],
  ] as const) {
    const site = { address: { ...address, prefix: 'probed/' }, credentials, clock: systemClock }
    assert.deepEqual(await testS3(site, signal), { holds: 'nothing' })
    const { at, skewMs, ...probe } = await probeS3(site, signal)
    const others = { exclusive: true, checksum: 'accepted', listing: true, removal: true }
    assert.deepEqual(probe, { ...others, versioning, lock })
    assert.ok(Math.abs(skewMs) < 10_000 && Math.abs(at - Date.now()) < 60_000)
    const left = await client.send(new ListObjectVersionsCommand({ Bucket: address.bucket, Prefix: 'probed/' }))
    assert.deepEqual([left.Versions ?? [], left.DeleteMarkers ?? []], [[], []])
  }
})

test('what lies in a bucket is told, and a bucket that is not there is unreachable', async () => {
  await using store = await open({ ...plain, prefix: 'told/' })
  await store.put('config', bytes('x'), signal)
  const site = (prefix: string) => ({ address: { ...plain, prefix }, credentials, clock: systemClock })
  assert.deepEqual(await testS3(site('told/'), signal), { holds: 'repository' })
  assert.deepEqual(await testS3(site(''), signal), { holds: 'other' })
  const nowhere = { ...site(''), address: { ...plain, bucket: 'no-such-bucket' } }
  for (const call of [testS3, probeS3, openS3Store]) {
    await assert.rejects(call(nowhere, signal), { code: 'repository-unreachable' })
  }
})

test('a wrong secret and an unknown account are refused at once', async () => {
  for (const wrong of [
    { ...credentials, secretAccessKey: 'wrong' },
    { ...credentials, accessKeyId: 'nobody' },
  ]) {
    const site = { address: plain, credentials: wrong, clock: systemClock }
    for (const call of [testS3, probeS3, openS3Store]) {
      await assert.rejects(call(site, signal), { code: 'credentials-refused' })
    }
  }
})

test('of many that create one object at once exactly one does, time after time, with and without versions', async () => {
  for (const address of [plain, versioned]) {
    await using one = await open(address)
    await using other = await open(address)
    for (let round = 0; round < boundedTo(10, 100); round++) {
      const name = `ledger/${round}`
      const stores = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? one : other))
      const made = await Promise.all(stores.map((store, index) => store.create(name, bytes(`${index}`), signal)))
      assert.equal(made.filter(Boolean).length, 1, `${name}: ${made}`)
      assert.deepEqual(await one.get(name, signal), bytes(`${made.indexOf(true)}`))
    }
  }
})

test('what somebody deletes or replaces in a bucket with versions is still read, found and not made anew', async () => {
  await using store = await open({ ...versioned, prefix: 'kept/' })
  await store.create('ledger/1', bytes('first'), signal)
  await store.put('packs/a', bytes('a pack'), signal)
  for (const name of ['ledger/1', 'packs/a']) {
    const Key = `kept/${name}`
    await client.send(new PutObjectCommand({ Bucket: versioned.bucket, Key, Body: bytes('ransom') }))
    await client.send(new DeleteObjectCommand({ Bucket: versioned.bucket, Key }))
  }
  await using after = await open({ ...versioned, prefix: 'kept/' })
  for (const each of [store, after]) {
    assert.deepEqual(await each.get('ledger/1', signal), bytes('first'))
    assert.deepEqual(await each.getRange('packs/a', 2, 4, signal), bytes('pack'))
    assert.equal((await each.stat('packs/a', signal))?.sizeBytes, 6)
    assert.equal(await each.create('ledger/1', bytes('second'), signal), false)
    await each.put('packs/a', bytes('a pack'), signal)
    await assert.rejects(each.put('packs/a', bytes('ransom'), signal), { code: 'object-conflict' })
    const told = []
    for await (const { name, sizeBytes } of each.list('', signal)) told.push([name, sizeBytes])
    assert.deepEqual(told, [
      ['ledger/1', 5],
      ['packs/a', 6],
    ])
  }
  await store.remove('packs/a', signal)
  const left = await client.send(new ListObjectVersionsCommand({ Bucket: versioned.bucket, Prefix: 'kept/packs/a' }))
  assert.deepEqual([left.Versions ?? [], left.DeleteMarkers ?? []], [[], []])
})

test('of more versions than a page holds every key is listed once', async () => {
  await using store = await open({ ...versioned, prefix: 'pages/' })
  await store.create('a/0', bytes('first'), signal)
  const put = async (Key: string) => {
    await client.send(new PutObjectCommand({ Bucket: versioned.bucket, Key: `pages/a/${Key}`, Body: bytes('second') }))
  }
  for (let at = 0; at < 1200; at += 40) {
    await Promise.all(Array.from({ length: 40 }, (_, index) => put(at < 400 ? '0' : `${at + index}`)))
  }
  const told: string[] = []
  for await (const { name, sizeBytes } of store.list('a/', signal)) told.push(`${name} ${sizeBytes}`)
  const others = Array.from({ length: 800 }, (_, index) => `a/${400 + index} 6`)
  assert.deepEqual(told.toSorted(), ['a/0 5', ...others].toSorted())
})

test('a bucket that locks nothing has no locks', async () => {
  await using store = await open(plain)
  assert.equal(store.locks, undefined)
})

test('a locked object withstands its removal by the account that owns all, and leases are not locked', async () => {
  await using store = await open({ ...locked, prefix: 'locks/' })
  const locks = store.locks ?? assert.fail('no locks')
  await store.put('packs/free', bytes('free'), signal)
  locks.setRule({ mode: 'compliance', days: 1 })
  await store.put('packs/a', bytes('a pack'), signal)
  await store.create('ledger/1', bytes('entry'), signal)
  await store.put('leases/1', bytes('beat'), signal)
  for (const name of ['packs/a', 'ledger/1']) {
    await assert.rejects(store.remove(name, signal), { code: 'object-locked' })
    const until = (await locks.until(name, signal)) ?? 0
    assert.ok(Math.abs(until - Date.now() - dayMs) < 60_000, `${until}`)
  }
  assert.deepEqual(await store.get('packs/a', signal), bytes('a pack'))
  assert.equal(await locks.until('packs/free', signal), undefined)
  assert.equal(await locks.until('leases/1', signal), undefined)
  await assert.rejects(locks.until('packs/none', signal), { code: 'object-missing' })
  await store.remove('leases/1', signal)
  await store.remove('packs/free', signal)
})

test('a lock is made longer and never shorter', async () => {
  await using store = await open({ ...locked, prefix: 'longer/' })
  const locks = store.locks ?? assert.fail('no locks')
  await store.put('a', bytes('a'), signal)
  const until = Date.now() + 2 * dayMs
  await locks.extend('a', 'governance', until, signal)
  const told = (await locks.until('a', signal)) ?? 0
  assert.ok(Math.abs(told - until) <= 1000)
  await locks.extend('a', 'governance', Date.now() + dayMs, signal)
  assert.equal(await locks.until('a', signal), told)
  await locks.extend('a', 'governance', until + dayMs, signal)
  assert.ok(((await locks.until('a', signal)) ?? 0) >= until + dayMs - 1000)
  await assert.rejects(store.remove('a', signal), { code: 'object-locked' })
  await assert.rejects(locks.extend('none', 'governance', until, signal), { code: 'object-missing' })
})

test('the canary lives through every attempt on it, is one object, and is listed nowhere', async () => {
  const address = { ...locked, prefix: 'canaries/' }
  await using store = await open(address)
  const locks = store.locks ?? assert.fail('no locks')
  for (const mode of ['governance', 'governance'] as const) {
    assert.equal(await locks.tryCanary({ mode, days: 30 }, signal), 'refused')
  }
  const { Versions = [] } = await client.send(
    new ListObjectVersionsCommand({ Bucket: locked.bucket, Prefix: 'canaries/' }),
  )
  assert.equal(Versions.length, 1)
  for await (const { name } of store.list('', signal)) assert.fail(name)
})

test('puts under way when the gateway stops are whole once it is back, and new ones are too', async () => {
  await using store = await open({ ...plain, prefix: 'outage/' })
  const pack = new Uint8Array(4 * MiB).fill(3)
  const puts = Array.from({ length: 6 }, (_, index) => store.put(`packs/${index}`, pack, signal))
  await ceph.stop()
  const later = store.put('packs/6', pack, signal)
  await delay(boundedTo(3000, 120_000))
  await ceph.start()
  await Promise.all([...puts, later])
  const held = await Promise.all([0, 1, 2, 3, 4, 5, 6].map((each) => store.get(`packs/${each}`, signal)))
  const bad = held.filter((each) => Buffer.compare(each, pack) !== 0).length
  reportFault({ fault: 'F11', phase: 'put', what: 'gateway stopped', ran: 7, bad, suite: import.meta.url })
  assert.equal(bad, 0)
})

const hasty = { credentials, clock: systemClock, idleMs: 1000 }

for (const [kind, chaos] of [
  ['black hole', { kind: 'black-hole' }],
  ['resets', { kind: 'reset' }],
  ['1 KB/s', { kind: 'slow', bytesPerSecond: 1024 }],
] as const satisfies readonly (readonly [string, Chaos])[]) {
  test(`what is put through ${kind} is whole in the end`, async () => {
    await using proxy = await chaosProxy(ceph.port)
    const prefix = `${chaos.kind}/`
    const address = { ...plain, prefix, endpoint: `http://127.0.0.1:${proxy.port}` }
    await using store = await openS3Store({ ...hasty, address }, signal)
    proxy.set(chaos)
    const pack = new Uint8Array(MiB).fill(5)
    const puts = Promise.all([1, 2, 3].map((each) => store.put(`packs/${each}`, pack, signal)))
    await Promise.race([delay(3000), puts])
    proxy.set({ kind: 'none' })
    await puts
    await using direct = await open({ ...plain, prefix })
    const held = await Promise.all([1, 2, 3].map((each) => direct.get(`packs/${each}`, signal)))
    const bad = held.filter((each) => Buffer.compare(each, pack) !== 0).length
    reportFault({ fault: 'F11', phase: 'put', what: kind, ran: 3, bad, suite: import.meta.url })
    assert.equal(bad, 0)
  })
}

test('a reply that is lost after the commit leaves one object and one answer, with and without versions', async () => {
  for (const bucket of [plain, versioned]) {
    await using proxy = await chaosProxy(ceph.port, (head) => head.startsWith('PUT'))
    const address = { ...bucket, prefix: 'lost/', endpoint: `http://127.0.0.1:${proxy.port}` }
    await using store = await openS3Store({ ...hasty, idleMs: 10_000, address }, signal)
    proxy.set({ kind: 'lose-replies', count: 1 })
    await store.put('packs/a', bytes('a pack'), signal)
    assert.deepEqual(await store.get('packs/a', signal), bytes('a pack'))
    proxy.set({ kind: 'lose-replies', count: 1 })
    assert.equal(await store.create('ledger/1', bytes('entry'), signal), false)
    assert.deepEqual(await store.get('ledger/1', signal), bytes('entry'))
    assert.equal(proxy.seen.repliesLost, 2)
  }
})
