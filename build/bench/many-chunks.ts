import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { codecs, idBytes, recordTypes } from '../../electron/engine/chunk/chunk.ts'
import { type ChunkPool, startPool } from '../../electron/engine/chunk/pool.ts'
import { TableReader } from '../../electron/engine/chunk/table.ts'
import type { EntryBody } from '../../electron/engine/repository/format/entry.ts'
import { encodePack, type IndexedPack, indexPath, sealIndex } from '../../electron/engine/repository/format/index.ts'
import { deriveKeys, type RepositoryKeys } from '../../electron/engine/repository/format/key.ts'
import { nameOf, objectSaltBytes } from '../../electron/engine/repository/format/object.ts'
import {
  packHeaderBytes,
  recordOverheadBytes,
  saltBytes,
  tagBytes,
} from '../../electron/engine/repository/format/pack.ts'
import { Ledger } from '../../electron/engine/repository/ledger.ts'
import { createRepository, openRepository } from '../../electron/engine/repository/repository.ts'
import { createLocalStore, openLocalStore } from '../../electron/engine/store/local.ts'
import type { Store } from '../../electron/engine/store/store.ts'
import { KiB } from '../../shared/units.ts'
import { measure } from './measure.ts'
import { stillpoint } from './ours.ts'
import { randomBytesOf, randomOf } from './random.ts'

/**
 * What millions of chunks cost: a repository in a folder is given indexes of packs with ids that nobody computed. The packs
 * themselves are not there, since neither opening nor looking up reads them. It is opened twice, each time in a process of
 * its own: by this file, which then looks up ids, and by the shell, whose process is a whole engine.
 */
const recordsPerPack = 128
/** As the repository's own writer divides them. */
const packsPerIndex = 2 ** 18 / recordsPerPack
const storedBytes = 64 * KiB
const chunkBytes = 128 * KiB
const lookUps = 1_000_000
const passphrase = 'benchmark'
const signal = new AbortController().signal

type Figures = {
  readonly openedS: number
  /** Of all its threads. */
  readonly cpuS: number
  readonly meanUs: number
  readonly p99Us: number
  readonly found: number
  readonly restMiB: number
}

