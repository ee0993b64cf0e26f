import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** A small JSON file of the shell's own. Its writes follow one another; a reader sees the old value or the new one. */
export type StateFile = {
  /** What was written last; undefined when there is none or it cannot be read as JSON: nothing in it is worth a failure. */
  read(): Promise<unknown>
  /** Durable when it resolves. Fails with the system's own error. */
  write(value: unknown): Promise<void>
}

export function stateFile(file: string): StateFile {
  let last = Promise.resolve()
  return {
    async read() {
      try {
        return JSON.parse(await readFile(file, 'utf8')) as unknown
      } catch {
        return undefined
      }
    },
    write(value) {
      const written = last.then(() => replace(file, `${JSON.stringify(value)}\n`))
      last = written.catch(() => undefined)
      return written
    },
  }
}

async function replace(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 })
  const draft = `${file}.${randomBytes(6).toString('hex')}.partial`
  try {
    await using handle = await open(draft, 'wx', 0o600)
    await handle.writeFile(text)
    await handle.sync()
    await rename(draft, file)
  } catch (thrown) {
    await rm(draft, { force: true })
    throw thrown
  }
  await syncFolder(path.dirname(file))
}

/** Windows has no handle of a folder to sync; NTFS journals the rename. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return
  await using handle = await open(folder, 'r')
  await handle.sync()
}
