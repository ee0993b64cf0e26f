import { mkdtemp, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Failure, toWire } from '../../../shared/failure.ts'
import { catalogMachineId } from '../../../shared/machine.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import { sentence } from '../../../shared/sentences.ts'
import { MiB } from '../../../shared/units.ts'
import type { PointDraft, PointFacts, Repository } from '../repository/repository.ts'
import { tellNumbers } from './backup-disk.ts'
import type { Step } from './step.ts'

export type CatalogOrder = {
  readonly repository: Repository
  /** Of the point to be made. */
  readonly pointId: PointId
  /** What tells this console from others that keep their catalogs in the same repository: the name of its computer. */
  readonly console: string
  /** Where a copy of the catalog finds room for a while. */
  readonly folder: string
  /** Writes a consistent copy of the catalog to a path where nothing is. */
  writeCopy(path: string): Promise<void>
  readonly now: number
}

const diskName = 'catalog.db'
const pointsKept = 7

/** The catalog as a point of its own, of a machine that does not exist. Of each console the newest seven stay. */
export async function backUpCatalog(step: Step, order: CatalogOrder): Promise<Point> {
  await using scratch = await scratchFolder(order.folder)
  const path = join(scratch.path, diskName)
  await step.meter.waiting('source', order.writeCopy(path))
  const point = await store(step, order, path)
  await dropOld(step, order)
  return point
}

/**
 * Hands the newest catalog that lies in the repository to `take`, as a file that is gone afterwards. Fails with
 * `point-not-found` where there is none.
 */
export async function readCatalogPoint<T>(
  { repository, folder }: Pick<CatalogOrder, 'repository' | 'folder'>,
  take: (path: string) => T | Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  const newest = catalogPoints(repository).at(-1)
  if (newest === undefined) throw new Failure('point-not-found', `No catalog lies in ${repository.title}`)
  await using scratch = await scratchFolder(folder)
  const path = join(scratch.path, diskName)
  await writeOut(repository, newest.id, path, signal)
  return await take(path)
}

async function writeOut(repository: Repository, id: PointId, path: string, signal: AbortSignal): Promise<void> {
  await using disk = await repository.openDisk(id, diskName, signal)
  await using file = await open(path, 'wx', 0o600)
  for (let at = 0; at < disk.sizeBytes; at += MiB) {
    const bytes = new Uint8Array(Math.min(MiB, disk.sizeBytes - at))
    await disk.read(at, bytes, signal)
    await file.write(bytes, 0, bytes.length, at)
  }
}

async function store(step: Step, order: CatalogOrder, path: string): Promise<Point> {
  const { pointId, repository } = order
  await using file = await open(path, 'r')
  const { size: sizeBytes } = await file.stat()
  await using draft = repository.beginPoint(pointId, catalogMachineId)
  const disk = await draft.addDisk({ name: diskName, sizeBytes, base: undefined }, step.signal)
  const batchBytes = Math.max(MiB, repository.chunkBytes)
  step.meter.add('bytesTotal', sizeBytes)
  for (let at = 0; at < sizeBytes; at += batchBytes) {
    await step.pass(step.signal)
    const bytes = new Uint8Array(Math.min(batchBytes, sizeBytes - at))
    await file.read(bytes, 0, bytes.length, at)
    step.meter.add('bytesRead', bytes.length)
    await disk.write(at, bytes, step.signal)
    tellNumbers(step, draft)
  }
  return await commit(step, order, draft, sizeBytes)
}

async function commit(step: Step, order: CatalogOrder, draft: PointDraft, sizeBytes: number): Promise<Point> {
  const reading = { how: 'full', cause: 'asked-full', why: 'The catalog is read whole.' } as const
  const facts: PointFacts = {
    id: order.pointId,
    machineId: catalogMachineId,
    machineName: nameOf(order.console),
    createdAt: order.now,
    method: 'full',
    consistency: 'off',
    disks: [{ name: diskName, sizeBytes, bytesRead: sizeBytes, format: 'raw', ...reading }],
    bytesRead: sizeBytes,
    warnings: [],
    definition: undefined,
    checkpoint: undefined,
    attachments: [],
  }
  const point = await step.meter.waiting('repository', draft.commit(facts, step.signal))
  tellNumbers(step, draft)
  return point
}

/** The new one is safe by now: what happens here takes nothing back. */
async function dropOld(step: Step, { repository, console }: CatalogOrder): Promise<void> {
  const notes = repository.notes()
  const own = catalogPoints(repository).filter(({ machineName }) => machineName === nameOf(console))
  const old = own.slice(0, -pointsKept).filter(({ id }) => notes.get(id)?.pinned !== true)
  if (old.length === 0) return
  try {
    await repository.drop(
      old.map(({ id }) => id),
      'retention',
      step.signal,
    )
  } catch (thrown) {
    step.log.warn('old catalogs not dropped', { problem: String(thrown) })
    step.warn(sentence('catalogs-not-dropped', { message: toWire(thrown).message }))
  }
}

/** Oldest first. */
function catalogPoints(repository: Repository): readonly Point[] {
  return repository
    .points()
    .filter(({ machineId }) => machineId === catalogMachineId)
    .toSorted((one, other) => one.createdAt - other.createdAt)
}

function nameOf(console: string): string {
  return `Stillpoint catalog (${console})`
}

async function scratchFolder(folder: string): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(folder, 'catalog-copy-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
