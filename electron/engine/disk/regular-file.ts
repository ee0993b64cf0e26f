import { constants, type FileHandle, open } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'

/**
 * Opens a file for reading, and nothing else: a pipe would keep us waiting, a device has another way of telling its size.
 * Fails with `disk-unreadable`, or `disk-unsupported` for what is not a regular file.
 */
export async function openRegular(path: string): Promise<FileHandle> {
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch((thrown: unknown) => {
    throw new Failure('disk-unreadable', String(thrown), { cause: thrown })
  })
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new Failure('disk-unsupported', `${path} is not a regular file`)
}
