import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { askSpace, type Space, soon } from '../base/space.ts'
import { whyUnwritable } from '../base/writable-folder.ts'
import { asStoreFailure, isMissing } from './local-error.ts'
import { draftFolder } from './name.ts'

export type Probed = Partial<Space> & { readonly holds: 'nothing' | 'repository' | 'other' }

/** What a file system has in its own top folder, and what a store is begun with. */
const meaningless = new Set([draftFolder, 'lost+found', 'System Volume Information'])

/**
 * What lies in a folder that is wanted for a store, without touching it. Fails with `invalid-argument` for a path that is not
 * absolute, and with `repository-unreachable` where it could not be made or nothing could be written in it.
 */
export async function probeLocal(folder: string, signal: AbortSignal): Promise<Probed> {
  if (!path.isAbsolute(folder)) throw new Failure('invalid-argument', `${folder} is not an absolute path`)
  const problem = await whyUnwritable(folder)
  if (problem !== undefined) throw new Failure('repository-unreachable', problem)
  const names = await readdir(folder).catch((thrown: unknown) => {
    if (isMissing(thrown)) return []
    throw asStoreFailure(thrown, `Looking at ${folder}`)
  })
  return { holds: holdsOf(names), ...(await soon(askSpace(folder), signal)) }
}

function holdsOf(names: readonly string[]): Probed['holds'] {
  if (names.includes('config')) return 'repository'
  return names.every((name) => name.startsWith('.') || meaningless.has(name)) ? 'nothing' : 'other'
}
