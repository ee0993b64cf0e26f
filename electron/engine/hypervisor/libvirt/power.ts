import type { MachineId } from '../../../../shared/machine.ts'
import type { LibvirtConnection } from './connection.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors } from './protocol.ts'
import type { SessionHost } from './session-host.ts'
import { within } from './within.ts'

/** Starts a machine, or lets a paused one go on. */
export async function startMachine(host: SessionHost, machineId: MachineId, signal: AbortSignal): Promise<void> {
  await using connection = await host.openConnection(signal)
  const state = await connection.domains.state(machineId, signal)
  if (state === 'running' || state === 'blocked' || state === 'shutting-down') return
  if (state === 'paused') return await connection.domains.resume(machineId, signal)
  try {
    await connection.domains.start(machineId, 0, signal)
  } catch (error) {
    if (!(await runsBy(connection, machineId, signal))) throw error
  }
}

/** Somebody else may have been quicker. */
async function runsBy(connection: LibvirtConnection, machineId: MachineId, signal: AbortSignal): Promise<boolean> {
  return (await connection.domains.state(machineId, signal)) === 'running'
}

/** libvirt waits up to a minute for what the agent makes of the order; the order is given long before. */
const orderLimitMs = 3000

/** Asks the guest's agent, or presses the power button where it has none. */
export async function shutDownMachine(host: SessionHost, machineId: MachineId, signal: AbortSignal): Promise<void> {
  await using connection = await host.openConnection(signal)
  const state = await connection.domains.state(machineId, signal)
  if (state === 'off' || state === 'crashed') return
  try {
    await within(orderLimitMs, host.clock, (limited) => connection.domains.shutdown(machineId, 0, limited), signal)
  } catch (error) {
    if (!isLibvirtError(error, errors.operationInvalid)) throw error
    if ((await connection.domains.state(machineId, signal)) !== 'off') throw error
  }
}
