import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { Point } from '../../../shared/point.ts'
import type { StoreAddress, StoreProbe } from '../../../shared/repository.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { Space } from '../base/space.ts'
import type { RepositoryTable, Seen } from '../catalog/repositories.ts'
import type { Repository } from '../repository/repository.ts'
import type { SecretStore } from '../secrets.ts'
import { Repositories, type RepositoriesOptions } from './repositories.ts'
import type { Site } from './repository-entry.ts'

const id = 'a'.repeat(32)
const place: StoreAddress = { kind: 'folder', folder: '/backups' }
const here = { address: place, credentials: undefined }
const elsewhere = { address: { kind: 'folder', folder: '/copy' }, credentials: undefined } as const
const bucket: StoreAddress = { kind: 's3', region: 'eu-west-1', bucket: 'backups', prefix: '', pathStyle: false }
const account = { accessKeyId: 'AKIA', secretAccessKey: 'canary' }
const probe: StoreProbe = {
  at: 1,
  exclusive: true,
  checksum: 'refused',
  versioning: 'on',
  lock: 'enforced',
  listing: true,
  removal: true,
  skewMs: 0,
}
const rootKey = Buffer.alloc(32, 7)
const signal = new AbortController().signal
const idle: Clock = {
  ...systemClock,
  sleep: (_ms, stop) => new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason))),
}

function pointOf(number: number): Point {
  return {
    id: number.toString(16).padStart(32, '0'),
    repositoryId: id,
    machineId: '00000000-0000-4000-8000-00000000000a',
    machineName: 'shop',
    createdAt: number,
    method: 'full',
    consistency: 'off',
    disks: [],
    bytesRead: 0,
    bytesSent: 0,
    bytesStored: 0,
    warnings: [],
  }
}

/** A repository whose ledger a test extends, as another engine would. */
function ledger(of = id) {
  const points: Point[] = []
  let known: readonly Point[] = []
  const state = { closed: 0 }
  const repository = {
    id: of,
    title: 'a folder',
    readOnly: undefined,
    totals: { chunks: 1, storedBytes: 2, rawBytes: 3, pointBytes: 4 },
    problems: () => [],
    trash: () => [],
    upkeep: () => ({ cycles: 2, at: 6, markedBytes: 5 }),
    epoch: 1,
    head: () => ({ number: known.length + 1, hash: `hash ${known.length}` }),
    points: () => known,
    refresh: async () => {
      const before = known.length
      known = [...points]
      return known.length > before
    },
    [Symbol.asyncDispose]: async () => void state.closed++,
  }
  return { repository: repository as unknown as Repository, points, state }
}

function tables(address?: StoreAddress) {
  const rows = new Map(
    address === undefined
      ? []
      : [[id, { id, address, seen: undefined as Seen | undefined, verifiedAt: undefined, facts: {} }]],
  )
  const cache: { points: readonly Point[] } = { points: [] }
  const table: RepositoryTable = {
    list: () => [...rows.values()],
    get: (of) => rows.get(of),
    put: (of, at) =>
      void rows.set(of, { id: of, address: at, seen: rows.get(of)?.seen, verifiedAt: undefined, facts: {} }),
    tell: (of, facts) => {
      const row = rows.get(of)
      if (row !== undefined) rows.set(of, { ...row, facts })
    },
    see: (of, seen) => {
      const row = rows.get(of)
      if (row !== undefined) rows.set(of, { ...row, seen })
    },
    verified() {},
    remove: (of) => void rows.delete(of),
  }
  const points: RepositoriesOptions['points'] = {
    holders: (of) => cache.points.filter((point) => point.id === of).map(({ repositoryId }) => repositoryId),
    count: () => cache.points.length,
    replace: (_, now) => {
      cache.points = now
      return true
    },
  }
  return { table, points, rows, cache }
}

function memorySecrets(...known: readonly string[]): SecretStore & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>(known.map((name) => [name, rootKey]))
  return {
    kept,
    get: async (name) => kept.get(name),
    put: async (name, secret) => void kept.set(name, secret),
    remove: async (name) => void kept.delete(name),
  }
}

type Open = RepositoriesOptions['open']

