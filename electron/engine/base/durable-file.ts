import { randomBytes } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Replaces a small file whole: whoever reads sees the old text or the new one, and when this returns, the new one would
 * survive a power cut. Throws the system's own error, and leaves nothing behind, when the place refuses.
 */
export function writeDurably(path: string, bytes: Uint8Array, mode: number): void {
  const draft = `${path}.${randomBytes(6).toString('hex')}.partial`
  try {
    writeAndSync(draft, bytes, mode)
    renameSync(draft, path)
  } catch (thrown) {
    rmSync(draft, { force: true })
    throw thrown
  }
  syncFolder(dirname(path))
}

function writeAndSync(path: string, bytes: Uint8Array, mode: number): void {
  const file = openSync(path, 'wx', mode)
  try {
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

/** Windows has no handle of a folder to sync; NTFS journals the rename. */
export function syncFolder(path: string): void {
  if (process.platform === 'win32') return
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
