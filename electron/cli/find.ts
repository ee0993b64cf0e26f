import { readFileSync } from 'node:fs'
import { Failure } from '../../shared/failure.ts'
import { type MachineId, machineId } from '../../shared/machine.ts'
import { type Session, settleHosts } from './session.ts'

/** A machine by its UUID, which the engine looks up itself, or by a name that only one machine has. */
export async function findMachine(session: Session, text: string): Promise<MachineId> {
  if (machineId.safeParse(text).success) return text
  await settleHosts(session)
  const machines = await session.calls.listMachines(null)
  const ids = [...new Set(machines.filter((machine) => machine.name === text).map((machine) => machine.id))]
  const [id, other] = ids
  if (id === undefined)
    throw new Failure('machine-not-found', `No machine is named ${text}${await missingHosts(session)}`)
  if (other !== undefined)
    throw new Failure('machine-ambiguous', `Several machines are named ${text}: ${ids.join(', ')}`)
  return id
}

async function missingHosts(session: Session): Promise<string> {
  const hosts = await session.calls.listHosts(null)
  const names = hosts.filter((host) => host.state !== 'connected').map((host) => host.name)
  return names.length === 0 ? '' : `; not reachable: ${names.join(', ')}`
}

/** A secret from a file; the newline that editors put behind the last line does not belong to it. */
export function readSecret(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new Failure('invalid-argument', `${file} cannot be read: ${(thrown as NodeJS.ErrnoException).code}`)
  }
  const secret = text.replace(/\r?\n$/, '')
  if (secret === '') throw new Failure('invalid-argument', `${file} is empty`)
  return secret
}