function roster(open: Open, over: Partial<RepositoriesOptions> = {}): Repositories {
  const found = tables()
  const { table = found.table, points = found.points } = over
  return new Repositories({
    table,
    points,
    secrets: memorySecrets(),
    clock: idle,
    log: silentLog,
    create: () => Promise.reject(new Error('not asked for')),
    open,
    probe: async () => undefined,
    coverage: () => ({ verified: 0, damaged: [] }),
    learn: (repository) => points.replace(repository.id, repository.points()),
    onOpened() {},
    onRepositories() {},
    onPoints() {},
    ...over,
  })
}

function store(space?: Space) {
  return { space: async () => space, [Symbol.asyncDispose]: async () => undefined }
}

function opening(repository: Repository): Open {
  return async () => ({ repository, rootKey, store: store() })
}

test('a repository that was opened keeps its key, its place and what was seen of its ledger', async () => {
  const { repository, state } = ledger()
  const { table, points, rows } = tables()
  const secrets = memorySecrets()
  const repositories = roster(opening(repository), { table, points, secrets })
  assert.equal(await repositories.open(here, { kind: 'passphrase', passphrase: 'x' }, signal), id)
  assert.deepEqual(secrets.kept.get(`repository-${id}`), rootKey)
  assert.deepEqual(rows.get(id), {
    id,
    address: place,
    seen: { number: 1, hash: 'hash 0' },
    verifiedAt: undefined,
    facts: {},
  })
  assert.equal((await repositories.list(signal))[0]?.state, 'open')
  await repositories[Symbol.asyncDispose]()
  assert.equal(state.closed, 1)
})

test('one whose key rests here opens by itself, with the ledger that was seen before', async () => {
  const asked: unknown[] = []
  const { repository } = ledger()
  const { table, points } = tables(place)
  table.see(id, { number: 9, hash: 'nine' })
  const open: Open = async (site, key, seen) => {
    asked.push(site.address, key, seen)
    return { repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points, secrets: memorySecrets(`repository-${id}`) })
  await repositories.started
  assert.deepEqual(asked, [place, { kind: 'root-key', rootKey }, { number: 9, hash: 'nine' }])
  assert.equal((await repositories.list(signal))[0]?.state, 'open')
})

test('one whose key does not rest here is locked and says so to whoever needs it', async () => {
  const { table, points } = tables(place)
  await using repositories = roster(opening(ledger().repository), { table, points })
  await repositories.started
  assert.equal((await repositories.list(signal))[0]?.state, 'locked')
  await assert.rejects(repositories.need(id, signal), { code: 'repository-locked' })
})

test('one that cannot be reached keeps its points in the list and is opened when it is back', async () => {
  const { repository } = ledger()
  const { table, points, cache } = tables(place)
  cache.points = [pointOf(1)]
  let isThere = false
  const open: Open = async () => {
    if (!isThere) throw new Failure('repository-unreachable', 'not mounted')
    return { repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points, secrets: memorySecrets(`repository-${id}`) })
  await repositories.started
  const [listed] = await repositories.list(signal)
  assert.deepEqual([listed?.state, listed?.problem, listed?.points], ['unreachable', 'not mounted', 1])
  await assert.rejects(repositories.need(id, signal), { code: 'repository-unreachable' })
  isThere = true
  assert.equal((await repositories.need(id, signal)).id, id)
})

test('another repository in the same place is not taken for the one that was there', async () => {
  const { repository, state } = ledger('b'.repeat(32))
  const { table, points } = tables(place)
  await using repositories = roster(opening(repository), { table, points, secrets: memorySecrets(`repository-${id}`) })
  await assert.rejects(repositories.need(id, signal), { code: 'repository-not-found' })
  assert.equal(state.closed, 1)
})

test('the same repository from another place is refused while it is open', async () => {
  const { repository } = ledger()
  await using repositories = roster(opening(repository))
  const key = { kind: 'passphrase', passphrase: 'x' } as const
  await repositories.open(here, key, signal)
  assert.equal(await repositories.open(here, key, signal), id)
  await assert.rejects(repositories.open(elsewhere, key, signal), { code: 'repository-exists' })
})

test('a repository that is opened again is held against the ledger that was seen, another one in its place is not', async () => {
  const asked: (Seen | undefined)[] = []
  const { table, points } = tables(place)
  table.see(id, { number: 9, hash: 'nine' })
  const found = [ledger('b'.repeat(32)).repository, ledger().repository, ledger().repository]
  const open: Open = async (_address, _key, seen) => {
    asked.push(seen)
    return { repository: found.shift() as Repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points })
  const key = { kind: 'passphrase', passphrase: 'x' } as const
  assert.equal(await repositories.open(here, key, signal), 'b'.repeat(32))
  assert.equal(await repositories.open(here, key, signal), id)
  assert.deepEqual(asked, [undefined, undefined, { number: 9, hash: 'nine' }])
})

