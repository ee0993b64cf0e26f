import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { chmod, chown, lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { QemuUser } from './qemu-user.ts'

/** A short-lived folder that QEMU may write and nobody else may enter. */
export type RunFolder = AsyncDisposable & { readonly path: string; readonly socketPath: string }

const prefix = 'sp-run-'

/** Short, because the path of a socket is limited to 107 bytes, and gone after a restart of the host. */
export function runBase(): string {
  if (process.getuid?.() === 0) return '/run/stillpoint'
  return join(process.env['XDG_RUNTIME_DIR'] ?? tmpdir(), 'stillpoint')
}

/** For scratch files that find no place beside their disks: on a disk, never in memory. */
export const spareBase = '/var/tmp/stillpoint'

/**
 * Makes the folder below `base`, owned by the machine's QEMU. Beside it listens a socket as long as this process lives: what
 * nobody answers for was left by a dead engine. Fails with `host-refused` when this user cannot share a folder with QEMU.
 */
export async function openRunFolder(base: string, user: QemuUser | undefined): Promise<RunFolder> {
  await using opened = new AsyncDisposableStack()
  await needOwnFolder(base)
  const path = join(base, `${prefix}${randomBytes(6).toString('hex')}`)
  await mkdir(path, { mode: 0o700 })
  opened.defer(() => rm(path, { recursive: true, force: true }))
  await share(path, user)
  const server = createServer((socket) => socket.destroy())
  server.unref().listen(sentinelOf(path))
  await once(server, 'listening')
  opened.defer(async () => {
    server.close()
    await rm(sentinelOf(path), { force: true })
  })
  const moved = opened.move()
  return { path, socketPath: join(path, 'nbd.sock'), [Symbol.asyncDispose]: () => moved.disposeAsync() }
}

/** Whoever else owned the base could put a link in the place of what is given to QEMU in it. */
async function needOwnFolder(base: string): Promise<void> {
  await mkdir(base, { recursive: true, mode: 0o711 })
  const { uid, mode } = await lstat(base)
  if (uid !== process.getuid?.() || (mode & othersMayWrite) !== 0)
    throw new Failure(
      'host-refused',
      `${base} belongs to somebody else or may be written by others; it has to be removed`,
    )
}

const othersMayWrite = 0o022

/** Whether a path is a run folder, by its name. */
export function isRunFolder(path: string): boolean {
  return basename(path).startsWith(prefix) && basename(dirname(path)) === basename(runBase())
}

/** Whether some engine still answers for the folder. */
export function isAlive(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(sentinelOf(path))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

/** Folders below `base` that nobody answers for. */
export async function deadRunFolders(base: string): Promise<readonly string[]> {
  const names = await readdir(base).catch(() => [])
  const paths = names
    .filter((name) => name.startsWith(prefix) && !name.endsWith(sentinelEnding))
    .map((name) => join(base, name))
  const alive = await Promise.all(paths.map(isAlive))
  return paths.filter((_, index) => !alive[index])
}

export async function removeRunFolder(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true })
  await rm(sentinelOf(path), { force: true })
}

const sentinelEnding = '.alive'

/** Beside the folder, because QEMU owns what is inside. */
function sentinelOf(path: string): string {
  return `${path}${sentinelEnding}`
}

/** Root gives the folder away; another user shares it through QEMU's group, which has to be one of its own. */
async function share(path: string, user: QemuUser | undefined): Promise<void> {
  const own = process.getuid?.()
  if (user === undefined || user.uid === own) return
  if (own === 0) return await chown(path, user.uid, user.gid)
  try {
    await chown(path, -1, user.gid)
    await chmod(path, 0o770)
  } catch (error) {
    throw new Failure(
      'host-refused',
      `QEMU runs as user ${user.uid} with group ${user.gid}: run as root or join that group, so that both can use one socket`,
      { cause: error },
    )
  }
}
