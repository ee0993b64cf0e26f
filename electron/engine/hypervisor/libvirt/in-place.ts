import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import { openImage } from '../../disk/image.ts'
import type { InPlaceSession } from '../hypervisor.ts'
import { dropAll } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDisk, readDomainXml } from './domain-xml.ts'
import { imageChain, withRecordedChain } from './image-chain.ts'
import { imageOf } from './offline.ts'
import { flags } from './protocol.ts'
import { imagesOfOthers } from './resting.ts'
import type { SessionHost } from './session-host.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'
import { readRecords } from './snapshots.ts'

/**
 * Opens the disks of a machine that is off for writing. Fails with `machine-running`; with `disk-unsupported` for a disk that
 * is not there, or on which the data of a snapshot or of another machine rests: writing would destroy those.
 */
export async function openInPlace(
  host: SessionHost,
  machineId: MachineId,
  disks: readonly string[],
  signal: AbortSignal,
): Promise<InPlaceSession> {
  await using opened = new AsyncDisposableStack()
  const connection = opened.use(await host.openConnection(signal))
  await needOff(connection, machineId, signal)
  const machine = readDomainXml(await connection.domains.xml(machineId, flags.xml.inactive, signal))
  const records = await readRecords(connection, machineId, signal)
  const all = machine.disks.map((disk) => withRecordedChain(disk, records))
  const chosen = disks.map((name) => chosenDisk(all, name))
  const resting = await restingOn(connection, machineId, all, records, signal)
  for (const disk of chosen) refuseIfShared(disk, resting)
  await dropAll(connection, machineId, signal)
  const images = []
  for (const disk of chosen) {
    const { path, format, backing } = imageOf(disk)
    const image = opened.use(await openImage(path, format, { writable: true, backing }, signal))
    images.push({ name: disk.name, disk: image, path })
  }
  const moved = opened.move()
  return { disks: images, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

async function needOff(connection: LibvirtConnection, machineId: MachineId, signal: AbortSignal): Promise<void> {
  const state = await connection.domains.state(machineId, signal)
  if (state !== 'off' && state !== 'crashed')
    throw new Failure('machine-running', 'The machine has to be off while its disks are overwritten')
}

function chosenDisk(disks: readonly DomainDisk[], name: string): DomainDisk {
  const disk = disks.find((each) => each.name === name)
  if (disk === undefined) throw new Failure('disk-unsupported', `The machine has no disk ${name} any more`)
  return disk
}

function refuseIfShared(disk: DomainDisk, resting: ReadonlyMap<string, string>): void {
  const who = resting.get(imageOf(disk).path)
  if (who !== undefined)
    throw new Failure(
      'disk-unsupported',
      `${disk.name} cannot be overwritten: ${who} rests on its image and would be destroyed`,
    )
}

/**
 * Images that something else needs as they are, with what it is: bases of other machines' disks, disks of other machines, and
 * bases of external snapshots' overlays that are not part of this machine's chains now. Internal snapshots lie in clusters
 * of their own, which a write to the image leaves alone.
 */
async function restingOn(
  connection: LibvirtConnection,
  machineId: MachineId,
  disks: readonly DomainDisk[],
  records: readonly SnapshotRecord[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const others = await imagesOfOthers(connection, machineId, signal)
  const resting = new Map([...others].map(([path, name]) => [path, `the machine ${name}`]))
  const own = new Set((await Promise.all(disks.map(imageChain))).flat())
  for (const { name, disks: taken } of records) {
    if (taken.every(({ overlay }) => overlay === undefined || own.has(overlay))) continue
    for (const path of own) resting.set(path, `the snapshot ${name}`)
  }
  return resting
}