test('a wrong passphrase leaves nothing behind', async () => {
  const { table, points, rows } = tables()
  const secrets = memorySecrets()
  const refuse: Open = () => Promise.reject(new Failure('passphrase-wrong', 'no'))
  await using repositories = roster(refuse, { table, points, secrets })
  const opened = repositories.open(here, { kind: 'passphrase', passphrase: 'canary' }, signal)
  await assert.rejects(opened, { code: 'passphrase-wrong' })
  assert.equal(secrets.kept.size, 0)
  assert.equal(rows.size, 0)
})

test('a point that another engine made is found by reading on in the ledger', async () => {
  const { repository, points: made } = ledger()
  await using repositories = roster(opening(repository))
  await repositories.open(here, { kind: 'passphrase', passphrase: 'x' }, signal)
  await assert.rejects(repositories.needPoint(pointOf(1).id, signal), { code: 'point-not-found' })
  made.push(pointOf(1))
  assert.deepEqual((await repositories.needPoint(pointOf(1).id, signal)).point, pointOf(1))
})

test('several who need a closed repository cause one opening, and one may stop waiting', async () => {
  const { repository } = ledger()
  const { table, points } = tables(place)
  const gate = Promise.withResolvers<void>()
  let openings = 0
  const open: Open = async () => {
    openings++
    await gate.promise
    return { repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points, secrets: memorySecrets(`repository-${id}`) })
  const abort = new AbortController()
  const left = repositories.need(id, abort.signal)
  const stays = repositories.need(id, signal)
  abort.abort()
  await assert.rejects(left, { name: 'AbortError' })
  gate.resolve()
  assert.equal((await stays).id, id)
  assert.equal(openings, 1)
})

test('the list tells what is stored, what it costs, what is left and what was proven', async () => {
  const { repository } = ledger()
  const space = { freeBytes: 5, totalBytes: 9 }
  const coverage = { verified: 1, oldestAt: 7, damaged: ['d'.repeat(32)] }
  const open: Open = async () => ({ repository, rootKey, store: store(space) })
  await using repositories = roster(open, { coverage: () => coverage })
  await repositories.open(here, { kind: 'passphrase', passphrase: 'x' }, signal)
  const totals = { chunks: 1, storedBytes: 2, rawBytes: 3, pointBytes: 4 }
  const kept = { trashed: 0, unneededBytes: 5, sweptAt: 6, epoch: 1 }
  assert.deepEqual(await repositories.list(signal), [
    { id, address: place, points: 0, coverage, state: 'open', ...totals, ...kept, ...space },
  ])
})

test('one that was removed leaves neither key nor points nor an open store, and can be opened again', async () => {
  const { repository, state } = ledger()
  const { table, points, cache } = tables()
  const secrets = memorySecrets()
  await using repositories = roster(opening(repository), { table, points, secrets })
  const key = { kind: 'passphrase', passphrase: 'x' } as const
  await repositories.open(here, key, signal)
  cache.points = [pointOf(1)]
  await repositories.remove(id)
  assert.deepEqual([secrets.kept.size, cache.points, state.closed], [0, [], 1])
  assert.deepEqual(await repositories.list(signal), [])
  await assert.rejects(repositories.need(id, signal), { code: 'repository-not-found' })
  await assert.rejects(repositories.remove(id), { code: 'repository-not-found' })
  assert.equal(await repositories.open(here, key, signal), id)
})

test('one that is removed while it is being opened does not come back', async () => {
  const { repository, state } = ledger()
  const { table, points, rows } = tables(place)
  const opened = Promise.withResolvers<void>()
  const open: Open = async () => {
    await opened.promise
    return { repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points, secrets: memorySecrets(`repository-${id}`) })
  await repositories.remove(id)
  opened.resolve()
  await repositories.started
  assert.deepEqual([rows.size, state.closed], [0, 1])
  assert.deepEqual(await repositories.list(signal), [])
})

