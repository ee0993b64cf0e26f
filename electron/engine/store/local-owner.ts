import { createHash, randomBytes } from 'node:crypto'
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

/** Who made a draft: this process on this host. `host` differs between machines and containers that share a host name. */
export type Owner = { readonly host: string; readonly pid: number }

/** The host mark is the host name with a hash over machine id and process namespace, where the system has them. */
export async function thisOwner(): Promise<Owner> {
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => '')
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '')
  const mark = createHash('sha256').update(`${machine}\n${namespace}`).digest('hex').slice(0, 8)
  const name = hostname()
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
  return { host: `${name.slice(0, 40)}-${mark}`, pid: process.pid }
}

/** `<host>.<pid>.<random>`: never given twice. */
export function draftName(owner: Owner): string {
  return `${owner.host}.${owner.pid}.${randomBytes(8).toString('hex')}`
}

/** Undefined for a name that `draftName` did not make. */
export function draftOwner(name: string): Owner | undefined {
  const [host, pid, random, ...more] = name.split('.')
  if (host === undefined || pid === undefined || random === undefined || more.length > 0) return undefined
  return /^\d{1,10}$/.test(pid) ? { host, pid: Number(pid) } : undefined
}

/** True only when it is certain: a process of this host that no longer runs. */
export function isDead(owner: Owner, self: Owner): boolean {
  if (owner.host !== self.host) return false
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH'
  }
}
