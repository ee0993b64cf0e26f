import assert from 'node:assert/strict'
import { type RecordPlace, type RecordType, recordTypes } from '../chunk/chunk.ts'
import type { ChunkPool } from '../chunk/pool.ts'
import { openRecord, packSeal } from '../chunk/seal.ts'
import { oneShotZstd } from '../chunk/zstd.ts'
import { entries, keysOf, named } from './damage-rig.ts'
import { fromHex, toHex } from './format/bytes.ts'
import { type IndexedPack, openIndex, packPath, withRecords } from './format/index.ts'
import { manifestPath, openManifest } from './format/manifest.ts'
import { isZeroId, shapeOf } from './format/map.ts'
import { tagBytes } from './format/pack.ts'
import { makePoint, newRepository, noise, pointIdOf, reopen, type TestRepository, testChunkBytes } from './test-rig.ts'

type Placed = { readonly path: string; readonly pack: IndexedPack; readonly ordinal: number }

/** Which point needs which bytes: read from the objects themselves, without any of the code that verifies or traces. */
export type Model = {
  readonly contents: ReadonlyMap<string, Buffer>
  /** By path. */
  readonly manifests: ReadonlyMap<string, string>
  /** Sealed records by the paths of their packs: where each lies, and who needs it. */
  readonly records: ReadonlyMap<string, readonly { start: number; end: number; points: ReadonlySet<string> }[]>
}

/** Three points in several packs of a few chunks: the second shares half of the first, the third stands alone. */
export async function threePoints(pool: ChunkPool): Promise<TestRepository> {
  const rig = await newRepository(pool)
  for (const [at, bytes] of diskContents().entries()) {
    await using repository = await reopen(pool, rig, { packBytes: 16 * 1024 })
    await makePoint(repository, at + 1, [{ name: 'vda', sizeBytes: bytes.length, writes: [{ offset: 0, bytes }] }])
  }
  return rig
}

function diskContents(): readonly Buffer[] {
  const one = noise(1, 4 * testChunkBytes)
  const two = Buffer.concat([one.subarray(0, 2 * testChunkBytes), noise(2, 2 * testChunkBytes + 512)])
  return [one, two, noise(3, 3 * testChunkBytes)]
}

export function modelOf(rig: TestRepository): Model {
  const places = placesOf(rig)
  const points = entries(rig).flatMap((entry) => (entry.kind === 'point' ? [entry] : []))
  const needs = new Map<string, Set<string>>([...places.keys()].map((id) => [id, new Set<string>()]))
  for (const { pointId, manifest } of points) {
    for (const id of idsOf(rig, places, manifest)) needs.get(id)?.add(pointId)
  }
  const records = new Map<string, { start: number; end: number; points: ReadonlySet<string> }[]>()
  for (const [id, { path, pack, ordinal }] of places) {
    const record = pack.records[ordinal]
    if (record === undefined) throw new RangeError('no such record')
    const placed = { start: record.offset, end: record.offset + record.storedBytes + tagBytes }
    records.set(path, [...(records.get(path) ?? []), { ...placed, points: needs.get(id) ?? new Set() }])
  }
  return {
    contents: new Map(diskContents().map((bytes, at) => [pointIdOf(at + 1), bytes])),
    manifests: new Map(points.map(({ pointId, manifest }) => [manifestPath(manifest), pointId])),
    records,
  }
}

/** Points that cannot be restored whole when these bytes lie at `path` instead of those that lay there. */
export function hurtBy(
  model: Model,
  path: string,
  before: Uint8Array,
  after: Uint8Array | undefined,
): readonly string[] {
  const manifest = model.manifests.get(path)
  if (manifest !== undefined) return [manifest]
  const hurt = new Set<string>()
  for (const { start, end, points } of model.records.get(path) ?? []) {
    const isSame = after !== undefined && Buffer.compare(before.subarray(start, end), after.subarray(start, end)) === 0
    if (!isSame) for (const point of points) hurt.add(point)
  }
  return [...hurt].sort()
}

function placesOf(rig: TestRepository): ReadonlyMap<string, Placed> {
  const places = new Map<string, Placed>()
  for (const path of named(rig.store, 'indexes/')) {
    for (const pack of [...openIndex(keysOf(rig), bytesOf(rig, path), path)].map(withRecords)) {
      for (const [ordinal, { id }] of pack.records.entries()) {
        assert.ok(!places.has(toHex(id)), 'each chunk lies in one place only')
        places.set(toHex(id), { path: packPath(pack.name), pack, ordinal })
      }
    }
  }
  return places
}

/** Every page and every chunk of the point. */
function idsOf(rig: TestRepository, places: ReadonlyMap<string, Placed>, manifest: string): readonly string[] {
  const path = manifestPath(manifest)
  const ids: string[] = []
  for (const { mapRoot, sizeBytes } of openManifest(keysOf(rig), bytesOf(rig, path), path).disks) {
    const { depth } = shapeOf(sizeBytes, testChunkBytes)
    let level = [mapRoot]
    for (let at = depth; at >= 0; at--) {
      ids.push(...level)
      if (at > 0) level = level.flatMap((page) => idsIn(openPlaced(rig, recordTypes.page, page, places.get(page))))
    }
  }
  return ids
}

function idsIn(page: Uint8Array): readonly string[] {
  const ids = Array.from({ length: page.length / 32 }, (_, at) => page.subarray(at * 32, at * 32 + 32))
  return ids.filter((id) => !isZeroId(id)).map(toHex)
}

function openPlaced(rig: TestRepository, type: RecordType, id: string, placed: Placed | undefined): Uint8Array {
  const record = placed?.pack.records[placed.ordinal]
  if (placed === undefined || record === undefined) throw new RangeError(`nothing holds ${id}`)
  const sealed = bytesOf(rig, placed.path).subarray(record.offset, record.offset + record.storedBytes + tagBytes)
  const seal = packSeal(keysOf(rig).chunks, placed.pack.salt)
  const header: Omit<RecordPlace, 'pack'> = { ...record, type, ordinal: placed.ordinal }
  return Uint8Array.from(openRecord(seal, { ...header, id: fromHex(id) }, sealed, oneShotZstd()))
}

function bytesOf({ store }: TestRepository, path: string): Uint8Array {
  const bytes = store.objects.get(path)
  if (bytes === undefined) throw new RangeError(`no ${path}`)
  return bytes
}
