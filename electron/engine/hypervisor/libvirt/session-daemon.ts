import { spawn } from 'node:child_process'
import { access, constants } from 'node:fs/promises'
import { delimiter, join } from 'node:path'

/**
 * Starts the user's own libvirt daemon, as libvirt's own client does when nobody listens at `qemu:///session`; it ends
 * by itself two minutes after its last client. False where that cannot be: no daemon is installed, or this is root, as
 * whom the daemon would be the system's. It may not listen yet when this resolves.
 */
export async function startSessionDaemon(environment: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  const daemon = await findDaemon(environment['PATH'] ?? '')
  if (daemon === undefined || process.getuid?.() === 0) return false
  const child = spawn(daemon, ['--timeout=120'], { detached: true, stdio: 'ignore', env: environment })
  child.once('error', () => undefined)
  child.unref()
  return true
}

/** One daemon for QEMU or, on older systems, one for everything; administrators' programs may not be in a user's path. */
async function findDaemon(path: string): Promise<string | undefined> {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), '/usr/sbin']
  for (const name of ['virtqemud', 'libvirtd']) {
    for (const folder of folders) if (await isExecutable(join(folder, name))) return join(folder, name)
  }
  return undefined
}

async function isExecutable(path: string): Promise<boolean> {
  return await access(path, constants.X_OK).then(
    () => true,
    () => false,
  )
}
