import type { Handlers, Result } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import type { HostAddress, HostId } from '../../../shared/machine.ts'
import { findDaemons } from '../hypervisor/libvirt/find-daemons.ts'
import type { Rooms } from '../rooms.ts'

type Found = Result<'findHosts'>[number]

/** How long a host on this machine may take to say what it has. */
const answerWaitMs = 1000

/** Hosts: found, tried, added, listed, forgotten. */
export function hostCalls(
  rooms: Rooms,
): Pick<Handlers<AbortSignal>, 'findHosts' | 'testHost' | 'addHost' | 'listHosts' | 'removeHost'> {
  const { hosts } = rooms
  return {
    findHosts: async (_, signal) => {
      const uris = await findDaemons(process.env, signal)
      const found = await Promise.all(uris.map((uri) => tryHost(rooms, { kind: 'libvirt', uri }, signal)))
      return found.filter((each) => each !== undefined)
    },
    testHost: async ({ address }, signal) => {
      const { name, machines } = await hosts.test(address, signal)
      return { name, machines }
    },
    addHost: async ({ address }, signal) => ({ hostId: await hosts.add(address, signal) }),
    listHosts: async () => [...hosts.list()],
    removeHost: async ({ hostId }) => {
      refuseInUse(rooms, hostId)
      await hosts.remove(hostId)
      return null
    },
  }
}

/** Undefined for a host that is in the list already or that does not let itself be used. */
async function tryHost(
  { hosts, options }: Rooms,
  address: HostAddress,
  signal: AbortSignal,
): Promise<Found | undefined> {
  try {
    const bounded = AbortSignal.any([signal, AbortSignal.timeout(answerWaitMs)])
    const { id, name, machines } = await hosts.test(address, bounded)
    return hosts.list().some((host) => host.id === id) ? undefined : { address, name, machines }
  } catch (thrown) {
    signal.throwIfAborted()
    options.log.info('A host on this machine cannot be used', { ...address, problem: String(thrown) })
    return undefined
  }
}

/** Also runs of other processes count; of those only their machines are known. What reads a machine's points alone needs no host. */
function refuseInUse({ hosts, runner }: Rooms, id: HostId): void {
  const machines = new Set(hosts.lastSeen(id).map((machine) => machine.id))
  const using = runner
    .underWay()
    .filter(({ run }) => run.kind !== 'index')
    .find(({ run, hostId }) => (hostId === undefined ? machines.has(run.machineId ?? '') : hostId === id))
  if (using === undefined) return
  throw new Failure(
    'host-in-use',
    `A run is under way on it (${using.run.kind} of ${using.run.machineName ?? 'a machine'})`,
  )
}
