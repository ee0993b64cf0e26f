import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import Database from 'better-sqlite3'
import type { PolicyWish } from '../../../shared/policy.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { type Catalog, openCatalog } from './catalog.ts'
import type { PolicyRecord } from './policies.ts'

const host = {
  id: '00000000-0000-4000-8000-000000000001',
  address: { kind: 'images', folder: '/images' },
  name: 'images',
} as const
const repositoryId = 'a'.repeat(32)
const address = { kind: 'folder', folder: '/backups' } as const
const machineId = '00000000-0000-4000-8000-00000000000a'
const pinned = 'd'.repeat(32)
const policyId = 'c'.repeat(32)
const rule = { method: 'full', on: { kind: 'every-day' }, hour: 2, minute: 0 } as const
const wish: PolicyWish = {
  name: 'nightly',
  enabled: true,
  machineIds: [machineId],
  excluded: [{ machineId, disk: 'vdb' }],
  freeze: true,
  repositoryId,
  rules: [rule],
  retention: { last: 0, hourly: 0, daily: 7, weekly: 4, monthly: 0, yearly: 0, minimum: 1 },
}

function home(): { readonly path: string } & Disposable {
  const path = mkdtempSync(join(tmpdir(), 'catalog-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) }
}

function open(path: string): Catalog {
  return openCatalog(path, systemClock, silentLog)
}

function fill(path: string): void {
  using catalog = open(path)
  catalog.hosts.put(host)
  catalog.repositories.put(repositoryId, address)
  catalog.policies.save(policyId, wish, 1)
  catalog.pins.put(pinned)
  catalog.settings.put({ theme: 'dark', language: 'zh-CN' })
}

test('a lost catalog loses no policy, no pin and no setting', () => {
  using place = home()
  fill(place.path)
  const kept = (catalog: Catalog) => [catalog.policies.list(), catalog.pins.list(), catalog.settings.get()]
  let before: unknown
  {
    using catalog = open(place.path)
    before = kept(catalog)
  }
  rmSync(join(place.path, 'catalog.db'))
  using catalog = open(place.path)
  assert.deepEqual(kept(catalog), before)
  assert.deepEqual(kept(catalog), [
    [{ id: policyId, createdAt: 1, settledAt: 1, ...wish }],
    [pinned],
    { theme: 'dark', language: 'zh-CN' },
  ])
})

test('a lost catalog loses neither the place of a repository nor what its store was seen to do', () => {
  using place = home()
  const probe = {
    at: 1,
    exclusive: true,
    checksum: 'refused',
    versioning: 'on',
    lock: 'enforced',
    listing: true,
    removal: false,
    skewMs: 2,
  } as const
  const s3 = { kind: 's3', region: 'eu', bucket: 'backups', prefix: 'a/', pathStyle: true } as const
  const facts = { probe, place: { medium: 'object-store', site: '甲' }, sweptAt: 7 } as const
  {
    using catalog = open(place.path)
    catalog.repositories.put(repositoryId, s3)
    catalog.repositories.tell(repositoryId, { ...facts, sweptAt: 3 })
    catalog.repositories.tell(repositoryId, { sweptAt: 7 })
  }
  rmSync(join(place.path, 'catalog.db'))
  using catalog = open(place.path)
  const { address: where, facts: told } = catalog.repositories.get(repositoryId) ?? {}
  assert.deepEqual([where, told], [s3, facts])
})

test('a lock truth without an end does not keep the end of the one before', () => {
  using place = home()
  fill(place.path)
  using catalog = open(place.path)
  const truth = { at: 1, objects: 2, unlocked: 0, canary: 'refused' } as const
  catalog.repositories.tell(repositoryId, { lockTruth: { ...truth, until: 9 } })
  catalog.repositories.tell(repositoryId, { lockTruth: truth })
  assert.deepEqual(catalog.repositories.get(repositoryId)?.facts, { lockTruth: truth })
})

test('a copy of the first version brings its hosts and repositories back', () => {
  using place = home()
  const repositories = [{ id: repositoryId, address, seen: { number: 3, hash: 'three' }, verifiedAt: 9 }]
  writeFileSync(join(place.path, 'addresses.json'), JSON.stringify({ version: 1, hosts: [host], repositories }))
  using catalog = open(place.path)
  const told = repositories.map((each) => ({ ...each, facts: {} }))
  assert.deepEqual([catalog.hosts.list(), catalog.repositories.list()], [[host], told])
  assert.deepEqual(catalog.policies.list(), [])
})

test('what was removed does not come back from the copy', () => {
  using place = home()
  fill(place.path)
  {
    using catalog = open(place.path)
    catalog.policies.remove(policyId)
    catalog.pins.remove(pinned)
    catalog.repositories.remove(repositoryId)
  }
  rmSync(join(place.path, 'catalog.db'))
  using catalog = open(place.path)
  assert.deepEqual([catalog.policies.list(), catalog.pins.list(), catalog.repositories.list()], [[], [], []])
})

test('settings that this version does not understand are as if they had never been set', () => {
  using place = home()
  fill(place.path)
  const database = new Database(join(place.path, 'catalog.db'))
  for (const [json, read] of [
    ['{"theme":"sepia","quietDays":5,"language":null,"of":"tomorrow"}', { quietDays: 5 }],
    ['[]', {}],
    ['null', {}],
    ['{', {}],
  ] as const) {
    database.prepare('UPDATE settings SET json = ?').run(json)
    using catalog = open(place.path)
    assert.deepEqual(catalog.settings.get(), read)
  }
  database.close()
})

test('only policies that name a repository use it', () => {
  using place = home()
  fill(place.path)
  using catalog = open(place.path)
  assert.deepEqual(
    catalog.policies.using(repositoryId).map(({ id }) => id),
    [policyId],
  )
  assert.deepEqual(catalog.policies.using('b'.repeat(32)), [])
})

test('a changed wish leaves what starts left behind, and new rules count from the change on', () => {
  using place = home()
  fill(place.path)
  using catalog = open(place.path)
  const read = () => catalog.policies.get(policyId) as PolicyRecord
  assert.ok(catalog.policies.claim(read(), 50, true))
  catalog.policies.tell(policyId, 'nothing')
  catalog.policies.save(policyId, { ...wish, name: 'renamed' }, 60)
  assert.deepEqual(read(), {
    ...wish,
    id: policyId,
    name: 'renamed',
    createdAt: 1,
    settledAt: 50,
    lastAt: 50,
    problem: 'nothing',
  })
  catalog.policies.save(policyId, { ...wish, rules: [{ ...rule, hour: 3 }] }, 70)
  assert.deepEqual([read().settledAt, read().lastAt], [70, 50])
  catalog.policies.tell(policyId, undefined)
  assert.equal(read().problem, undefined)
})

test('a policy that was switched off has missed nothing when it is switched on', () => {
  using place = home()
  fill(place.path)
  using catalog = open(place.path)
  catalog.policies.save(policyId, { ...wish, enabled: false }, 60)
  catalog.policies.save(policyId, wish, 70)
  assert.equal(catalog.policies.get(policyId)?.settledAt, 70)
})

test('a start is claimed by one of two engines, and by none that saw an older wish', () => {
  using place = home()
  fill(place.path)
  using ours = open(place.path)
  using theirs = open(place.path)
  const seen = ours.policies.get(policyId) as PolicyRecord
  const alsoSeen = theirs.policies.get(policyId) as PolicyRecord
  assert.equal(ours.policies.claim(seen, 50, true), true)
  assert.equal(theirs.policies.claim(alsoSeen, 50, true), false)
  const next = theirs.policies.get(policyId) as PolicyRecord
  ours.policies.save(policyId, { ...wish, machineIds: [] }, 60)
  assert.equal(theirs.policies.claim(next, 70, true), false)
  ours.policies.remove(policyId)
  assert.equal(theirs.policies.claim(next, 70, true), false)
})

test('what only corrects the clock is no start', () => {
  using place = home()
  fill(place.path)
  using catalog = open(place.path)
  assert.ok(catalog.policies.claim(catalog.policies.get(policyId) as PolicyRecord, 50, false))
  const { lastAt, settledAt } = catalog.policies.get(policyId) as PolicyRecord
  assert.deepEqual([lastAt, settledAt], [undefined, 50])
})

test('a copy that cannot be written says so, and what was told to the catalog stays', () => {
  using place = home()
  using catalog = open(place.path)
  mkdirSync(join(place.path, 'addresses.json'))
  assert.throws(() => catalog.hosts.put(host), { code: 'catalog-failed' })
  assert.equal(catalog.hosts.list().length, 1)
})
