import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'

/**
 * Tells engines on one machine apart, also when the system has given a dead one's process id to somebody else:
 * `<pid> <start of that process> <this engine>`.
 */
export type Owner = string

export function thisOwner(): Owner {
  return `${process.pid} ${startOf(process.pid)} ${randomBytes(8).toString('hex')}`
}

/** A process carries one engine: an other engine of our own process is one that died before. */
export function isAlive(owner: Owner, self: Owner): boolean {
  if (owner === self) return true
  const [pid, started] = owner.split(' ')
  if (Number(pid) === process.pid) return false
  return started !== undefined && started !== 'gone' && startOf(Number(pid)) === started
}

/**
 * On Linux the boot and the start in clock ticks since then (proc(5), field 22 of `stat`, counted after the name, which may
 * hold blanks and brackets). Elsewhere only whether there is such a process.
 */
function startOf(pid: number): string {
  if (process.platform !== 'linux') return exists(pid) ? 'alive' : 'gone'
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
    return afterName[0] === 'Z' ? 'gone' : `${boot}/${afterName[19]}`
  } catch {
    return 'gone'
  }
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'EPERM'
  }
}