test('one that another process removed is let go of here', async () => {
  const { repository, state } = ledger()
  const { table, points, rows } = tables(place)
  await using repositories = roster(opening(repository), { table, points, secrets: memorySecrets(`repository-${id}`) })
  await repositories.started
  rows.clear()
  repositories.lookAgain()
  assert.deepEqual(await repositories.list(signal), [])
  assert.equal(state.closed, 1)
})

test('an account rests with the keys, and goes with them', async () => {
  const asked: Site[] = []
  const { table, points, rows } = tables()
  const secrets = memorySecrets()
  const open: Open = async (site) => {
    asked.push(site)
    return { repository: ledger().repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points, secrets, probe: async () => probe })
  await repositories.open({ address: bucket, credentials: account }, { kind: 'passphrase', passphrase: 'x' }, signal)
  assert.deepEqual(asked, [{ address: bucket, credentials: account, probe }])
  assert.deepEqual(JSON.parse(String(secrets.kept.get(`store-${id}`))), account)
  assert.deepEqual(rows.get(id)?.facts, { probe })
  assert.ok(!JSON.stringify([...rows]).includes('canary'))
  await repositories.remove(id)
  assert.equal(secrets.kept.size, 0)
})

test('a bucket whose account is not on this machine is locked, and opens by another one that is tried first', async () => {
  const { table, points } = tables(bucket)
  const secrets = memorySecrets(`repository-${id}`)
  const { repository, state } = ledger()
  const open: Open = async ({ credentials }) => {
    if (credentials?.secretAccessKey !== 'canary') throw new Failure('credentials-refused', 'no')
    return { repository, rootKey, store: store() }
  }
  await using repositories = roster(open, { table, points, secrets })
  await repositories.started
  const [locked] = await repositories.list(signal)
  assert.deepEqual([locked?.state, locked?.problemCode], ['locked', 'credentials-refused'])
  const wrong = { ...account, secretAccessKey: 'wrong' }
  await assert.rejects(repositories.changeAccount(id, wrong, signal), { code: 'credentials-refused' })
  assert.equal(secrets.kept.has(`store-${id}`), false)
  await repositories.changeAccount(id, account, signal)
  assert.equal((await repositories.list(signal))[0]?.state, 'open')
  await repositories.changeAccount(id, account, signal)
  assert.deepEqual([(await repositories.need(id, signal)).id, state.closed], [id, 1])
})

test('a store that lets several writers create one object is read and never written to', async () => {
  const unsafe = { ...probe, exclusive: false }
  await using repositories = roster(opening(ledger().repository), { probe: async () => unsafe })
  await repositories.open({ address: bucket, credentials: account }, { kind: 'passphrase', passphrase: 'x' }, signal)
  assert.equal((await repositories.need(id, signal)).id, id)
  await assert.rejects(repositories.needWritable(id, signal), { code: 'store-unsuitable' })
  assert.notEqual((await repositories.list(signal))[0]?.readOnly, undefined)
})

test('a point is read from a whole copy that can be reached, whichever repository comes first', async () => {
  const other = 'b'.repeat(32)
  const [first, second] = [ledger(), ledger(other)]
  for (const each of [first, second]) {
    each.points.push(pointOf(1))
    await each.repository.refresh(signal)
  }
  const { table, rows } = tables(place)
  rows.set(other, { id: other, address: bucket, seen: undefined, verifiedAt: undefined, facts: {} })
  const points = { holders: () => [id, other], count: () => 1, replace: () => true }
  const secrets = memorySecrets(`repository-${id}`, `repository-${other}`)
  await secrets.put(`store-${other}`, Buffer.from(JSON.stringify(account)))
  let isNearThere = false
  const open: Open = async ({ address }) => {
    if (address.kind === 'folder' && !isNearThere) throw new Failure('repository-unreachable', 'not mounted')
    return { repository: address.kind === 'folder' ? first.repository : second.repository, rootKey, store: store() }
  }
  let damaged: readonly string[] = []
  const coverage: RepositoriesOptions['coverage'] = (of) => ({ verified: 1, damaged: of === id ? [...damaged] : [] })
  await using repositories = roster(open, { table, points, secrets, coverage })
  await repositories.started
  const from = async (): Promise<string> => (await repositories.needPoint(pointOf(1).id, signal)).repository.id
  assert.equal(await from(), other)
  isNearThere = true
  await repositories.need(id, signal)
  assert.equal(await from(), id)
  damaged = [pointOf(1).id]
  assert.equal(await from(), other)
})
