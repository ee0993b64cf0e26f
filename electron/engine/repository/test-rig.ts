import { systemClock } from '../base/clock.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import type { Extents } from '../disk/extents.ts'
import { type MemoryStore, memoryStore, type OnStoreCall } from '../store/memory.ts'
import { createRepository } from './create.ts'
import { openRepository } from './open.ts'
import type { OpenOptions, PointFacts, Repository } from './repository.ts'

/** What tests of this room share. Chunks are small, so that few bytes make many pages of maps. */

export const testChunkBytes = 4096
export const machineId = '11111111-1111-4111-8111-111111111111'
export const never: AbortSignal = new AbortController().signal
export const passphrase = 'correct horse 电池'

export type TestRepository = {
  readonly store: MemoryStore
  readonly recoveryWords: string
  readonly rootKey: Uint8Array
}

export async function newRepository(pool: ChunkPool): Promise<TestRepository> {
  const store = memoryStore()
  const breakGlass = new Uint8Array(Buffer.from('// a script'))
  const options = { store, pool, clock: systemClock, passphrase, breakGlass, chunkBytes: testChunkBytes }
  const { recoveryWords, rootKey } = await createRepository(options, never)
  return { store, recoveryWords, rootKey }
}

/** A store of its own that begins with the same objects. */
export function copyOf({ objects }: MemoryStore, onCall?: OnStoreCall): MemoryStore {
  const copy = memoryStore(onCall)
  for (const [name, bytes] of objects) copy.objects.set(name, Uint8Array.from(bytes))
  return copy
}

export async function reopen(
  pool: ChunkPool,
  rig: Pick<TestRepository, 'store' | 'rootKey'>,
  options: Partial<OpenOptions> = {},
): Promise<Repository> {
  const key = { kind: 'root-key', rootKey: rig.rootKey } as const
  const usual = { store: rig.store, pool, clock: systemClock, key, packBytes: 64 * 1024 }
  const { repository } = await openRepository({ ...usual, ...options }, never)
  return repository
}

export type TestWrite = { readonly offset: number; readonly bytes: Uint8Array }

export type TestDisk = {
  readonly name: string
  readonly sizeBytes: number
  readonly base?: string
  readonly writes?: readonly TestWrite[]
  readonly zero?: Extents
}

/** `number` makes the point's id. */
export async function makePoint(repository: Repository, number: number, disks: readonly TestDisk[]): Promise<string> {
  const id = pointIdOf(number)
  await using draft = repository.beginPoint(id, machineId)
  for (const disk of disks) {
    const { name, sizeBytes, base } = disk
    const target = await draft.addDisk({ name, sizeBytes, base }, never)
    for (const { offset, bytes } of disk.writes ?? []) await target.write(offset, Uint8Array.from(bytes), never)
    target.zero(disk.zero ?? [])
  }
  await draft.commit(factsOf(number, disks), never)
  return id
}

export function pointIdOf(number: number): string {
  return number.toString(16).padStart(32, '0')
}

export function factsOf(number: number, disks: readonly Pick<TestDisk, 'name' | 'sizeBytes'>[]): PointFacts {
  return {
    id: pointIdOf(number),
    machineId,
    machineName: '机器 01',
    createdAt: 1_700_000_000_000 + number,
    method: 'full',
    consistency: 'off',
    disks: disks.map(({ name, sizeBytes }) => {
      return { name, sizeBytes, how: 'full', cause: 'first-point', why: 'First.', bytesRead: 0, format: 'raw' }
    }),
    bytesRead: 0,
    warnings: [],
    definition: '<domain/>',
    checkpoint: undefined,
    attachments: [],
  }
}

export async function contentOf(repository: Repository, pointId: string, name: string): Promise<Buffer> {
  await using disk = await repository.openDisk(pointId, name, never)
  const bytes = Buffer.alloc(disk.sizeBytes)
  await disk.read(0, bytes, never)
  return bytes
}

/** Bytes that do not repeat and do not compress, the same for the same seed (a linear congruential generator). */
export function noise(seed: number, lengthBytes: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes)
  let state = (seed * 2_654_435_761) >>> 0
  for (let at = 0; at < lengthBytes; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    bytes[at] = state >>> 24
  }
  return bytes
}
