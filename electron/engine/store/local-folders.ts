import { mkdir, open } from 'node:fs/promises'
import path from 'node:path'
import { errorCode } from './local-error.ts'

/** Resolves when the names in `folder` would survive a power cut. Windows has no such call; NTFS journals names itself. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/**
 * Folders below `root` whose own names are durable. A folder that is already there may have been made by a process that
 * died before its sync, so each is synced once per store, whoever made it. The root itself is never made.
 */
export class DurableFolders {
  readonly #root: string
  readonly #made = new Map<string, Promise<void>>()

  constructor(root: string) {
    this.#root = root
  }

  /** `folder` is relative to the root with `/` between segments; `.` is the root. */
  async make(folder: string): Promise<void> {
    if (folder === '.') return
    const under = this.#made.get(folder) ?? this.#makeOnce(folder)
    this.#made.set(folder, under)
    try {
      await under
    } catch (thrown) {
      this.#made.delete(folder)
      throw thrown
    }
  }

  /** Forgets everything: somebody took a folder away. */
  forget(): void {
    this.#made.clear()
  }

  async #makeOnce(folder: string): Promise<void> {
    const parent = path.posix.dirname(folder)
    await this.make(parent)
    try {
      await mkdir(path.join(this.#root, folder))
    } catch (thrown) {
      if (errorCode(thrown) !== 'EEXIST') throw thrown
    }
    await syncFolder(path.join(this.#root, parent))
  }
}
