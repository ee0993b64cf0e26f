import { lstat, readdir, readFile, rm } from 'node:fs/promises'
import path from 'node:path'
import { systemClock } from '../base/clock.ts'
import { isMissing } from './local-error.ts'
import { draftOwner, isDead, type Owner } from './local-owner.ts'
import { claimPrefix } from './local-place.ts'
import { draftFolder } from './name.ts'

const dayMs = 24 * 60 * 60 * 1000

/**
 * Removes drafts and claims that nobody will finish: those of dead processes of this host at once, all others after a day, longer than
 * any object takes to be written. A store that may only be read keeps them.
 */
export async function removeLeftovers(root: string, self: Owner, signal: AbortSignal): Promise<void> {
  const folder = path.join(root, draftFolder)
  for (const name of await readdir(folder).catch(ignoreMissing)) {
    signal.throwIfAborted()
    const file = path.join(folder, name)
    if (await isLeftover(file, self)) await rm(file, { force: true }).catch(() => {})
  }
}

async function isLeftover(file: string, self: Owner): Promise<boolean> {
  const owner = draftOwner(await draftOf(file))
  if (owner !== undefined && isDead(owner, self)) return true
  const found = await lstat(file).catch(() => undefined)
  return found?.isFile() === true && systemClock.now() - found.mtimeMs > dayMs
}

async function draftOf(file: string): Promise<string> {
  const name = path.basename(file)
  return name.startsWith(claimPrefix) ? await readFile(file, 'utf8').catch(() => '') : name
}

function ignoreMissing(thrown: unknown): string[] {
  if (isMissing(thrown)) return []
  throw thrown
}
