import {
  type FileHit,
  type FileKind,
  type FilePath,
  type FileVersion,
  fileKinds,
  type VolumeId,
} from '../../../../shared/files.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { PointId } from '../../../../shared/point.ts'
import type { EntryKey } from './entries.ts'
import type { FileTables } from './file-catalog.ts'
import { volumeOf } from './folders.ts'
import type { Interval } from './intervals.ts'
import type { IndexedPoint } from './points.ts'
import type { VolumeRow } from './volumes.ts'

const open = Number.MAX_SAFE_INTEGER

/** What is known of one name in one folder, as a hit; undefined where no point that is done has it. */
export function hitOf(tables: FileTables, key: EntryKey): FileHit | undefined {
  const volume = tables.volumes.get(volumeOf(key.folder))
  const seen = volume === undefined ? [] : seenOf(tables, volume.id, tables.entries.of(key.folder, key.name))
  const newest = seen.at(-1)
  if (volume === undefined || newest === undefined) return undefined
  const { content, point } = newest
  const gone = goneSince(tables, volume, newest)
  return {
    machineId: volume.machineId,
    volumeId: volume.volumeId,
    path: pathOf(tables, key),
    kind: kindOf(content),
    sizeBytes: content.size,
    ...(content.modified === null ? {} : { modifiedAt: content.modified }),
    pointId: point.id,
    pointAt: point.createdAt,
    versions: new Set(seen.map((each) => textOf(each.content))).size,
    ...(gone === undefined ? {} : { goneSince: gone }),
  }
}

type Seen = { readonly content: Interval; readonly point: IndexedPoint }

/** The intervals that a point that is done has, each with the newest of those. */
function seenOf({ points }: FileTables, volume: number, intervals: readonly Interval[]): readonly Seen[] {
  return intervals.flatMap((content) => {
    const point = points.newestIn(volume, content.since, content.until ?? open)
    return point === undefined ? [] : [{ content, point }]
  })
}

function goneSince({ points }: FileTables, volume: VolumeRow, { point }: Seen): number | undefined {
  return points.oldestIn(volume.id, point.number + 1)?.createdAt
}

export function pathOf({ folders, names }: FileTables, { folder, name }: EntryKey): FilePath {
  const above = folders.path(folder)
  return above === '/' ? `/${names.get(name)}` : `${above}/${names.get(name)}`
}

export function kindOf({ kind }: Interval): FileKind {
  return fileKinds[kind] ?? 'other'
}

function textOf({ kind, size, modified }: Interval): string {
  return `${kind} ${size} ${modified}`
}

/** Every content that a path ever had, with the points that have it; the newest first. */
export function versionsOf(
  tables: FileTables,
  machineId: MachineId,
  volumeId: VolumeId,
  path: readonly string[],
): readonly FileVersion[] {
  const volume = tables.volumes.find(machineId, volumeId)
  const key = volume === undefined ? undefined : keyOf(tables, volume.id, path)
  if (volume === undefined || key === undefined) return []
  const versions = new Map<string, { readonly content: Interval; readonly pointIds: PointId[] }>()
  for (const content of tables.entries.of(key.folder, key.name).toReversed()) {
    const points = tables.points.allIn(volume.id, content.since, content.until ?? open)
    if (points.length === 0) continue
    const version = versions.get(textOf(content)) ?? { content, pointIds: [] }
    versions.set(textOf(content), version)
    version.pointIds.push(...points.map(({ id }) => id))
  }
  return [...versions.values()].map(({ content, pointIds }) => ({
    kind: kindOf(content),
    sizeBytes: content.size,
    ...(content.modified === null ? {} : { modifiedAt: content.modified }),
    pointIds,
  }))
}

/** Where a path is kept; undefined for the root, and for what no point ever had. */
function keyOf(tables: FileTables, volume: number, path: readonly string[]): EntryKey | undefined {
  const ids = path.map((name) => tables.names.find(name))
  const known = ids.filter((id) => id !== undefined)
  const name = known.at(-1)
  if (name === undefined || known.length < ids.length) return undefined
  const folder = tables.folders.at(volume, known.slice(0, -1))
  return folder === undefined ? undefined : { folder, name }
}
