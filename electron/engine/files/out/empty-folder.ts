import { opendir, rmdir, unlink } from 'node:fs/promises'
import { nameFromBytes } from '../../guest/names.ts'
import { type HeldFolder, isSame } from './held-folder.ts'

/**
 * Removes everything in a folder of ours, following no link. What has gone meanwhile is no failure; else throws the system's
 * own error.
 */
export async function emptyFolder(folder: HeldFolder): Promise<void> {
  await folder.guard()
  await folder.setMode(0o700)
  // Read whole first: a folder that changes under its own listing may be listed twice or not at all.
  for (const { name, isFolder } of await entriesOf(folder)) {
    await folder.guard()
    if (isFolder) await removeFolder(folder, name)
    else await unlink(folder.at(name)).catch(unlessGone)
  }
}

/** Removes a folder and what is in it. With `identity` only when it is still that one. */
export async function removeFolder(parent: HeldFolder, name: string, identity?: HeldFolder['identity']): Promise<void> {
  try {
    await parent.guard()
    await parent.open(name)
    await using folder = await parent.folder(name)
    if (identity !== undefined && !isSame(folder.identity, identity)) return
    await emptyFolder(folder)
    await rmdir(parent.at(name))
  } catch (thrown) {
    unlessGone(thrown)
  }
}

type Found = { readonly name: string; readonly isFolder: boolean }

async function entriesOf(folder: HeldFolder): Promise<readonly Found[]> {
  const found: Found[] = []
  // With `buffer` the names are bytes, which the types do not know.
  const options = { encoding: 'buffer' as BufferEncoding }
  for await (const entry of await opendir(folder.listing.toString(), options)) {
    found.push({ name: nameFromBytes(entry.name as unknown as Uint8Array), isFolder: entry.isDirectory() })
  }
  return found
}

function unlessGone(thrown: unknown): void {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT')) throw thrown
}
