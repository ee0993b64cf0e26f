import { Failure } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { AskAgent } from '../guest-agent/agent.ts'
import { guestFiles } from '../guest-agent/files.ts'
import type { GuestFiles } from '../hypervisor.ts'
import type { LibvirtConnection } from './connection.ts'
import { LibvirtError } from './libvirt-error.ts'
import type { SessionHost } from './session-host.ts'

/** For one command: a guest under load may be slow to write. */
const answerSeconds = 30

/** The files of a running machine, over a connection of their own: an agent that takes its time holds up nothing else. */
export async function openGuest(host: SessionHost, machineId: MachineId, signal: AbortSignal): Promise<GuestFiles> {
  await using cleanup = new AsyncDisposableStack()
  const connection = cleanup.use(await host.openConnection(signal))
  const state = await connection.domains.state(machineId, signal)
  if (state !== 'running') throw new Failure('guest-refused', `The machine is ${state}: its agent does not answer`)
  const files = cleanup.use(await guestFiles(agentOf(connection, machineId), host.clock, signal))
  const owned = cleanup.move()
  return { ...files, [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

function agentOf(connection: LibvirtConnection, machineId: MachineId): AskAgent {
  return async (execute, parameters, signal) => {
    const command = JSON.stringify({ execute, arguments: parameters })
    try {
      return returned(await connection.guest.agent(machineId, command, answerSeconds, signal))
    } catch (thrown) {
      if (!(thrown instanceof LibvirtError) || thrown.code === 'machine-not-found') throw thrown
      throw new Failure('guest-refused', thrown.message, { cause: thrown })
    }
  }
}

function returned(reply: string): unknown {
  try {
    const parsed: unknown = JSON.parse(reply)
    return typeof parsed === 'object' && parsed !== null && 'return' in parsed ? parsed.return : undefined
  } catch {
    throw new Failure('guest-refused', `The guest's agent answers what is no JSON: ${reply.slice(0, 200)}`)
  }
}
