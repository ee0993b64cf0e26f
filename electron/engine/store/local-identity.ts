import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { writeDraftFile } from './local-draft.ts'
import { asStoreFailure, isMissing } from './local-error.ts'
import { DurableFolders, syncFolder } from './local-folders.ts'
import { draftName, type Owner } from './local-owner.ts'
import { draftFolder } from './name.ts'

/**
 * Random bytes that tell one store's folder from another in the same place. Without them, a disk that is not mounted would
 * be an empty store, and a rotated disk would take the objects of the other one.
 */
const identityFile = '.stillpoint-store'
const identityBytes = 16

export async function writeIdentity(root: string, owner: Owner, signal: AbortSignal): Promise<void> {
  await new DurableFolders(root).make(draftFolder)
  const draft = path.join(root, draftFolder, draftName(owner))
  await writeDraftFile(draft, randomBytes(identityBytes), signal)
  await rename(draft, path.join(root, identityFile))
  await syncFolder(root)
}

/** The identity, or undefined for a folder that has none. A folder that is gone is `repository-unreachable`. */
export async function readIdentity(root: string): Promise<string | undefined> {
  try {
    const bytes = await readFile(path.join(root, identityFile))
    return bytes.length === identityBytes ? bytes.toString('hex') : undefined
  } catch (thrown) {
    if (!isMissing(thrown)) throw asStoreFailure(thrown, `Opening ${root}`)
  }
  await namesIn(root)
  return undefined
}

/** True for a folder that a mount would cover, or that nobody has used yet. */
export async function isEmpty(root: string): Promise<boolean> {
  return (await namesIn(root)).length === 0
}

async function namesIn(root: string): Promise<readonly string[]> {
  try {
    return await readdir(root)
  } catch (thrown) {
    throw asStoreFailure(thrown, `Opening ${root}`)
  }
}

/** Fails with `repository-unreachable` unless the store that was opened still lies there. */
export async function needIdentity(root: string, identity: string): Promise<void> {
  const found = await readIdentity(root)
  if (found === undefined) throw new Failure('repository-unreachable', `${root} no longer holds the store`)
  if (found !== identity) throw new Failure('repository-unreachable', `${root} holds another store now`)
}
