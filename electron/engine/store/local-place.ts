import { createHash } from 'node:crypto'
import { link, rename, rm, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { systemClock } from '../base/clock.ts'
import { errorCode } from './local-error.ts'

/** Gives a draft its name unless that name is taken; answers whether it did. The draft may stay: the caller removes it. */
export type Place = (draft: string, final: string, signal: AbortSignal) => Promise<boolean>

/** `link()` is exclusive and atomic on every local file system of Linux and macOS, on NTFS, NFS and most SMB servers. */
export const placeByLink: Place = async (draft, final) => {
  try {
    await link(draft, final)
    return true
  } catch (thrown) {
    if (errorCode(thrown) === 'EEXIST') return false
    throw thrown
  }
}

const linkless = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK', 'EISDIR'])

/** Links where the file system can, claims the name where it has no hard links (FAT, exFAT, some SMB servers). */
export const placeAnyhow: Place = async (draft, final, signal) => {
  try {
    return await placeByLink(draft, final, signal)
  } catch (thrown) {
    if (linkless.has(errorCode(thrown) ?? '')) return await placeByClaim(draft, final, signal)
    throw thrown
  }
}

const claimWaitMs = 20
const claimTries = 1500
export const claimPrefix = 'claim.'

/**
 * Exclusive without hard links: only who creates the claim beside the drafts may look whether the name is free and rename
 * onto it, so a reader still never sees half an object. A claim holds its draft's name, which tells its owner; that of a
 * dead process is removed as a leftover. Safe as long as no other writer of the store sees it with hard links.
 */
export const placeByClaim: Place = async (draft, final, signal) => {
  const drafts = path.dirname(draft)
  const digest = createHash('sha256').update(path.relative(drafts, final)).digest('hex')
  const claim = path.join(drafts, `${claimPrefix}${digest}`)
  await takeClaim(claim, path.basename(draft), signal)
  try {
    if (await exists(final)) return false
    await rename(draft, final)
    return true
  } finally {
    await rm(claim, { force: true })
  }
}

async function takeClaim(claim: string, holder: string, signal: AbortSignal): Promise<void> {
  for (let tries = 0; tries < claimTries; tries++) {
    try {
      return await writeFile(claim, holder, { flag: 'wx' })
    } catch (thrown) {
      if (errorCode(thrown) !== 'EEXIST') throw thrown
    }
    await systemClock.sleep(claimWaitMs, signal)
  }
  throw new Failure('repository-unreachable', `An object is being written by somebody else: ${claim}`)
}

async function exists(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined
}
