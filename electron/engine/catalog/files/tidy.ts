import type { MachineId } from '../../../../shared/machine.ts'
import type { PointId } from '../../../../shared/point.ts'
import type { Entry, EntryKey } from './entries.ts'
import type { FileCatalog, FileTables } from './file-catalog.ts'
import { type FolderId, foldersOf } from './folders.ts'
import { folderKind, type Interval, tidied } from './intervals.ts'
import type { NameId } from './names.ts'
import type { VolumeRow } from './volumes.ts'

const rowsAtOnce = 1000

/** Forgets the machine's points that are not among `kept`; what only they had goes when their volumes are tidied. Answers how many. */
export function forgetPoints(catalog: FileCatalog, machineId: MachineId, kept: ReadonlySet<PointId>): number {
  return catalog.write(({ points, volumes }) => {
    const gone = points.ids(machineId).filter((id) => !kept.has(id))
    for (const id of gone) {
      const number = points.get(id)?.number
      points.remove(id)
      if (number === undefined) continue
      for (const volume of volumes.of(machineId)) if (volumes.unlist(volume.id, number)) volumes.forgotten(volume.id)
    }
    return gone.length
  })
}

/** Forgets all points of the machine. */
export function forgetMachine(catalog: FileCatalog, machineId: MachineId): void {
  forgetPoints(catalog, machineId, new Set())
}

export function untidyVolumes(catalog: FileCatalog, machineId: MachineId | undefined): readonly VolumeRow[] {
  return catalog
    .read(({ volumes }) => volumes.of(machineId))
    .filter(({ untidy, draft }) => untidy || draft !== undefined)
}

/**
 * Removes what no listed point of the volume has, and what a draft that was cut off left, a part at a time; with it names and folders
 * that nothing uses any more, and the volume when no point is left. A draft of it that is under way elsewhere is ended. May be
 * left at any part and begun again. Of one volume of one machine only one may be under way.
 */
export function* tidyVolume(catalog: FileCatalog, id: number): Generator<void> {
  const drafts = catalog.write(({ volumes }) => volumes.tidying(id))
  // Folders are made after the ones they lie in: from behind, a folder is empty before it is looked for in its own.
  for (let folder: FolderId | undefined = foldersOf(id)[1]; ; ) {
    const before: FolderId = folder
    folder = catalog.read(({ entries }) => entries.folderBefore(id, before))
    if (folder === undefined) break
    yield* tidyFolder(catalog, id, folder)
  }
  catalog.write(({ volumes, folders }) => {
    const row = volumes.get(id)
    if (row === undefined || row.drafts !== drafts) return
    volumes.tidied(id)
    if (volumes.listed(id).length > 0) return
    folders.remove(foldersOf(id)[0])
    volumes.remove(id)
  })
}

function* tidyFolder(catalog: FileCatalog, volume: number, folder: FolderId): Generator<void> {
  for (let after: NameId | undefined = 0; after !== undefined; ) {
    const from: NameId = after
    after = catalog.write((tables) => {
      const rows = tables.entries.scanFolder(folder, from, rowsAtOnce)
      const listed = tables.volumes.listed(volume)
      for (const [name, intervals] of byName(rows)) tidyName(tables, volume, { folder, name }, intervals, listed)
      return rows.length < rowsAtOnce ? undefined : rows.at(-1)?.name
    })
    yield
  }
}

function byName(rows: readonly Entry[]): ReadonlyMap<number, readonly Entry[]> {
  return Map.groupBy(rows, ({ name }) => name)
}

function tidyName(
  tables: FileTables,
  volume: number,
  key: EntryKey,
  before: readonly Interval[],
  listed: readonly number[],
): void {
  const { entries, folders, names, volumes } = tables
  const after = tidied(before, listed)
  const grown = entries.replace(key, before, after)
  if (grown !== 0) volumes.grow(volume, grown)
  if (!after.some(({ kind }) => kind === folderKind)) removeFolder(tables, key)
  if (after.length > 0 || entries.isUsed(key.name) || folders.named(key.name).length > 0) return
  names.remove(key.name)
}

function removeFolder({ entries, folders }: FileTables, { folder, name }: EntryKey): void {
  const id = folders.find(folder, name)
  if (id !== undefined && entries.isEmpty(id)) folders.remove(id)
}
