import { type FileHandle, open, rm } from 'node:fs/promises'
import { MiB } from '../../../shared/units.ts'

const pieceBytes = 8 * MiB

/** A new file whose bytes would survive a power cut; its name not yet. Fails with the system's error and leaves nothing. */
export async function writeDraftFile(file: string, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  const handle = await open(file, 'wx')
  try {
    await writeAll(handle, bytes, signal)
    await handle.sync()
    await handle.close()
  } catch (thrown) {
    await handle.close().catch(() => {})
    await rm(file, { force: true })
    throw thrown
  }
}

async function writeAll(handle: FileHandle, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    signal.throwIfAborted()
    const { bytesWritten } = await handle.write(bytes, at, Math.min(pieceBytes, bytes.length - at), at)
    at += bytesWritten
  }
}
