import type { MachineId } from '../../../../shared/machine.ts'
import type { LibvirtConnection } from './connection.ts'
import { LibvirtError } from './libvirt-error.ts'
import { errors } from './protocol.ts'
import type { SessionHost } from './session-host.ts'

const tries = 25
const waitMs = 200
const answerSeconds = 5

/**
 * A guest that came back with its memory believes that no time has passed. Its agent is asked to set the clock, again and
 * again while it finds its way back to its channel; a guest without one keeps the old time.
 */
export async function setGuestClock(
  host: SessionHost,
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 0; attempt < tries && !signal.aborted; attempt++) {
    if ((await connection.domains.state(machineId, signal)) !== 'running') return
    if (await isSettled(host, connection, machineId, signal)) return
    await host.clock.sleep(waitMs, signal)
  }
}

/** False while the agent has not come back. */
async function isSettled(
  host: SessionHost,
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<boolean> {
  // Nanoseconds are more than a number of JavaScript can count.
  const time = `${BigInt(Math.round(host.clock.now())) * 1_000_000n}`
  const command = `{"execute":"guest-set-time","arguments":{"time":${time}}}`
  try {
    await connection.guest.agent(machineId, command, answerSeconds, signal)
    return true
  } catch (error) {
    if (!(error instanceof LibvirtError)) throw error
    if (error.number === errors.agentUnresponsive) return false
    host.log.warn('guest clock not set', { machineId, problem: error.message })
    return true
  }
}
