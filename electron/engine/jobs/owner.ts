import { randomBytes } from 'node:crypto'
import { bootId, ended, isThere, startOf } from '../base/process-start.ts'

/**
 * Tells engines on one machine apart, also when the system has given a dead one's process id to somebody else:
 * `<pid> <start of that process> <this engine>`.
 */
export type Owner = string

export function thisOwner(): Owner {
  return `${process.pid} ${beginningOf(process.pid)} ${randomBytes(8).toString('hex')}`
}

/** A process carries one engine: an other engine of our own process is one that died before. */
export function isAlive(owner: Owner, self: Owner): boolean {
  if (owner === self) return true
  const [pid, started] = owner.split(' ')
  if (Number(pid) === process.pid) return false
  return started !== undefined && started !== 'gone' && beginningOf(Number(pid)) === started
}

/** On Linux the boot and the start since then. Elsewhere only whether there is such a process. */
function beginningOf(pid: number): string {
  if (process.platform !== 'linux') return isThere(pid) ? 'alive' : 'gone'
  const boot = bootId()
  const start = startOf(pid)
  return boot === undefined || start === undefined || start === ended ? 'gone' : `${boot}/${start}`
}
