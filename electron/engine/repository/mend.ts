import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import { type RecordType, recordTypes } from '../chunk/chunk.ts'
import { chunkId, sameId } from '../chunk/seal.ts'
import { appendEntry } from './append.ts'
import { toHex } from './format/bytes.ts'
import type { EntryBody } from './format/entry.ts'
import type { Manifest } from './format/manifest.ts'
import { isDamage } from './holdings.ts'
import { mendDisk } from './mend-disk.ts'
import type { Parts } from './parts.ts'
import { needWritable } from './read-only.ts'
import type { MendSource, OnRead } from './repository.ts'

/** What is to be had again: a chunk or a page that points need and that no pack to be relied on holds. */
export type Mending = {
  /** Pages below which nothing is wrong: points share most of theirs. */
  readonly whole: Set<string>
  needs(id: Uint8Array): boolean
  /** False when what `fetch` answers is not what the id was made of, or nothing; the damage stays then. */
  again(type: RecordType, id: Uint8Array, fetch: () => Promise<Uint8Array | undefined>): Promise<boolean>
}

/**
 * Stores anew what points need (also those in the trash) and what lies in bad packs only: from what of these packs still
 * opens, else from `source`. Every chunk is compared with its id before it is stored. What nobody has stays damaged; so do
 * manifests and, where their own pack does not open, attachments. Answers how many chunks and pages were stored. Fails with
 * `lease-lost` when another engine took this one for dead; doing it again goes on.
 */
export async function mend(parts: Parts, source: MendSource, onRead: OnRead, signal: AbortSignal): Promise<number> {
  needWritable(parts)
  const { holdings, keys, leases, ledger, packBytes, pool, turns } = parts
  await using lease = await leases.hold('writer', signal)
  const onPack = (pack: Parameters<typeof holdings.store>[0]) => holdings.store(pack, () => {}, signal)
  await using sealer = pool.sealer({ keys: keys.chunks, table: holdings.places.table, packBytes, onPack })
  const mended = new Set<string>()
  let wantedBytes = 0
  const mending: Mending = {
    whole: new Set(),
    needs: (id) => !holdings.places.has(id) && !mended.has(toHex(id)),
    async again(type, id, fetch) {
      const bytes = await ownBytes(parts, id, signal).then((own) => own ?? fetch())
      if (bytes === undefined || !sameId(chunkId(keys.chunks, type, bytes), id)) return false
      wantedBytes += bytes.length
      await onRead(bytes.length, wantedBytes)
      mended.add(toHex(id))
      await sealer.seal(type, bytes.length, Uint8Array.from(bytes), signal)
      return true
    },
  }
  for (const { id } of [...ledger.state.points.values()]) await mendPoint(parts, mending, source, id, signal)
  await sealer.flush(signal)
  if (mended.size === 0) return 0
  const body = async (): Promise<EntryBody> => {
    leases.need(lease.fence)
    return { kind: 'indexes', indexes: [...(await holdings.index(() => {}, signal))], fence: lease.fence }
  }
  await turns.run(() => appendEntry(parts, body, signal))
  return mended.size
}

async function mendPoint(
  parts: Parts,
  mending: Mending,
  source: MendSource,
  pointId: PointId,
  signal: AbortSignal,
): Promise<void> {
  const manifest = await manifestOf(parts, pointId, signal)
  for (const { chunks } of manifest?.attachments ?? []) {
    for (const chunk of chunks) {
      const id = Buffer.from(chunk, 'hex')
      const isZero = id.every((byte) => byte === 0)
      if (!isZero && mending.needs(id)) await mending.again(recordTypes.data, id, async () => undefined)
    }
  }
  for (const disk of manifest?.disks ?? []) await mendDisk(parts, mending, source, { pointId, ...disk }, signal)
}

/** Undefined where it is damaged, or was purged meanwhile. */
async function manifestOf({ points }: Parts, pointId: PointId, signal: AbortSignal): Promise<Manifest | undefined> {
  try {
    return await points.manifest(pointId, signal)
  } catch (thrown) {
    if (thrown instanceof Failure && (isDamage(thrown) || thrown.code === 'point-not-found')) return undefined
    throw thrown
  }
}

/** What a bad pack still gives. */
async function ownBytes({ reader }: Parts, id: Uint8Array, signal: AbortSignal): Promise<Uint8Array | undefined> {
  try {
    return await reader.one(id, signal)
  } catch (thrown) {
    if (thrown instanceof Failure && isDamage(thrown)) return undefined
    throw thrown
  }
}
