import assert from 'node:assert/strict'
import type { ChunkPool } from '../chunk/pool.ts'
import type { MemoryStore } from '../store/memory.ts'
import { fromHex } from './format/bytes.ts'
import { decodeConfig } from './format/config.ts'
import { entryName, openEntry, type ReadEntry } from './format/entry.ts'
import { indexPath } from './format/index.ts'
import { deriveConfigKey, deriveKeys, type RepositoryKeys } from './format/key.ts'
import { nameOf, objectTypes, sealObject } from './format/object.ts'
import type { Repository } from './repository.ts'
import {
  copyOf,
  makePoint,
  never,
  newRepository,
  noise,
  pointIdOf,
  reopen,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

/** What tests of damage share: a repository of two points of one disk each, which share nothing but the format. */

export const sizeBytes = 40 * testChunkBytes
export const first = noise(1, sizeBytes)
export const second = noise(2, sizeBytes)

export async function twoPoints(pool: ChunkPool): Promise<TestRepository> {
  const rig = await newRepository(pool)
  for (const [at, bytes] of [first, second].entries()) {
    await using repository = await reopen(pool, rig)
    await makePoint(repository, at + 1, [{ name: 'vda', sizeBytes, writes: [{ offset: 0, bytes }] }])
  }
  return rig
}

export function freshOf(rig: TestRepository): TestRepository {
  return { ...rig, store: copyOf(rig.store) }
}

export function flip(store: MemoryStore, name: string, at: number, bit = 4): void {
  const bytes = Uint8Array.from(store.objects.get(name) ?? [])
  assert.ok(at < bytes.length, `${name} has no byte ${at}`)
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit)
  store.objects.set(name, bytes)
}

export function named(store: MemoryStore, prefix: string): readonly string[] {
  return [...store.objects.keys()].filter((name) => name.startsWith(prefix))
}

type Found = { readonly object: string; readonly points: readonly string[] }

export async function verify(repository: Repository): Promise<readonly Found[]> {
  const { damaged } = await repository.verify({ onRead: () => {} }, never)
  return damaged.map(({ object, points }) => ({ object, points: [...points].sort() }))
}

export function keysOf({ rootKey, store }: TestRepository): RepositoryKeys {
  const config = decodeConfig(store.objects.get('config') ?? new Uint8Array(), deriveConfigKey(rootKey))
  return deriveKeys(rootKey, fromHex(config?.repositoryId ?? ''), 1)
}

export function entries(rig: TestRepository): readonly ReadEntry[] {
  const keys = keysOf(rig)
  return named(rig.store, 'ledger/').map((name, at) => {
    return openEntry(keys, rig.store.objects.get(name) ?? new Uint8Array(), at + 1)
  })
}

/** One more ledger entry, also one that this version would not write. */
export function append(rig: TestRepository, kind: string, body: object): void {
  const number = entries(rig).length + 1
  const previous = nameOf(rig.store.objects.get(entryName(number - 1)) ?? new Uint8Array())
  const text = JSON.stringify({ version: 1, number, previous, at: 0, kind, ...body })
  rig.store.objects.set(
    entryName(number),
    sealObject(keysOf(rig), objectTypes.entry, noise(number, 32), Buffer.from(text)),
  )
}

/** The index that came with a point. */
export function indexOf(rig: TestRepository, number: number): string {
  const entry = entries(rig).find((each) => each.kind === 'point' && each.pointId === pointIdOf(number))
  return indexPath(entry?.kind === 'point' ? (entry.indexes[0] ?? '') : '')
}
