import { Failure, toWire } from '../../../shared/failure.ts'
import type { Run } from '../../../shared/job.ts'
import { catalogMachineId, type MachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import { forgetPoints, tidyVolume, untidyVolumes } from '../catalog/files/tidy.ts'
import type { Extents } from '../disk/extents.ts'
import { indexPoint } from '../files/index/index-point.ts'
import { turns } from '../files/index/turns.ts'
import type { Order } from '../jobs/order.ts'
import { isAlive } from '../jobs/owner.ts'
import type { Step } from '../jobs/step.ts'
import type { Rooms } from '../rooms.ts'

type IndexChoice = {
  /** Reads all points again. */
  readonly anew?: boolean | undefined
  /** Only this point, and what earlier runs left out behind the newest one that is known. */
  readonly newPoint?: PointId | undefined
  /** Only what is to be forgotten. */
  readonly onlyTidy?: boolean | undefined
}

/**
 * Makes the files of a machine's points known, the oldest first, and forgets those of points that are gone. It runs beside backups;
 * two of one machine never run at once. A point that cannot be read does not keep back the others; the run fails at the end.
 */
export function indexOrder(rooms: Rooms, machineId: MachineId, choice: IndexChoice = {}): Order {
  const newest = rooms.catalog.points.list(machineId)[0]
  return {
    kind: 'index',
    machineId,
    ...(newest === undefined ? {} : { machineName: newest.machineName }),
    ...(choice.newPoint === undefined ? {} : { pointId: choice.newPoint }),
    keys: [`index ${machineId}`],
    work: async (step) => {
      try {
        return { count: await indexMachine(rooms, machineId, choice, step) }
      } finally {
        rooms.options.emit('fileIndexesChanged', null)
      }
    },
  }
}

async function indexMachine(rooms: Rooms, machineId: MachineId, choice: IndexChoice, step: Step): Promise<number> {
  needAlone(rooms, machineId)
  if (choice.anew === true) forgetPoints(rooms.fileCatalog, machineId, new Set())
  else forgetGone(rooms, machineId)
  const failures: Failure[] = []
  let count = 0
  for (const point of choice.onlyTidy === true ? [] : missingPoints(rooms, machineId, choice.newPoint)) {
    if (rooms.catalog.unindexed.has(machineId)) break
    const failure = await indexOne(rooms, point, step)
    if (failure === undefined) step.came({ count: ++count })
    else failures.push(failure)
    rooms.options.emit('fileIndexesChanged', null)
  }
  for (const { id } of untidyVolumes(rooms.fileCatalog, machineId))
    await turns(tidyVolume(rooms.fileCatalog, id), step.signal)
  if (failures[0] !== undefined) throw failures[0]
  return count
}

/** Another process of this home may be at it; what both wrote would be taken back again and again. */
function needAlone({ owner, catalog }: Rooms, machineId: MachineId): void {
  const isElsewhere = catalog.runs.underWay().some((each) => {
    const isSame = each.run.kind === 'index' && each.run.machineId === machineId && each.run.state === 'running'
    return isSame && each.owner !== owner && isAlive(each.owner, owner)
  })
  if (isElsewhere) throw new Failure('machine-busy', 'Another process reads the files of this machine')
}

async function indexOne(rooms: Rooms, point: Point, step: Step): Promise<Failure | undefined> {
  const { fileCatalog: catalog, files, options } = rooms
  try {
    const source = {
      volumes: files.volumes.bind(files),
      trace: files.trace.bind(files),
      changedSince: changesIn(rooms),
    }
    const order = { catalog, source, point, pass: () => step.pass(step.signal), onVolume }
    await indexPoint(order, step.signal)
    return undefined
  } catch (thrown) {
    step.signal.throwIfAborted()
    if (!(thrown instanceof Failure)) throw thrown
    const moment = new Date(point.createdAt).toISOString()
    step.warn(sentence('point-unreadable', { machine: point.machineName, moment, message: toWire(thrown).message }))
    return thrown
  }
  function onVolume(
    volume: { readonly id: string },
    walked: { readonly listed: number; readonly bytesRead: number },
  ): void {
    step.meter.add('bytesTotal', walked.bytesRead)
    step.meter.add('bytesRead', walked.bytesRead)
    options.log.info('The files of a volume are known', { point: point.id, volume: volume.id, ...walked })
  }
}

/** Told by any repository that is open and holds both points. */
function changesIn({ repositories }: Rooms) {
  return async (base: PointId, pointId: PointId, disk: string, signal: AbortSignal): Promise<Extents | undefined> => {
    const holder = repositories.opened().find((repository) => {
      const both = repository.points().filter(({ id }) => id === base || id === pointId)
      return both.length === 2 && both.every(({ disks }) => disks.some(({ name }) => name === disk))
    })
    return holder?.changedSince(base, pointId, disk, signal)
  }
}

/** Oldest first. */
function missingPoints(rooms: Rooms, machineId: MachineId, newPoint: PointId | undefined): readonly Point[] {
  const done = rooms.fileCatalog.read(({ points }) => points.done(machineId))
  const known = new Set(done.map(({ id }) => id))
  const missing = rooms.catalog.points
    .list(machineId, rooms.repositories.preferred())
    .filter(({ id }) => !known.has(id))
  const from = done.at(-1)?.createdAt ?? Number.POSITIVE_INFINITY
  const wanted =
    newPoint === undefined ? missing : missing.filter(({ id, createdAt }) => id === newPoint || createdAt > from)
  return wanted.toReversed()
}

/**
 * What no repository has any more is no point to be told of. Cheap: what only such points had goes with the next run. A catalog that
 * is being made anew knows less for a moment than the repositories do.
 */
export function forgetGone({ catalog, fileCatalog, repositories }: Rooms, machineId: MachineId): number {
  const held = repositories.opened().flatMap((repository) => repository.points().map(({ id }) => id))
  return forgetPoints(fileCatalog, machineId, new Set([...catalog.points.ids(machineId), ...held]))
}

/**
 * After each backup its point; after what removes points, what is to be forgotten. Never fails: it is told of ends. A process that
 * ends with its one command leaves it to the console that runs.
 */
export function followIndex(rooms: Rooms, run: Run): void {
  if (run.state !== 'done') return
  try {
    for (const order of following(rooms, run)) rooms.runner.start(order)
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'engine-died') return
    rooms.options.log.error('The files of a point could not be made known', { run: run.id, problem: String(thrown) })
  }
}

function following(rooms: Rooms, { kind, machineId, pointId }: Run): readonly Order[] {
  const { catalog } = rooms
  if (kind === 'backup' && machineId !== undefined && machineId !== catalogMachineId && pointId !== undefined) {
    return catalog.unindexed.has(machineId) ? [] : [indexOrder(rooms, machineId, { newPoint: pointId })]
  }
  if (kind !== 'retention' && kind !== 'sweep') return []
  for (const each of knownMachines(rooms)) forgetGone(rooms, each)
  const untidy = new Set(untidyVolumes(rooms.fileCatalog, undefined).map((volume) => volume.machineId))
  return [...untidy].map((each) => indexOrder(rooms, each, { onlyTidy: true }))
}

/** Machines of which something is known. */
export function knownMachines({ fileCatalog }: Rooms): ReadonlySet<MachineId> {
  return new Set(fileCatalog.read(({ volumes }) => volumes.of(undefined)).map(({ machineId }) => machineId))
}