export async function measureManyChunks(chunks: number): Promise<void> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'many-chunks-'))
  try {
    const packs = Math.ceil(chunks / recordsPerPack)
    await fill(folder, packs)
    const opened = await measure({
      program: process.execPath,
      args: [import.meta.filename, folder, String(packs)],
    })
    const figures = JSON.parse(opened.output) as Figures
    const { openedS, cpuS, meanUs, p99Us, found, restMiB } = figures
    const engine = await openByShell(folder)
    console.log(`Repository of ${packs * recordsPerPack} chunks in ${packs} packs opened: ${openedS.toFixed(1)} s,`)
    console.log(`${cpuS.toFixed(1)} s of processor time`)
    console.log(`Lookup: mean ${meanUs.toFixed(2)} µs, p99 ${p99Us.toFixed(2)} µs (${found} of ${lookUps} were there)`)
    console.log(`Memory of that process: peak ${Math.round(opened.peakMiB)} MiB, afterwards ${Math.round(restMiB)} MiB`)
    console.log(
      `A whole engine, by the shell: ${engine.wallS.toFixed(1)} s from start to end, peak ${Math.round(engine.peakMiB)} MiB`,
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function openByShell(folder: string): ReturnType<typeof measure> {
  const file = path.join(folder, 'passphrase')
  writeFileSync(file, passphrase)
  const words = ['repository', 'open', '--folder', path.join(folder, 'store'), '--passphrase-file', file]
  mkdirSync(path.join(folder, 'home'))
  return await measure(stillpoint(path.join(folder, 'home'), ...words))
}

async function fill(folder: string, packs: number): Promise<void> {
  await using pool = startPool(1)
  await using store = await createLocalStore(path.join(folder, 'store'), signal)
  const options = { store, pool, clock: systemClock, passphrase, breakGlass: new Uint8Array(1) }
  const { repository, rootKey } = await createRepository(options, signal)
  await using _ = repository
  writeFileSync(path.join(folder, 'key'), rootKey)
  const keys = deriveKeys(rootKey, Buffer.from(repository.id, 'hex'), 1)
  const indexes: string[] = []
  for (let first = 0; first < packs; first += packsPerIndex) {
    indexes.push(await putIndex(store, keys, first, Math.min(first + packsPerIndex, packs)))
  }
  await nameIndexes(store, keys, indexes)
}

async function putIndex(store: Store, keys: RepositoryKeys, first: number, end: number): Promise<string> {
  const packs = Array.from({ length: end - first }, (_, at) => encodePack(packOf(first + at)))
  const bytes = sealIndex(keys, randomBytes(objectSaltBytes), packs)
  const name = nameOf(bytes)
  await store.put(indexPath(name), bytes, signal)
  return name
}

/** As a writer ends whose points were never finished: its release names what it stored. */
async function nameIndexes(store: Store, keys: RepositoryKeys, indexes: readonly string[]): Promise<void> {
  const ledger = new Ledger({ store, keys, random: randomBytes })
  await ledger.advance(signal)
  const append = (body: EntryBody): Promise<number> =>
    ledger.append(
      async (number, previous) => ({ version: 1, number, previous, at: systemClock.now(), ...body }),
      async () => {},
      () => {},
      signal,
    )
  const fence = await append({ kind: 'lease', role: 'writer', holder: 'benchmark' })
  await append({ kind: 'release', fence, indexes })
}

function packOf(number: number): IndexedPack {
  const ids = idsOf(number)
  const name = randomBytesOf(2 ** 31 + number, idBytes).toString('hex')
  const stride = recordOverheadBytes + storedBytes
  const records = Array.from({ length: recordsPerPack }, (_, ordinal) => ({
    id: ids.subarray(ordinal * idBytes, (ordinal + 1) * idBytes),
    offset: packHeaderBytes + ordinal * stride + (recordOverheadBytes - tagBytes),
    storedBytes,
    rawBytes: chunkBytes,
    type: recordTypes.data,
    codec: codecs.zstd,
  }))
  const sizeBytes = packHeaderBytes + recordsPerPack * stride
  return { name, salt: Buffer.alloc(saltBytes, number), epoch: 1, sizeBytes, records }
}

/** Of all records of one pack, back to back. */
function idsOf(pack: number): Buffer {
  return randomBytesOf(pack, recordsPerPack * idBytes)
}

async function open(folder: string, packs: number): Promise<Figures> {
  await using pool = startPool(1)
  const tables: (() => SharedArrayBuffer)[] = []
  const cpuBefore = process.cpuUsage()
  const begin = performance.now()
  await using store = await openLocalStore(path.join(folder, 'store'), signal)
  const key = { kind: 'root-key', rootKey: readFileSync(path.join(folder, 'key')) } as const
  const options = { store, pool: watched(pool, tables), clock: systemClock, key }
  const { repository } = await openRepository(options, signal)
  await using _ = repository
  const openedS = (performance.now() - begin) / 1000
  const { user, system } = process.cpuUsage(cpuBefore)
  const restMiB = process.memoryUsage().rss / 2 ** 20
  // A draft hands the repository's table to the threads, which look there for every chunk that they are given.
  await using _draft = repository.beginPoint('0'.repeat(32), '00000000-0000-4000-8000-000000000000')
  const [table] = tables
  if (table === undefined) throw new Error('the draft took no sealer')
  return { openedS, cpuS: (user + system) / 1e6, restMiB, ...lookUp(new TableReader(table()), packs) }
}

function watched(pool: ChunkPool, tables: (() => SharedArrayBuffer)[]): ChunkPool {
  return {
    ...pool,
    sealer(options) {
      tables.push(options.table)
      return pool.sealer(options)
    },
  }
}

/** Every other id is one that is not there. */
function lookUp(table: TableReader, packs: number): Pick<Figures, 'meanUs' | 'p99Us' | 'found'> {
  const random = randomOf(3)
  const ids = Array.from({ length: lookUps / recordsPerPack }, (_, at) => {
    const pack = Math.floor(random() * packs)
    return idsOf(at % 2 === 0 ? pack : packs + pack)
  })
  const times = new Float64Array(ids.length * recordsPerPack)
  let found = 0
  for (let at = 0; at < times.length; at++) {
    // Neighbours in time are not neighbours in a pack.
    const bytes = ids[at % ids.length] as Buffer
    const offset = Math.floor(at / ids.length) * idBytes
    const id = bytes.subarray(offset, offset + idBytes)
    const begin = performance.now()
    if (table.has(id)) found++
    times[at] = (performance.now() - begin) * 1000
  }
  const meanUs = times.reduce((sum, time) => sum + time, 0) / times.length
  return { meanUs, p99Us: times.toSorted()[Math.floor(times.length * 0.99)] ?? 0, found }
}

if (import.meta.main) {
  const [folder = '', packs = ''] = process.argv.slice(2)
  console.log(JSON.stringify(await open(folder, Number(packs))))
}
