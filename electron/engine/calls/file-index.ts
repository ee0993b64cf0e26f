import type { Argument, Handlers, Result } from '../../../shared/contract.ts'
import type { FileIndex } from '../../../shared/files.ts'
import type { MachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import { versionsOf } from '../catalog/files/hits.ts'
import { searchFiles } from '../catalog/files/search.ts'
import { forgetMachine } from '../catalog/files/tidy.ts'
import { namesIn } from '../files/path.ts'
import type { Rooms } from '../rooms.ts'
import { diffFiles } from './diff-files.ts'
import { forgetGone, indexOrder, knownMachines } from './index-orders.ts'

type IndexCall = 'searchFiles' | 'fileVersions' | 'listFileIndexes' | 'setFileIndex' | 'startFileIndex' | 'diffFiles'

/** Files over all points, without a look into a repository. */
export function fileIndexCalls(rooms: Rooms): Pick<Handlers<AbortSignal>, IndexCall> {
  return {
    searchFiles: async (question) => search(rooms, question),
    fileVersions: async (wanted) => versions(rooms, wanted),
    listFileIndexes: async () => listIndexes(rooms),
    setFileIndex: async ({ machineId, enabled }) => {
      setIndex(rooms, machineId, enabled)
      return null
    },
    startFileIndex: async ({ machineId, anew }) => {
      setIndex(rooms, machineId, true)
      return { runId: rooms.runner.start(indexOrder(rooms, machineId, { anew })) }
    },
    diffFiles: (question, signal) => diffFiles(rooms, question, signal),
  }
}

function search(rooms: Rooms, question: Argument<'searchFiles'>): Result<'searchFiles'> {
  const { fileCatalog } = rooms
  const wanted = wantedPoints(rooms, question.machineId)
  return fileCatalog.read((tables) => {
    const { hits, isMore } = searchFiles(tables, question)
    const done = tables.points.doneIds(question.machineId)
    const missingPoints = wanted.filter((id) => !done.has(id)).length
    return { hits: [...hits], isMore, missingPoints }
  })
}

function versions(rooms: Rooms, { machineId, volumeId, path }: Argument<'fileVersions'>): Result<'fileVersions'> {
  const { fileCatalog } = rooms
  const wanted = wantedPoints(rooms, machineId)
  return fileCatalog.read((tables) => {
    const done = tables.points.doneIds(machineId)
    const missing = wanted.filter((id) => !done.has(id))
    return { versions: [...versionsOf(tables, machineId, volumeId, namesIn(path))], missing }
  })
}

/** Ids of points that there are; those that are gone are not told of from here on. */
function wantedPoints(rooms: Rooms, machineId: MachineId | undefined): readonly PointId[] {
  const ids = rooms.catalog.points.ids(machineId)
  const there = new Set(ids)
  const known = rooms.fileCatalog.read(({ points }) => points.doneIds(machineId))
  if ([...known].some((id) => !there.has(id))) for (const each of knownMachines(rooms)) forgetGone(rooms, each)
  return ids
}

/** One for each machine that has points. `bytes` is each machine's part of the file by its number of entries. */
function listIndexes({ catalog, fileCatalog }: Rooms): FileIndex[] {
  return fileCatalog.read(({ points, volumes, sizeBytes }) => {
    const rows = volumes.of(undefined)
    const bytesPerEntry =
      sizeBytes() /
      Math.max(
        1,
        rows.reduce((sum, { entries }) => sum + entries, 0),
      )
    return catalog.points.machines().map((machineId) => {
      const wanted = new Set(catalog.points.ids(machineId))
      const done = points.done(machineId).filter(({ id }) => wanted.has(id))
      const own = rows.filter((row) => row.machineId === machineId)
      const entries = own.reduce((sum, row) => sum + row.entries, 0)
      return {
        machineId,
        enabled: !catalog.unindexed.has(machineId),
        points: wanted.size,
        indexed: done.length,
        entries,
        skipped: done.reduce((sum, { skipped }) => sum + skipped, 0),
        bytes: Math.round(entries * bytesPerEntry),
      }
    })
  })
}

/** What was known is not told any more when this returns; what it took is given back by a run. */
function setIndex(rooms: Rooms, machineId: MachineId, enabled: boolean): void {
  const { catalog, fileCatalog, options, runner } = rooms
  if (enabled === !catalog.unindexed.has(machineId)) return
  if (enabled) catalog.unindexed.remove(machineId)
  else catalog.unindexed.put(machineId)
  if (!enabled) {
    forgetMachine(fileCatalog, machineId)
    runner.start(indexOrder(rooms, machineId, { onlyTidy: true }))
  }
  options.emit('fileIndexesChanged', null)
}
