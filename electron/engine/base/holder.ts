import { readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { bootId, isThere, startOf } from './process-start.ts'

/**
 * Who holds something that others can see: the host name and, on Linux, what tells this process from every other one that
 * this machine ever ran, separated by blanks: `<host> <boot id> <namespaces> <process id> <start>`. A boot id belongs to one
 * start of one machine (random(4)); in another PID namespace the same number is another process (pid_namespaces(7)), in
 * another time namespace the same process seems to have begun at another time (time_namespaces(7)).
 */
export function thisHolder(): string {
  const place = thisPlace()
  const start = startOf(process.pid)
  return place === undefined || start === undefined ? hostname() : `${place} ${process.pid} ${start}`
}

/** What people are shown of a holder. */
export function hostOf(holder: string): string {
  return holder.split(' ', 1)[0] ?? ''
}

/**
 * True only when it is certain: a process of this very boot of this machine that does not run any more. Nothing is said of
 * other machines, of texts that name no process, and of processes that may not be looked at.
 */
export function isGone(holder: string): boolean {
  const [host, boot, namespaces, pid, start, ...more] = holder.split(' ')
  if (start === undefined || more.length > 0 || !/^[1-9]\d{0,9}$/.test(pid ?? '')) return false
  if (`${host} ${boot} ${namespaces}` !== thisPlace()) return false
  if (!isThere(Number(pid))) return true
  const now = startOf(Number(pid))
  return now !== undefined && now !== start
}

/** Undefined where the system does not tell. */
function thisPlace(): string | undefined {
  const boot = bootId()
  if (boot === undefined) return undefined
  try {
    const namespaces = ['pid', 'time'].map((kind) => readlinkSync(`/proc/self/ns/${kind}`)).join(',')
    return `${hostname()} ${boot} ${namespaces}`
  } catch {
    return undefined
  }
}
