import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import { openImage } from '../../disk/image.ts'
import type { InPlaceSession } from '../hypervisor.ts'
import { dropAll } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDisk, readDomainXml } from './domain-xml.ts'
import { LibvirtError } from './libvirt-error.ts'
import { imageOf } from './offline.ts'
import { flags } from './protocol.ts'
import type { SessionHost } from './session-host.ts'
import { childOf, childrenOf, parseXml } from './xml.ts'

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
  const chosen = disks.map((name) => chosenDisk(machine.disks, name))
  const resting = await restingOn(connection, machineId, machine.disks, signal)
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
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const resting = new Map<string, string>()
  for (const domain of await connection.host.listDomains(0, signal)) {
    if (domain.uuid === machineId) continue
    for (const path of await imagesOf(connection, domain.uuid, signal)) resting.set(path, `the machine ${domain.name}`)
  }
  const own = new Set(disks.flatMap((disk) => pathsOf(disk)))
  for (const snapshot of await connection.snapshots.list(machineId, 0, signal)) {
    const xml = parseXml(await connection.snapshots.xml(snapshot, 0, signal))
    const overlays = externalOverlays(xml)
    if (overlays.every((path) => own.has(path))) continue
    for (const path of own) resting.set(path, `the snapshot ${snapshot.name}`)
  }
  return resting
}

async function imagesOf(
  connection: LibvirtConnection,
  uuid: MachineId,
  signal: AbortSignal,
): Promise<readonly string[]> {
  try {
    const { disks } = readDomainXml(await connection.domains.xml(uuid, 0, signal))
    return disks.flatMap(pathsOf)
  } catch (error) {
    if (error instanceof LibvirtError) return []
    throw error
  }
}

function pathsOf({ source, backing }: DomainDisk): readonly string[] {
  return [source, ...backing.map((image) => image.source)].flatMap((each) =>
    each.kind === 'file' || each.kind === 'block' ? [each.path] : [],
  )
}

function externalOverlays(snapshot: ReturnType<typeof parseXml>): readonly string[] {
  const disks = childrenOf(childOf(snapshot, 'disks'), 'disk')
  const external = disks.filter((disk) => disk.attributes.get('snapshot') === 'external')
  return external.flatMap((disk) => childOf(disk, 'source')?.attributes.get('file') ?? [])
}
