import { access, constants, stat } from 'node:fs/promises'
import path from 'node:path'

/**
 * Why nothing can be written in a folder, or it cannot be made where it does not exist yet; undefined when both can. What this
 * user may is asked, not tried: a full file system shows only when it is written to.
 */
export async function whyUnwritable(folder: string): Promise<string | undefined> {
  if (!path.isAbsolute(folder)) return `${folder} is not an absolute path`
  const found = await stat(folder).catch((thrown: NodeJS.ErrnoException) => thrown)
  const above = path.dirname(folder)
  if (found instanceof Error) {
    return found.code === 'ENOENT' && above !== folder ? whyUnwritable(above) : found.message
  }
  if (!found.isDirectory()) return `${folder} is not a folder`
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (thrown: Error) => thrown.message,
  )
}
