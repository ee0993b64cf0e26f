import { type FileHandle, lstat, open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { asStoreFailure, errorCode, isMissing } from './local-error.ts'
import { draftFolder } from './name.ts'
import type { ObjectInfo, ObjectName } from './store.ts'

/** `lengthBytes` from `offset`, or the whole object. A shorter object, or one whose medium fails, is `object-damaged`. */
export async function readObject(
  root: string,
  name: ObjectName,
  range: { readonly offset: number; readonly lengthBytes: number } | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const handle = await open(path.join(root, name), 'r')
    try {
      const { offset, lengthBytes } = range ?? { offset: 0, lengthBytes: (await handle.stat()).size }
      return await readExactly(handle, name, offset, lengthBytes)
    } finally {
      await handle.close()
    }
  } catch (thrown) {
    throw asReadFailure(thrown, name)
  }
}

async function readExactly(
  handle: FileHandle,
  name: ObjectName,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(lengthBytes)
  for (let at = 0; at < lengthBytes; ) {
    const { bytesRead } = await handle.read(bytes, at, lengthBytes - at, offset + at)
    if (bytesRead === 0)
      throw new Failure('object-damaged', `${name} ends at ${offset + at}, short of ${offset + lengthBytes}`)
    at += bytesRead
  }
  return bytes
}

function asReadFailure(thrown: unknown, name: ObjectName): unknown {
  if (isMissing(thrown)) return new Failure('object-missing', `${name} does not exist`, { cause: thrown })
  const code = errorCode(thrown)
  if (code === 'EIO' || code === 'EISDIR') return new Failure('object-damaged', `${name}: ${code}`, { cause: thrown })
  return asStoreFailure(thrown, `Reading ${name}`)
}

export async function statObject(root: string, name: ObjectName): Promise<ObjectInfo | undefined> {
  try {
    const found = await lstat(path.join(root, name))
    return found.isFile() ? { name, sizeBytes: found.size, modifiedAt: found.mtimeMs } : undefined
  } catch (thrown) {
    if (isMissing(thrown)) return undefined
    throw asStoreFailure(thrown, `Looking for ${name}`)
  }
}

/** Objects below `folder` (relative, '' for all) in the order of their names; drafts, hidden and other files are left out. */
export async function* listObjects(root: string, folder: string): AsyncGenerator<ObjectInfo> {
  for (const entry of await entriesOf(root, folder)) {
    const name = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (name === draftFolder || entry.name.startsWith('.')) continue
    if (entry.isDirectory()) yield* listObjects(root, name)
    const info = entry.isFile() ? await statObject(root, name) : undefined
    if (info !== undefined) yield info
  }
}

async function entriesOf(root: string, folder: string): ReturnType<typeof readSorted> {
  try {
    return await readSorted(path.join(root, folder))
  } catch (thrown) {
    if (isMissing(thrown)) return []
    throw asStoreFailure(thrown, `Listing ${folder}`)
  }
}

async function readSorted(folder: string) {
  const entries = await readdir(folder, { withFileTypes: true })
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}
