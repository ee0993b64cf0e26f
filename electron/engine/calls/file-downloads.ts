import type { Argument, Handlers, Result } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { FileRef, FileTarget } from '../../../shared/files.ts'
import { downloadName, findFile } from '../files/download.ts'
import { GuestSink } from '../files/out/guest-sink.ts'
import { Report } from '../files/out/report.ts'
import type { Sink } from '../files/out/sink.ts'
import { takeAll } from '../files/out/take.ts'
import { Tally } from '../files/out/tally.ts'
import { toFolder } from '../files/out/to-folder.ts'
import { namesIn } from '../files/path.ts'
import type { Order, Outcome } from '../jobs/order.ts'
import type { Step } from '../jobs/step.ts'
import type { Rooms } from '../rooms.ts'

type DownloadRooms = Pick<Rooms, 'files' | 'tickets' | 'shelf' | 'repositories' | 'hosts' | 'runner'>

/** Files out of points: to whoever has the ticket, into a folder, into a machine, onto the shelf. */
export function fileDownloadCalls(
  rooms: DownloadRooms,
): Pick<Handlers<AbortSignal>, 'openDownload' | 'startFileRestore'> {
  return {
    openDownload: (argument, signal) => openDownload(rooms, argument, signal),
    startFileRestore: async (argument, signal) => ({
      runId: rooms.runner.start(await filesOrder(rooms, argument, signal)),
    }),
  }
}

async function openDownload(
  { files, tickets }: DownloadRooms,
  { items, as }: Argument<'openDownload'>,
  signal: AbortSignal,
): Promise<Result<'openDownload'>> {
  const [only] = items
  if (as !== 'file' || only === undefined) {
    const name = `${downloadName(archiveName(items))}.${as}`
    return { ticket: tickets.issue({ as, name, items }), name }
  }
  if (items.length > 1) throw new Failure('invalid-argument', 'Several files come as an archive')
  const found = await files.use(only.pointId, only.volumeId, signal, ({ fileSystem }) =>
    findFile(fileSystem, only, signal),
  )
  const name = downloadName(found.name)
  return { ticket: tickets.issue({ as, name, items }), name, sizeBytes: found.sizeBytes }
}

function archiveName(items: readonly FileRef[]): string {
  const [first] = items
  if (items.length !== 1 || first === undefined) return 'files'
  return namesIn(first.path).at(-1) ?? first.volumeId.replaceAll('/', '-')
}

/** Fails with `point-not-found`, and with `machine-not-found` for a target that is none. */
async function filesOrder(
  rooms: DownloadRooms,
  { items, target }: Argument<'startFileRestore'>,
  signal: AbortSignal,
): Promise<Order> {
  const ids = [...new Set(items.map(({ pointId }) => pointId))]
  const found = await Promise.all(ids.map((id) => rooms.repositories.needPoint(id, signal)))
  if (target.kind === 'machine') await rooms.hosts.find(target.machineId, signal)
  const [first] = found
  const isOfOne = found.every(({ point }) => point.machineId === first?.point.machineId)
  return {
    kind: 'files',
    ...(first !== undefined && isOfOne
      ? { machineId: first.point.machineId, machineName: first.point.machineName, repositoryId: first.repository.id }
      : {}),
    ...(first !== undefined && ids.length === 1 ? { pointId: first.point.id } : {}),
    targetKind: target.kind,
    keys: [],
    work: (step) => bring(rooms, step, items, target),
  }
}

async function bring(
  rooms: DownloadRooms,
  step: Step,
  items: readonly FileRef[],
  target: FileTarget,
): Promise<Outcome> {
  const { signal } = step
  const pass = (now: AbortSignal): Promise<void> => step.pass(now)
  const tally = new Tally()
  await takeAll(rooms.files, items, tally, { report: new Report(), pass }, signal)
  step.meter.add('bytesTotal', tally.bytes)
  const report = new Report()
  const take = (sink: Sink): Promise<void> => takeAll(rooms.files, items, sink, { report, pass }, signal)
  const wrote = async (bytes: number): Promise<void> => {
    step.meter.add('bytesWritten', bytes)
    await step.pass(signal)
  }
  const outcome = await write(rooms, { step, report, take, wrote }, target)
  step.came({ files: report.value() })
  for (const warning of report.warnings()) step.warn(warning)
  return outcome
}

type Bringing = {
  readonly step: Step
  readonly report: Report
  take(sink: Sink): Promise<void>
  wrote(bytes: number): Promise<void>
}

async function write(rooms: DownloadRooms, bringing: Bringing, target: FileTarget): Promise<Outcome> {
  const { step, report, take, wrote } = bringing
  const wish = { report, log: step.log, pass: wrote }
  switch (target.kind) {
    case 'folder':
      await toFolder({ ...wish, folder: target.folder, isShelf: false }, take, step.signal)
      return { target: target.folder }
    case 'shelf': {
      const paths = await toFolder({ ...wish, folder: rooms.shelf.newFolder(), isShelf: true }, take, step.signal)
      return { target: paths.join('\n') }
    }
    case 'machine':
      return toMachine(rooms, bringing, target)
  }
}

/** What is there stays there also when the run does not end well, so what was written is told then too. */
async function toMachine(
  { hosts }: DownloadRooms,
  { step, report, take, wrote }: Bringing,
  { machineId, folder }: Extract<FileTarget, { kind: 'machine' }>,
): Promise<Outcome> {
  const { signal } = step
  const { machine, hypervisor } = await hosts.find(machineId, signal)
  await using guest = await hypervisor.openGuest(machineId, signal)
  const sink = new GuestSink({ guest, folder, report, pass: wrote, signal })
  try {
    await sink.begin()
    await take(sink)
    await sink.finish()
  } finally {
    step.came({ files: report.value() })
  }
  return { target: `${machine.name}: ${folder}` }
}
