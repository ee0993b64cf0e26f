import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { silentLog } from '../../electron/engine/base/log.ts'
import { type Catalog, openCatalog } from '../../electron/engine/catalog/catalog.ts'
import { type ChunkPool, startPool } from '../../electron/engine/chunk/pool.ts'
import {
  createRepository,
  openRepository,
  type PointFacts,
  type Repository,
} from '../../electron/engine/repository/repository.ts'
import { createLocalStore, openLocalStore } from '../../electron/engine/store/local.ts'

/**
 * What ten thousand points cost: a repository in a folder is filled with points of 200 machines (what is measured is the points
 * themselves, so their disks are empty), the catalog is lost, and comes back from the repository alone.
 */
const machines = 200
const signal = new AbortController().signal

export async function measureManyPoints(points: number): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'many-points-'))
  const pool = startPool(1)
  try {
    const rootKey = await fill(pool, path.join(folder, 'store'), points)
    const before = await rebuilt(pool, folder, 'first', rootKey)
    const after = await rebuilt(pool, folder, 'second', rootKey)
    console.log(`Catalog of ${points} points rebuilt: ${after.seconds.toFixed(1)} s, of which opening the repository`)
    console.log(`${after.openedS.toFixed(1)} s; dumps are equal: ${before.dump === after.dump}`)
    console.log(`List of all points: ${after.listMs.toFixed(0)} ms; of one machine: ${after.machineMs.toFixed(1)} ms`)
    console.log(`Memory of the process: ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB`)
  } finally {
    await pool[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  }
}

type Figures = {
  readonly seconds: number
  readonly openedS: number
  readonly listMs: number
  readonly machineMs: number
  readonly dump: string
}

async function rebuilt(pool: ChunkPool, folder: string, name: string, rootKey: Uint8Array): Promise<Figures> {
  const home = path.join(folder, name)
  mkdirSync(home)
  const begin = performance.now()
  await using store = await openLocalStore(path.join(folder, 'store'), signal)
  const key = { kind: 'root-key', rootKey } as const
  const { repository } = await openRepository({ store, pool, clock: systemClock, key }, signal)
  await using _ = repository
  const openedS = (performance.now() - begin) / 1000
  using catalog = openCatalog(home, systemClock, silentLog)
  take(catalog, repository)
  const seconds = (performance.now() - begin) / 1000
  const listMs = timed(() => catalog.points.list(undefined))
  const machineMs = timed(() => catalog.points.list(machineIdOf(7)))
  return { seconds, openedS, listMs, machineMs, dump: catalog.dump() }
}

function take(catalog: Catalog, repository: Repository): void {
  catalog.points.replace(repository.id, repository.points())
  catalog.notes.replace(repository.id, repository.notes())
}

function timed(work: () => unknown): number {
  const begin = performance.now()
  work()
  return performance.now() - begin
}

/** Answers the root key. */
async function fill(pool: ChunkPool, folder: string, points: number): Promise<Uint8Array> {
  await using store = await createLocalStore(folder, signal)
  const breakGlass = new Uint8Array(1)
  const options = { store, pool, clock: systemClock, passphrase: 'a passphrase', breakGlass }
  const { repository, rootKey } = await createRepository(options, signal)
  await using filled = repository
  for (let at = 0; at < points; at++) await makePoint(filled, at)
  return rootKey
}

async function makePoint(repository: Repository, at: number): Promise<void> {
  const facts = factsOf(at)
  await using draft = repository.beginPoint(facts.id, facts.machineId)
  for (const { name, sizeBytes } of facts.disks) await draft.addDisk({ name, sizeBytes, base: undefined }, signal)
  await draft.commit(facts, signal)
}

function machineIdOf(at: number): string {
  return `00000000-0000-4000-8000-${String(at % machines).padStart(12, '0')}`
}

/** A point as a backup by bitmaps makes it; the definition is as long as those of libvirt are. */
function factsOf(at: number): PointFacts {
  const reading = { how: 'bitmap', cause: 'bitmap-usable', why: 'The bitmap of the last point is whole.' } as const
  const disk = { sizeBytes: 100 * 2 ** 30, bytesRead: 2 ** 30, format: 'qcow2', ...reading }
  return {
    id: at.toString(16).padStart(32, '0'),
    machineId: machineIdOf(at),
    machineName: `machine ${at % machines}`,
    createdAt: 1_700_000_000_000 + at * 60_000,
    method: 'incremental',
    consistency: 'file-system',
    disks: ['vda', 'vdb'].map((name) => ({ ...disk, name })),
    bytesRead: 2 ** 31,
    warnings: [],
    definition: `<domain>${'<device/>'.repeat(700)}</domain>`,
    checkpoint: `checkpoint-${at}`,
    attachments: [],
  }
}
