import { readdir, realpath } from 'node:fs/promises'
import path from 'node:path'
import type { Result } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'

const byName = new Intl.Collator(undefined, { numeric: true }).compare

/**
 * The folders in a folder of this machine, by their absolute paths, in the order of their names. Hidden ones and links are
 * left out; the folder itself is told by its real path. Fails with `invalid-argument` when it cannot be read.
 */
export async function listFolders(folder: string): Promise<Result<'listFolders'>> {
  if (!path.isAbsolute(folder)) throw new Failure('invalid-argument', `${folder} is not an absolute path`)
  const real = await readable(realpath(folder))
  const entries = await readable(readdir(real, { withFileTypes: true }))
  const names = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  const parent = path.dirname(real)
  return {
    folder: real,
    ...(parent === real ? {} : { parent }),
    folders: names.sort(byName).map((name) => path.join(real, name)),
  }
}

/** A path may also hold what no path can hold (a NUL): that is no bug of ours. */
async function readable<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    throw new Failure('invalid-argument', `The folder cannot be read: ${message}`, { cause: thrown })
  }
}
