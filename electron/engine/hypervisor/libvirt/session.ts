import type { BackupRequest, BackupSession } from '../hypervisor.ts'
import type { LibvirtConnection } from './connection.ts'
import { beginOffline } from './offline.ts'
import { beginRunning } from './running-session.ts'
import type { SessionHost } from './session-host.ts'

/**
 * Makes all disks of a machine stand still and opens them. A running machine is read through a backup job, its file systems
 * frozen for the moment of its beginning; one that is off, from its images. Failures as in `Hypervisor`.
 */
export async function beginSession(
  host: SessionHost,
  request: BackupRequest,
  signal: AbortSignal,
): Promise<BackupSession> {
  await using opened = new AsyncDisposableStack()
  const connection = opened.use(await host.openConnection(signal))
  const session = opened.use(await beginOver(host, connection, request, signal))
  const moved = opened.move()
  return { ...session, [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

async function beginOver(
  host: SessionHost,
  connection: LibvirtConnection,
  request: BackupRequest,
  signal: AbortSignal,
): Promise<BackupSession> {
  const state = await connection.domains.state(request.machineId, signal)
  if (state === 'off' || state === 'crashed') return await beginOffline(host, connection, request, signal)
  const running = state === 'running' || state === 'blocked'
  return await beginRunning(host, connection, request, running, signal)
}
