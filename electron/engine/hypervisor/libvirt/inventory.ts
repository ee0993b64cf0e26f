import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { Clock } from '../../base/clock.ts'
import type { HostMachine } from '../hypervisor.ts'
import { domainStates } from './calls-domain.ts'
import type { DomainStats } from './calls-host.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDefinition, readDomainXml } from './domain-xml.ts'
import { imageChains } from './image-chain.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { readDisks } from './machine-disks.ts'
import { errors, flags } from './protocol.ts'
import { type Chains, createRefusal, overlaysOf, type SnapshotAbilities, warnedOverlays } from './snapshot-rules.ts'
import { readSnapshots } from './snapshots.ts'
import type { DomainRef, TypedValues } from './values.ts'
import { within } from './within.ts'

type Survey = {
  readonly transient: ReadonlySet<MachineId>
  readonly withSnapshots: ReadonlySet<MachineId>
  readonly states: ReadonlyMap<MachineId, TypedValues>
  readonly figures: ReadonlyMap<MachineId, TypedValues>
  readonly abilities: SnapshotAbilities
}

/**
 * Every machine of the host with its disks and snapshots. Five questions for all of them and one for each; sizes come
 * from the host, which reads an image by the format that the definition names. A machine that vanishes meanwhile is
 * left out; one whose QEMU hangs is listed without sizes.
 */
export async function listMachines(
  connection: LibvirtConnection,
  abilities: SnapshotAbilities,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly HostMachine[]> {
  const { host } = connection
  const [domains, transient, withSnapshots, states, figures] = await Promise.all([
    host.listDomains(0, signal),
    host.listDomains(flags.list.transient, signal),
    host.listDomains(flags.list.hasSnapshot, signal),
    host.domainStats([], flags.stats.state, flags.statsHow.noWait, signal),
    readFigures(connection, clock, signal),
  ])
  const survey = {
    transient: uuidsOf(transient),
    withSnapshots: uuidsOf(withSnapshots),
    states: valuesByUuid(states),
    figures: valuesByUuid(figures),
    abilities,
  }
  const machines = await Promise.all(domains.map((domain) => readMachine(connection, domain, survey, signal)))
  return machines.filter((machine) => machine !== undefined)
}

const figuresLimitMs = 5000

/**
 * Figures of disks come from the QEMUs themselves, and one that hangs holds up the answer for all. While it does, the
 * host counts it as busy, so a second question passes it over.
 */
async function readFigures(
  connection: LibvirtConnection,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly DomainStats[]> {
  const ask = (limited: AbortSignal) =>
    connection.host.domainStats([], flags.stats.block, flags.statsHow.noWait, limited)
  return (await within(figuresLimitMs, clock, ask, signal)) ?? (await within(figuresLimitMs, clock, ask, signal)) ?? []
}

async function readMachine(
  connection: LibvirtConnection,
  domain: DomainRef,
  survey: Survey,
  signal: AbortSignal,
): Promise<HostMachine | undefined> {
  try {
    const { uuid, name } = domain
    const state = machineState(survey.states.get(uuid))
    const figures = survey.figures.get(uuid) ?? new Map()
    const definition = readDefinition(await connection.domains.xml(uuid, 0, signal))
    const chains = await chainsOf(definition)
    const hasSnapshots = survey.withSnapshots.has(uuid)
    const transient = survey.transient.has(uuid)
    return {
      id: uuid,
      name,
      state,
      transient,
      disks: await readDisks(connection, uuid, definition, state, figures, signal),
      snapshots: hasSnapshots ? await readSnapshots(connection, uuid, chains, survey.abilities, signal) : [],
      ...snapshotFacts(definition, transient, state, chains),
    }
  } catch (error) {
    if (isLibvirtError(error, errors.noDomain)) return undefined
    throw error
  }
}

/** One unreadable definition must not hide the other machines. */
function readDefinition(xml: string): DomainDefinition | Failure {
  try {
    return readDomainXml(xml)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

async function chainsOf(definition: DomainDefinition | Failure): Promise<Chains> {
  return definition instanceof Failure ? new Map() : await imageChains(definition.disks)
}

function snapshotFacts(
  definition: DomainDefinition | Failure,
  isTransient: boolean,
  state: HostMachine['state'],
  chains: Chains,
): Pick<HostMachine, 'snapshotRefusal' | 'deepChain'> {
  if (definition instanceof Failure) return { snapshotRefusal: 'format-without-snapshots' }
  const snapshotRefusal = createRefusal(definition, isTransient, state === 'off', chains)
  const overlays = overlaysOf(chains)
  return {
    ...(snapshotRefusal === undefined ? {} : { snapshotRefusal }),
    ...(overlays < warnedOverlays ? {} : { deepChain: overlays }),
  }
}

function valuesByUuid(stats: readonly DomainStats[]): ReadonlyMap<MachineId, TypedValues> {
  return new Map(stats.map(({ domain, values }) => [domain.uuid, values]))
}

function uuidsOf(domains: readonly DomainRef[]): ReadonlySet<MachineId> {
  return new Set(domains.map((domain) => domain.uuid))
}

function machineState(values: TypedValues | undefined): HostMachine['state'] {
  switch (domainStates[Number(values?.get('state.state'))]) {
    case 'running':
    case 'blocked':
    case 'shutting-down':
      return 'running'
    case 'paused':
      return 'paused'
    case 'off':
    case 'crashed':
      return 'off'
    default:
      return 'other'
  }
}
