import type { ChangedFile, FileEntry, FilePath, VolumeId } from '../../../../shared/files.ts'
import type { PointId } from '../../../../shared/point.ts'
import type { Entry, EntryKey } from './entries.ts'
import type { FileTables } from './file-catalog.ts'
import type { FolderId } from './folders.ts'
import { kindOf, pathOf } from './hits.ts'
import { covers, folderKind, type Interval, isSame } from './intervals.ts'
import type { IndexedPoint } from './points.ts'
import type { VolumeRow } from './volumes.ts'

/** Where to go on: everything up to this name of this folder was looked at. */
export type DifferencesCursor = { readonly volume: number; readonly folder: FolderId; readonly name: number }

export type DifferencesQuestion = {
  readonly from: PointId
  readonly to: PointId
  readonly volumeId?: VolumeId | undefined
  readonly path?: FilePath | undefined
}

export type DifferencesPart = { readonly changes: readonly ChangedFile[]; readonly next: DifferencesCursor | undefined }

const rowsAtOnce = 2000

/** Volumes of which both points are known; undefined where one of the points is not known whole. */
export function knownInBoth(
  { points, volumes }: FileTables,
  { from, to, volumeId }: DifferencesQuestion,
): readonly VolumeRow[] | undefined {
  const [one, other] = [from, to].map((id) => (points.isDone(id) ? points.get(id) : undefined))
  if (one === undefined || other === undefined || one.machineId !== other.machineId) return undefined
  const rows = volumes.of(one.machineId).filter((row) => volumeId === undefined || row.volumeId === volumeId)
  const listed = rows.filter(({ id }) => volumes.isListed(id, one.number) || volumes.isListed(id, other.number))
  const isWhole = listed.every(({ id }) => volumes.isListed(id, one.number) && volumes.isListed(id, other.number))
  return isWhole && one.skipped + other.skipped === 0 ? listed : undefined
}

/**
 * What differs between two points of which `known` volumes are known, a bounded part of the work at a time: a part may have no changes and
 * yet a `next`. A folder that is one in both points has not changed: what is in it may have.
 */
export function differences(
  tables: FileTables,
  question: DifferencesQuestion,
  known: readonly VolumeRow[],
  cursor: DifferencesCursor | undefined,
  limit: number,
): DifferencesPart {
  const [from, to] = [tables.points.get(question.from), tables.points.get(question.to)]
  const left = known.filter(({ id }) => id >= (cursor?.volume ?? 0)).toSorted((a, b) => a.id - b.id)
  const volume = left[0]
  if (from === undefined || to === undefined || volume === undefined) return { changes: [], next: undefined }
  const after = cursor?.volume === volume.id ? cursor : { folder: tables.folders.root(volume.id), name: 0 }
  const rows = tables.entries.scan(volume.id, after, rowsAtOnce)
  const { changes, cutAt } = changesIn(tables, volume, rows, { from, to, path: question.path, limit })
  const last = cutAt ?? (rows.length >= rowsAtOnce ? rows.at(-1) : undefined)
  if (last !== undefined) return { changes, next: { volume: volume.id, folder: last.folder, name: last.name } }
  const following = left[1]
  if (following === undefined) return { changes, next: undefined }
  return { changes, next: { volume: following.id, folder: tables.folders.root(following.id), name: 0 } }
}

type Between = {
  readonly from: IndexedPoint
  readonly to: IndexedPoint
  readonly path: FilePath | undefined
  readonly limit: number
}

function changesIn(
  tables: FileTables,
  { volumeId }: VolumeRow,
  rows: readonly Entry[],
  { from, to, path = '/', limit }: Between,
): { readonly changes: readonly ChangedFile[]; readonly cutAt?: EntryKey } {
  const changes: ChangedFile[] = []
  for (const intervals of Map.groupBy(rows, ({ folder, name }) => `${folder} ${name}`).values()) {
    const before = intervals.find((each) => covers(each, from.number))
    const after = intervals.find((each) => covers(each, to.number))
    const change = changeOf(before, after)
    const key = after ?? before
    if (change === undefined || key === undefined) continue
    const at = pathOf(tables, key)
    if (!isBelow(at, path)) continue
    const entries = { ...toEntry('before', tables, key, before), ...toEntry('after', tables, key, after) }
    changes.push({ volumeId, path: at, change, ...entries })
    if (changes.length >= limit) return { changes, cutAt: key }
  }
  return { changes }
}

export function changeOf(before: Interval | undefined, after: Interval | undefined): ChangedFile['change'] | undefined {
  if (before === undefined) return after === undefined ? undefined : 'new'
  if (after === undefined) return 'gone'
  const areFolders = before.kind === folderKind && after.kind === folderKind
  return areFolders || isSame(before, after) ? undefined : 'changed'
}

function isBelow(path: FilePath, top: FilePath): boolean {
  return top === '/' || path === top || path.startsWith(`${top}/`)
}

function toEntry(
  side: 'before' | 'after',
  { names }: FileTables,
  { name }: EntryKey,
  content: Interval | undefined,
): { readonly [side: string]: FileEntry } {
  if (content === undefined) return {}
  const { size: sizeBytes, modified } = content
  const entry = { name: names.get(name), kind: kindOf(content), sizeBytes }
  return { [side]: modified === null ? entry : { ...entry, modifiedAt: modified } }
}
