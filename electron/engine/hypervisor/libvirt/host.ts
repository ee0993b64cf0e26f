import { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { Hypervisor } from '../hypervisor.ts'
import { Changes } from './changes.ts'
import { type LibvirtConnection, openConnection } from './connection.ts'
import { readHostId } from './host-id.ts'
import { listMachines } from './inventory.ts'
import { Link } from './link.ts'
import { startSessionDaemon } from './session-daemon.ts'
import { readAbilities } from './snapshot-abilities.ts'
import type { SnapshotAbilities } from './snapshot-rules.ts'
import { type LibvirtAddress, parseUri } from './uri.ts'

export type HostOptions = {
  /** `qemu:///system` or `qemu:///session`, with `?socket=/path` at most. */
  readonly uri: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
}

/** A libvirt host as far as it can be looked at; what is done to its machines uses the connections that it gives. */
export type LibvirtHost = Pick<Hypervisor, 'identity' | 'listMachines' | 'onChange'> &
  AsyncDisposable & {
    /** The shared connection. Fails with `host-unreachable` while there is none. */
    connection(): LibvirtConnection
    /** For what the host tells no event of: its listeners are called as after one. */
    changed(): void
    /** A connection of one's own, for work that must not wait behind the calls of others. */
    openConnection(signal: AbortSignal): Promise<LibvirtConnection>
  }

/**
 * Connects for the first time, and again whenever the connection is lost. Fails with `invalid-argument`,
 * `host-unreachable` or `host-refused`.
 */
export async function connectHost(options: HostOptions, signal: AbortSignal): Promise<LibvirtHost> {
  const { clock, environment, uri } = options
  const address = parseUri(uri, environment)
  const open = (openSignal: AbortSignal) => openOrStart(address, options, openSignal)
  const first = await open(signal)
  const changes = new Changes(clock)
  const onChange = (connection: LibvirtConnection | undefined) => {
    connection?.listen(() => changes.notify())
    changes.notify()
  }
  const link = new Link(first, { open, clock, onChange })
  const abilities = new KnownAbilities()
  const close = async () => {
    changes[Symbol.dispose]()
    await link[Symbol.asyncDispose]()
  }
  try {
    return {
      identity: await readIdentity(first, uri, signal),
      listMachines: async (listSignal) => {
        const connection = link.connection()
        return await listMachines(connection, await abilities.of(connection, listSignal), clock, listSignal)
      },
      onChange: (listener) => changes.listen(listener),
      changed: () => changes.notify(),
      connection: () => link.connection(),
      openConnection: open,
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** A host's libvirt is asked once in each connection: it may be another one after a restart. */
class KnownAbilities {
  #connection: LibvirtConnection | undefined
  #abilities: SnapshotAbilities | undefined

  async of(connection: LibvirtConnection, signal: AbortSignal): Promise<SnapshotAbilities> {
    if (this.#connection !== connection || this.#abilities === undefined) {
      this.#abilities = await readAbilities(connection, signal)
      this.#connection = connection
    }
    return this.#abilities
  }
}

async function readIdentity(
  connection: LibvirtConnection,
  uri: string,
  signal: AbortSignal,
): Promise<Hypervisor['identity']> {
  const [name, capabilities] = await Promise.all([
    connection.host.hostname(signal),
    connection.host.capabilities(signal),
  ])
  return { name, id: await readHostId(uri, capabilities) }
}

const daemonStartMs = 30_000
const daemonPollMs = 100

/** A user's own daemon is started when it does not run; the system's is the system's business. */
async function openOrStart(
  address: LibvirtAddress,
  options: HostOptions,
  signal: AbortSignal,
): Promise<LibvirtConnection> {
  try {
    return await openConnection(address, signal)
  } catch (error) {
    if (address.scope !== 'session' || !isUnreachable(error)) throw error
    if (!(await startSessionDaemon(options.environment))) throw error
  }
  return await openWithin(daemonStartMs, address, options.clock, signal)
}

async function openWithin(
  limitMs: number,
  address: LibvirtAddress,
  clock: Clock,
  signal: AbortSignal,
): Promise<LibvirtConnection> {
  const end = clock.elapsed() + limitMs
  for (;;) {
    try {
      return await openConnection(address, signal)
    } catch (error) {
      if (!isUnreachable(error) || clock.elapsed() > end) throw error
    }
    await clock.sleep(daemonPollMs, signal)
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof Failure && error.code === 'host-unreachable'
}
