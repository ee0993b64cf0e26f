import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { catalogMachineId } from '../../../shared/machine.ts'
import { sentence } from '../../../shared/sentences.ts'
import { systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import { openCatalog } from '../catalog/catalog.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, never, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'
import type { Repository } from '../repository/repository.ts'
import { backUpCatalog, readCatalogPoint } from './catalog-point.ts'

let pool: ChunkPool
let template: Template
let folder: string

before(async () => {
  pool = startPool(1)
  template = await newTemplate(pool)
  folder = mkdtempSync(join(tmpdir(), 'catalog-point-'))
})
after(async () => {
  await pool[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

async function newRepository(): Promise<Repository> {
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks: [] })
  return walk.repository
}

function orderOf(repository: Repository, bytes: Uint8Array, now: number, console = 'here') {
  const pointId = randomBytes(16).toString('hex')
  const writeCopy = async (path: string) => writeFileSync(path, bytes)
  return { repository, pointId, console, folder, writeCopy, now }
}

test('what was kept is what is handed out, to the last byte of any size, and nothing stays on this machine', async () => {
  const repository = await newRepository()
  for (const [at, size] of [0, 1, 4096, 3 * 1024 * 1024 + 512].entries()) {
    const bytes = randomBytes(size)
    const step = notedStep()
    const point = await backUpCatalog(step, orderOf(repository, bytes, at))
    assert.equal(point.machineId, catalogMachineId)
    assert.equal(step.meter.progress().bytesRead, size)
    const read = await readCatalogPoint(
      { repository, folder },
      (path) => [readFileSync(path), statSync(path).mode],
      never,
    )
    assert.ok((read[0] as Buffer).equals(bytes))
    assert.equal((read[1] as number) & 0o077, 0)
  }
  assert.deepEqual(readdirSync(folder), [])
})

test('a repository without a catalog says so', async () => {
  const repository = await newRepository()
  await assert.rejects(
    readCatalogPoint({ repository, folder }, () => undefined, never),
    { code: 'point-not-found' },
  )
})

test('a console keeps its newest seven, pinned ones beside them, and leaves those of others alone', async () => {
  const repository = await newRepository()
  const first = await backUpCatalog(notedStep(), orderOf(repository, randomBytes(10), 1))
  await repository.note(first.id, { pinned: true, labels: [] }, never)
  await backUpCatalog(notedStep(), orderOf(repository, randomBytes(10), 2, 'there'))
  for (let at = 3; at < 12; at++) await backUpCatalog(notedStep(), orderOf(repository, randomBytes(10), at))
  assert.deepEqual(
    repository.points().map(({ createdAt }) => createdAt),
    [1, 2, 5, 6, 7, 8, 9, 10, 11],
  )
})

test('older catalogs that cannot be dropped are said, and the new one is there all the same', async () => {
  const repository = await newRepository()
  for (let at = 0; at < 7; at++) await backUpCatalog(notedStep(), orderOf(repository, randomBytes(10), at))
  const refusing: Repository = Object.create(repository, {
    drop: { value: () => Promise.reject(new Failure('credentials-refused', 'not with these keys')) },
  })
  const step = notedStep()
  await backUpCatalog(step, orderOf(refusing, randomBytes(10), 7))
  assert.deepEqual(step.warned, [sentence('catalogs-not-dropped', { message: 'not with these keys' })])
  assert.equal(repository.points().length, 8)
})

test('a lost console gets its hosts and its history back out of a repository', async () => {
  const repository = await newRepository()
  const [lost, found] = ['lost', 'found'].map((name) => openCatalog(join(folder, name), systemClock, silentLog))
  assert.ok(lost !== undefined && found !== undefined)
  try {
    const host = {
      id: '00000000-0000-4000-8000-00000000000a',
      address: { kind: 'images', folder: '/i' },
      name: 'i',
    } as const
    lost.hosts.put(host)
    const order = orderOf(repository, new Uint8Array(0), 1)
    await backUpCatalog(notedStep(), { ...order, writeCopy: (path) => lost.backUpTo(path) })
    const taken = await readCatalogPoint({ repository, folder }, (path) => found.takeSettings(path), never)
    assert.deepEqual(taken, { hosts: 1, repositories: 0, policies: 0, runs: 0 })
    assert.deepEqual(found.hosts.list(), [host])
  } finally {
    lost[Symbol.dispose]()
    found[Symbol.dispose]()
    for (const name of ['lost', 'found']) rmSync(join(folder, name), { recursive: true })
  }
})
