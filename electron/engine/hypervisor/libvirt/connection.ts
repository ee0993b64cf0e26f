import { connect, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { Failure } from '../../../../shared/failure.ts'
import { type Clock, systemClock } from '../../base/clock.ts'
import { type BackupCalls, backupCalls, checkpointCalls, type MomentCalls, snapshotCalls } from './calls-backup.ts'
import { type BlockCalls, blockCalls } from './calls-block.ts'
import { type DomainCalls, domainCalls } from './calls-domain.ts'
import { type GuestCalls, guestCalls } from './calls-guest.ts'
import { type HostCalls, hostCalls } from './calls-host.ts'
import { type DomainEvent, readEvent } from './events.ts'
import { type KeepaliveSettings, keepAlive, usualKeepalive } from './keepalive.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { authTypes, errors, eventIds, eventProcedures, keepaliveFeature, procedures } from './protocol.ts'
import { RpcClient } from './rpc.ts'
import type { LibvirtAddress } from './uri.ts'
import type { XdrWriter } from './xdr.ts'

/**
 * One open connection to libvirt. Calls are answered in any order; four are under way at the host at a time and the
 * rest waits, so whoever must not wait for others (a freeze, a thaw) opens a connection of its own.
 * Failures: `LibvirtError` with the host's words, or `host-unreachable` once the connection is lost.
 */
export type LibvirtConnection = AsyncDisposable & {
  readonly host: HostCalls
  readonly domains: DomainCalls
  readonly backup: BackupCalls
  readonly checkpoints: MomentCalls
  readonly snapshots: ReturnType<typeof snapshotCalls>
  readonly guest: GuestCalls
  readonly blocks: BlockCalls
  /** Aborts with the reason, a `Failure`, when the host goes away or stays silent. */
  readonly lost: AbortSignal
  /** Calls back with every event of every machine until the result is disposed of. */
  listen(listener: (event: DomainEvent) => void): Disposable
}

export type ConnectionSettings = {
  readonly keepalive: KeepaliveSettings
  readonly clock: Clock
  /** Whether the host is asked for events; without them `listen` stays silent. */
  readonly events: boolean
}
const usualSettings: ConnectionSettings = { keepalive: usualKeepalive, clock: systemClock, events: true }

/**
 * Fails with `host-unreachable` when nothing answers at the address and with `host-refused` when it lets nobody in.
 *
 * Two pipes, one for calls and one for events: a libvirt 9.0 daemon dies when a client that listens to events goes away,
 * killed say, while a call of its own is under way (tried: within 400 such ends, never within 40,000 of either kind alone).
 */
export async function openConnection(address: LibvirtAddress, signal: AbortSignal): Promise<LibvirtConnection> {
  await using opened = new AsyncDisposableStack()
  const open = async (settings: ConnectionSettings) =>
    opened.use(await openOver(await connectFirst(address.sockets, signal), address.uri, settings, signal))
  const calls = await open({ ...usualSettings, events: false })
  const { listen, lost } = await open(usualSettings)
  const moved = opened.move()
  return {
    ...calls,
    listen,
    lost: AbortSignal.any([calls.lost, lost]),
    [Symbol.asyncDispose]: () => moved.disposeAsync(),
  }
}

/** Calls and, where they are asked for, events over one pair of pipes that ends at a libvirt daemon. */
export async function openOver(
  socket: Duplex,
  uri: string,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<LibvirtConnection> {
  const listeners = new Set<(event: DomainEvent) => void>()
  const rpc = new RpcClient(socket, (procedure, body) => {
    if (procedure === eventProcedures.connectionClosed) return rpc.fail(lostBehind)
    const event = readEvent(procedure, body)
    if (event !== undefined) for (const listener of listeners) listener(event)
  })
  try {
    await handshake(rpc, uri, settings, signal)
  } catch (error) {
    await rpc[Symbol.asyncDispose]()
    throw error
  }
  return {
    host: hostCalls(rpc),
    domains: domainCalls(rpc),
    backup: backupCalls(rpc),
    checkpoints: checkpointCalls(rpc),
    snapshots: snapshotCalls(rpc),
    guest: guestCalls(rpc),
    blocks: blockCalls(rpc),
    lost: rpc.lost,
    listen(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    [Symbol.asyncDispose]: () => rpc[Symbol.asyncDispose](),
  }
}

const lostBehind = new Failure('host-unreachable', 'The libvirt daemon lost its own connection to the hypervisor')

async function handshake(
  rpc: RpcClient,
  uri: string,
  settings: ConnectionSettings,
  signal: AbortSignal,
): Promise<void> {
  await authenticate(rpc, signal)
  await startKeepalive(rpc, settings, signal)
  await rpc.call({ procedure: procedures.connectOpen, write: (writer) => writer.optionalString(uri).uint(0) }, signal)
  if (!settings.events) return
  await Promise.all(Object.values(eventIds).map((id) => registerEvent(rpc, id, signal)))
  await optional(rpc.call({ procedure: procedures.closeCallbackRegister }, signal))
}

async function authenticate(rpc: RpcClient, signal: AbortSignal): Promise<void> {
  const reply = await rpc.call({ procedure: procedures.authList }, signal)
  const types = reply.list(() => reply.int())
  if (types.length === 0 || types.includes(authTypes.none)) return
  if (!types.includes(authTypes.polkit))
    throw new Failure(
      'host-refused',
      'The libvirt daemon asks for a user and password (SASL), which its local socket should not',
    )
  await rpc.call({ procedure: procedures.authPolkit }, signal)
}

/** A daemon that was set up without keepalive does not know the pings and would answer with errors. */
async function startKeepalive(rpc: RpcClient, settings: ConnectionSettings, signal: AbortSignal): Promise<void> {
  const write = (writer: XdrWriter) => writer.int(keepaliveFeature)
  const reply = await rpc.call({ procedure: procedures.connectSupportsFeature, write }, signal)
  if (reply.boolean()) void keepAlive(rpc, settings.keepalive, settings.clock)
}

async function registerEvent(rpc: RpcClient, id: number, signal: AbortSignal): Promise<void> {
  const write = (writer: XdrWriter) => writer.int(id).uint(0)
  await optional(rpc.call({ procedure: procedures.eventRegister, write }, signal))
}

/** Older daemons lack some kinds of events. */
async function optional(call: Promise<unknown>): Promise<void> {
  try {
    await call
  } catch (error) {
    if (!isLibvirtError(error, errors.noSupport, errors.invalidArgument)) throw error
  }
}

async function connectFirst(sockets: readonly string[], signal: AbortSignal): Promise<Socket> {
  const problems: string[] = []
  for (const path of sockets) {
    const found = await connectTo(path, signal)
    if (typeof found !== 'string') return found
    problems.push(found)
  }
  throw new Failure('host-unreachable', `No libvirt daemon answers: ${problems.join('; ')}`)
}

/** The socket, or why there is none. */
function connectTo(path: string, signal: AbortSignal): Promise<Socket | string> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    const abort = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', (error) => resolve(error.message))
    socket.once('connect', () => resolve(socket))
    socket.once('close', () => signal.removeEventListener('abort', abort))
  })
}
