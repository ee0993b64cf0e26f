import { readFileSync } from 'node:fs'

/** What a process that has ended and that nobody has asked about yet began at. */
export const ended = 'ended'

/**
 * When a process of this machine began, in clock ticks since the boot (proc(5), field 22 of `stat`, counted after the name,
 * which may hold blanks and brackets). Undefined where the system does not tell, or there is no such process.
 */
export function startOf(pid: number): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const afterName = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return afterName[0] === 'Z' ? ended : afterName[19]
  } catch {
    return undefined
  }
}

/** One start of this machine (random(4)); undefined where the system does not tell. */
export function bootId(): string | undefined {
  if (process.platform !== 'linux') return undefined
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return undefined
  }
}

/** False only when there is certainly no process of this number. */
export function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')
  }
}
