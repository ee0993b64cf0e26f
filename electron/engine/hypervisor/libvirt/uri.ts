import { homedir } from 'node:os'
import { join } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'

export type LibvirtAddress = {
  /** What the daemon is asked to open: the URI without what only says how to get there. */
  readonly uri: string
  readonly scope: 'system' | 'session'
  /** Where the daemon may listen, the likeliest first. */
  readonly sockets: readonly string[]
}

/**
 * Reads `qemu:///system` and `qemu:///session`, each with an optional `?socket=/path`. Where the sockets lie is
 * libvirt's own convention: one daemon for everything or one for QEMU, and a user's own below the runtime folder.
 * Fails with `invalid-argument`.
 */
export function parseUri(text: string, environment: Readonly<Record<string, string | undefined>>): LibvirtAddress {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const scope = url?.pathname.slice(1)
  if (url?.protocol !== 'qemu:' || (scope !== 'system' && scope !== 'session')) throw unusable(text)
  if (url.host !== '')
    throw new Failure('invalid-argument', `${text} names another host; hosts are reached through a local socket`)
  return { uri: `qemu:///${scope}`, scope, sockets: namedSocket(url, text) ?? usualSockets(scope, environment) }
}

function namedSocket(url: URL, text: string): readonly string[] | undefined {
  for (const name of url.searchParams.keys()) if (name !== 'socket') throw unusable(text)
  const socket = url.searchParams.get('socket')
  if (socket === null) return undefined
  if (!socket.startsWith('/')) throw unusable(text)
  return [socket]
}

function usualSockets(
  scope: 'system' | 'session',
  environment: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const folder = scope === 'system' ? '/run/libvirt' : sessionFolder(environment)
  return [join(folder, 'virtqemud-sock'), join(folder, 'libvirt-sock')]
}

function sessionFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const runtime = environment['XDG_RUNTIME_DIR']
  if (runtime !== undefined && runtime !== '') return join(runtime, 'libvirt')
  return join(environment['XDG_CACHE_HOME'] ?? join(environment['HOME'] ?? homedir(), '.cache'), 'libvirt')
}

function unusable(text: string): Failure {
  return new Failure('invalid-argument', `${text} is not qemu:///system or qemu:///session, with ?socket=/path at most`)
}
