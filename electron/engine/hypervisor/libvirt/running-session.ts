import { connectNbd } from '../../disk/nbd/client.ts'
import type { BackupRequest, BackupSession, SessionDisk } from '../hypervisor.ts'
import { readAttachments } from './attachments.ts'
import {
  type Attempt,
  attemptsAfter,
  attemptsOf,
  type Begun,
  begin,
  type Order,
  type Places,
  refused,
  scratchPlaces,
} from './begin.ts'
import { changedSince } from './changed.ts'
import { checkpointName } from './checkpoint-name.ts'
import { disksWithBitmap } from './checkpoints.ts'
import { chooseDisks } from './choose-disks.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDisk, readDomainXml } from './domain-xml.ts'
import { findOut } from './findings.ts'
import { type Guest, type Stillness, whileFrozen } from './freeze.ts'
import { clearJob } from './job.ts'
import { keepCheckpointXml, recallCheckpoints } from './kept.ts'
import { LibvirtError } from './libvirt-error.ts'
import { type DiskPlan, type Findings, planDisks } from './plan.ts'
import { flags } from './protocol.ts'
import { qemuUserOfMachine } from './qemu-user.ts'
import { openRunFolder, runBase, spareBase } from './run-folder.ts'
import { RunningJob } from './running-job.ts'
import type { SessionHost } from './session-host.ts'
import type { SessionRecord } from './session-record.ts'

/** Connections per disk: one for each thread that could wait for bytes. */
const connectionsPerDisk = 2

/** A running or paused machine through libvirt's backup job. */
export async function beginRunning(
  host: SessionHost,
  connection: LibvirtConnection,
  request: BackupRequest,
  running: boolean,
  signal: AbortSignal,
): Promise<BackupSession> {
  const { machineId, pointId, repositoryId } = request
  await clearJob(connection, machineId, host.clock, signal)
  const live = readDomainXml(await connection.domains.xml(machineId, 0, signal))
  const chosen = chooseDisks(live.disks, request.excluded, 'running')
  const [definition, attached, survey] = await Promise.all([
    connection.domains.xml(machineId, flags.xml.inactive | flags.xml.secure, signal),
    readAttachments(live, signal),
    surveyDisks(host, connection, request, chosen.disks, signal),
  ])
  await using opened = new AsyncDisposableStack()
  const folder = opened.use(await openRunFolder(runBase(), qemuUserOfMachine(live.tree)))
  const spare = opened.use(await openRunFolder(spareBase, qemuUserOfMachine(live.tree)))
  const places = scratchPlaces(chosen.disks, pointId, folder.socketPath, spare.path)
  const order = { machineId, checkpoint: checkpointName(repositoryId, pointId), others: chosen.others }
  const job = opened.use(
    await RunningJob.prepare(host, connection, recordOf(host.uri, order, pointId, folder.path, places)),
  )
  const guest = { machineId, agent: live.agent, running, freeze: request.freeze }
  const begun = await beginSomehow(host, connection, guest, order, attemptsOf(survey.plans, places), signal)
  const disks = await openDisks(begun, opened, signal)
  const { checkpoint, stillness, takenAt } = begun
  if (checkpoint !== undefined && survey.findings.transient)
    await keepCheckpointXml(host.stateFolder, connection, machineId, checkpoint, signal)
  const moved = opened.move()
  return {
    machineName: live.name,
    definition,
    attachments: attached.attachments,
    disks,
    consistency: stillness.consistency,
    freezeMs: stillness.freezeMs,
    takenAt,
    warnings: [...chosen.warnings, ...stillness.warnings, ...attached.warnings],
    checkpoint,
    lost: job.lost,
    keepCheckpoint: (keepSignal) => job.keep(repositoryId, checkpoint, keepSignal),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

function recordOf(
  uri: string,
  order: Order,
  pointId: string,
  runFolder: string,
  places: readonly Places[],
): SessionRecord {
  const files = places.flatMap((place) => [...place.scratchFiles.values()])
  return { kind: 'backup', uri, machineId: order.machineId, pointId, checkpoint: order.checkpoint, runFolder, files }
}

async function surveyDisks(
  host: SessionHost,
  connection: LibvirtConnection,
  request: BackupRequest,
  disks: readonly DomainDisk[],
  signal: AbortSignal,
): Promise<{ readonly plans: readonly DiskPlan[]; readonly findings: Findings }> {
  const { machineId, bases } = request
  const wanted = new Set(bases.flatMap((base) => base.checkpoint ?? []))
  await recallCheckpoints(host.stateFolder, connection, machineId, wanted, signal)
  const usable = (checkpoint: string) => disksWithBitmap(connection, machineId, checkpoint, signal)
  const findings = await findOut(connection, machineId, disks, usable, signal)
  return { findings, plans: await planDisks(disks, request, findings) }
}

type Standing = Begun & { readonly stillness: Stillness; readonly takenAt: number }

/** Each attempt freezes for itself, so that the guest goes on while the next is prepared. */
async function beginSomehow(
  host: SessionHost,
  connection: LibvirtConnection,
  guest: Guest,
  order: Order,
  attempts: readonly Attempt[],
  signal: AbortSignal,
): Promise<Standing> {
  const refusals: LibvirtError[] = []
  for (let left = attempts; ; ) {
    const [attempt, ...rest] = left
    if (attempt === undefined) throw refused(refusals)
    const act = async () => ({ begun: await begin(connection, order, attempt, signal), takenAt: host.clock.now() })
    const { result, stillness } = await whileFrozen(host, connection, guest, act, signal)
    if (!(result.begun instanceof LibvirtError)) return { ...result.begun, stillness, takenAt: result.takenAt }
    host.log.warn('backup refused', { machineId: guest.machineId, problem: result.begun.message })
    refusals.push(result.begun)
    left = attemptsAfter(result.begun, attempt, rest)
  }
}

async function openDisks(
  begun: Begun,
  opened: AsyncDisposableStack,
  signal: AbortSignal,
): Promise<readonly SessionDisk[]> {
  const disks: SessionDisk[] = []
  for (const { disk, base, cause, why } of begun.plans) {
    const context = `qemu:dirty-bitmap:backup-${disk.name}`
    const address = {
      socketPath: begun.places.socketPath,
      exportName: disk.name,
      contexts: base === undefined ? [] : [context],
      connections: connectionsPerDisk,
    }
    const nbd = opened.use(await connectNbd(address, signal))
    const increment =
      base === undefined
        ? undefined
        : { basePoint: base.pointId, changed: await changedSince(base, nbd, context, signal) }
    disks.push({ name: disk.name, format: disk.format, disk: nbd, increment, cause, why })
  }
  return disks
}
