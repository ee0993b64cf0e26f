import { createHash, randomBytes } from 'node:crypto'
import type { PathLike } from 'node:fs'
import { link, lstat, open, readdir, rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import path from 'node:path'

const pattern = /^\.stillpoint-(?<host>[0-9a-f]{8})(?<pid>[0-9a-f]{8})[0-9a-f]{16}\.partial$/

/**
 * A name for something that is not finished yet: hidden, never taken for an image, and telling which process of which
 * host may still be at work on it.
 */
export function partialName(): string {
  return `.stillpoint-${hostDigits()}${process.pid.toString(16).padStart(8, '0')}${randomBytes(8).toString('hex')}.partial`
}

/**
 * Removes what dead processes of this computer left in `folder`; answers the names. Everything else stays: files of other
 * origin and of other people (the folder may be open to all), of living processes, and of other computers that share it.
 * What cannot be removed, perhaps because somebody else is just removing it, keeps nobody from working.
 */
export async function removeLeftovers(folder: string): Promise<readonly string[]> {
  const removed: string[] = []
  for (const name of (await readdir(folder)).filter(isLeftover)) {
    const file = path.join(folder, name)
    const found = await lstat(file).catch(() => undefined)
    if (found === undefined || (process.getuid !== undefined && found.uid !== process.getuid())) continue
    const gone = rm(file, { recursive: true, force: true }).then(() => true)
    if (await gone.catch(() => false)) removed.push(name)
  }
  return removed
}

/**
 * Gives a finished file its name; nothing that exists is ever replaced. The caller has synced the file and syncs its folder
 * afterwards. Throws the system's own error, `EEXIST` when the name is taken.
 */
export async function appear(partial: PathLike, file: PathLike): Promise<void> {
  try {
    await link(partial, file)
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'EEXIST') throw thrown
    // FAT and some shares have no links: an empty file takes the name first, exclusively.
    await (await open(file, 'wx')).close()
    await rename(partial, file)
  }
}

function isLeftover(name: string): boolean {
  const { host, pid } = pattern.exec(name)?.groups ?? {}
  return host === hostDigits() && pid !== undefined && !isAlive(Number.parseInt(pid, 16))
}

function hostDigits(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
}

/** Signal 0 only asks; EPERM means that it lives and is somebody else's. */
function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (thrown) {
    return !(thrown instanceof Error && 'code' in thrown && thrown.code === 'ESRCH')
  }
}
