import { Failure } from '../../../../shared/failure.ts'
import type { MachineId, SnapshotRefusal } from '../../../../shared/machine.ts'
import { foreignCheckpoints } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDefinition, readDomainXml } from './domain-xml.ts'
import { imageChains } from './image-chain.ts'
import { clearJob } from './job.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors } from './protocol.ts'
import { imagesOfOthers } from './resting.ts'
import type { SessionHost } from './session-host.ts'
import { readAbilities } from './snapshot-abilities.ts'
import type { Chains, SnapshotAbilities } from './snapshot-rules.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'
import { readRecords } from './snapshots.ts'

/** A machine looked at right before something is done to its snapshots. */
export type Subject = {
  readonly connection: LibvirtConnection
  readonly machineId: MachineId
  readonly isOff: boolean
  readonly isPaused: boolean
  readonly definition: DomainDefinition
  readonly chains: Chains
  readonly records: readonly SnapshotRecord[]
  readonly abilities: SnapshotAbilities
}

/** Fails with `machine-busy` at once: libvirt itself would wait half a minute for a job that takes hours. */
export async function lookAt(
  host: SessionHost,
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<Subject> {
  const [state, xml] = await Promise.all([
    connection.domains.state(machineId, signal),
    connection.domains.xml(machineId, 0, signal),
  ])
  const isOff = state === 'off' || state === 'crashed'
  if (!isOff) await clearJob(connection, machineId, host.clock, signal)
  const definition = readDomainXml(xml)
  const [chains, records, abilities] = await Promise.all([
    imageChains(definition.disks),
    readRecords(connection, machineId, signal),
    readAbilities(connection, signal),
  ])
  return { connection, machineId, isOff, isPaused: state === 'paused', definition, chains, records, abilities }
}

export function refuse(code: SnapshotRefusal, sentence: string): Failure {
  return new Failure('snapshot-refused', `${code}: ${sentence}`)
}

/** What the rules of `snapshot-rules.ts` say, in the words of this moment. */
export function refuseAs(code: SnapshotRefusal | undefined, what: string): void {
  if (code !== undefined) throw refuse(code, `${what} is refused. ${sentences[code]}`)
}

const sentences: Readonly<Record<SnapshotRefusal, string>> = {
  'external-parent': 'Other images rest on those of the snapshot and would be lost.',
  'external-revert': 'This libvirt cannot go back to a snapshot that lies in files of its own.',
  'mixed-chain': 'Snapshots inside images and in overlays are mixed, and one would destroy the other.',
  'chain-too-deep': 'A disk has so many overlays that the machine might not start with one more.',
  'format-without-snapshots': 'The machine has no disk, or one of a kind that cannot be kept in a snapshot.',
  firmware: 'The firmware keeps variables in an image that internal snapshots leave out.',
  'machine-busy': 'Another job runs on the machine.',
  'memory-needs-running': 'The machine is off and has nothing in its memory.',
  'host-too-old': 'libvirt deletes external snapshots from version 9.0 on.',
  'host-without-snapshots': 'The host has no snapshots.',
  'machine-transient': 'The host forgets the machine, and with it every snapshot, when it stops.',
  'foreign-checkpoint': 'Another program has checkpoints on the machine, which would become worthless.',
  'name-ambiguous': 'QEMU would take another snapshot in the image for the one of this name.',
}

/** Our own checkpoints can be made again; what somebody else's are for, we cannot know. */
export async function refuseForeign({ connection, machineId }: Subject, signal: AbortSignal): Promise<void> {
  const [name] = await foreignCheckpoints(connection, machineId, signal)
  if (name !== undefined) throw refuse('foreign-checkpoint', `${sentences['foreign-checkpoint']} One is ${name}.`)
}

/** Refuses to write to images that another machine's disks rest on. */
export async function refuseShared(
  { connection, machineId }: Subject,
  images: readonly (string | undefined)[],
  signal: AbortSignal,
): Promise<void> {
  const others = await imagesOfOthers(connection, machineId, signal)
  const shared = images.find((path) => path !== undefined && others.has(path))
  if (shared === undefined) return
  throw refuse('external-parent', `The machine ${others.get(shared)} rests on ${shared}, which would be written to.`)
}

/**
 * The decisive call. Nobody can take it back once the host has begun, so it is waited for even when the run is cancelled. A
 * job that began at the same moment makes libvirt wait and give up: `machine-busy`.
 */
export async function carryOut<T>(act: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  try {
    return await act(new AbortController().signal)
  } catch (error) {
    if (isLibvirtError(error, errors.noSnapshot))
      throw new Failure('snapshot-not-found', error.message, { cause: error })
    throw error
  }
}
