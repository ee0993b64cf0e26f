import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

const program = 'libvirtd'

/** Tests run as root on a bare host; a daemon of a user's own must not. */
export const ordinaryUser = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined

/** A place for a user's own libvirt daemon, which shares nothing with the host's. Disposing ends the daemon and removes all. */
export type UserHome = AsyncDisposable & {
  readonly environment: Readonly<Record<string, string>>
  readonly socket: string
}

export async function makeUserHome(): Promise<UserHome> {
  const folder = await mkdtemp(join(tmpdir(), 'sp-test-'))
  const runtime = join(folder, 'run')
  await mkdir(runtime)
  await chmod(runtime, 0o700)
  if (ordinaryUser !== undefined)
    for (const path of [folder, runtime]) await chown(path, ordinaryUser.uid, ordinaryUser.gid)
  return {
    environment: { PATH: process.env['PATH'] ?? '', HOME: folder, XDG_RUNTIME_DIR: runtime },
    socket: join(runtime, 'libvirt', 'libvirt-sock'),
    async [Symbol.asyncDispose]() {
      await endDaemon(join(runtime, 'libvirt', 'libvirtd.pid'))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Only a daemon that wrote its number into this home is ours to end. */
async function endDaemon(pidFile: string): Promise<void> {
  const pid = Number.parseInt(await readFile(pidFile, 'utf8').catch(() => ''), 10)
  if (Number.isNaN(pid)) return
  for (const signal of ['SIGCONT', 'SIGTERM'] as const) if (isAlive(pid)) process.kill(pid, signal)
  await until('the daemon has ended', async () => !isAlive(pid))
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Resolves once it listens. */
export async function startDaemon({ environment, socket }: UserHome): Promise<ChildProcess> {
  const daemon = spawn(program, ['--timeout', '60'], { ...ordinaryUser, env: environment, stdio: 'ignore' })
  await until('the daemon listens', () => answers(socket))
  return daemon
}

export async function stopDaemon(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return
  const exit = once(daemon, 'exit')
  daemon.kill('SIGTERM')
  await exit
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket, () => resolve(probe.destroy() !== undefined))
    probe.once('error', () => resolve(false))
  })
}
