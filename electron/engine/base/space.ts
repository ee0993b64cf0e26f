import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { orAborted } from './or-aborted.ts'

/** Of a file system: what an ordinary user may still write, and all of it. */
export type Space = { readonly freeBytes: number; readonly totalBytes: number }

/** A mount whose server is gone answers never. */
const answerWaitMs = 500

/**
 * Of the file system in which `place` lies or, where it does not exist yet, would lie. May never resolve: each question that a
 * dead mount leaves open holds one of the process's few threads for files.
 */
export async function askSpace(place: string): Promise<Space> {
  try {
    const { bavail, blocks, bsize } = await statfs(place)
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
  } catch (thrown) {
    const above = path.dirname(place)
    if (above === place || (thrown as NodeJS.ErrnoException).code !== 'ENOENT') throw thrown
    return askSpace(above)
  }
}

/** The answer to a question about a place; undefined where there is none, or not soon. */
export async function soon<T>(asking: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  try {
    return await orAborted(asking, AbortSignal.any([signal, AbortSignal.timeout(answerWaitMs)]))
  } catch {
    signal.throwIfAborted()
    return undefined
  }
}
