import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, stat, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const run = promisify(execFile)
const pollMs = 20
const polls = 250

/** A file that holds a file system, mounted at `folder` through a loop device. Fails where this machine cannot. */
export async function mountImage(image: string, folder: string): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true })
  await run('mount', ['-o', 'loop,noatime', image, folder])
  return { [Symbol.asyncDispose]: () => unmount(folder) }
}

export async function formatImage(image: string): Promise<void> {
  // Without lazy work of the kernel the record holds nothing but what was asked for.
  await run('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=0,lazy_journal_init=0,nodiscard', image])
}

async function unmount(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const failed = await run('umount', [folder]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (failed === undefined) return
    // A name that is let go of can be taken again; its disk stays busy until whoever holds a file there is gone.
    if (tries >= polls) await run('umount', ['--lazy', folder])
    if (tries >= polls) throw failed
    await delay(pollMs)
  }
}

/** The disk of an NBD server as a file; it lies at `disk` in `folder`. */
export async function mountNbd(
  socketPath: string,
  folder: string,
): Promise<AsyncDisposable & { readonly file: string }> {
  await mkdir(folder, { recursive: true })
  const file = path.join(folder, 'disk')
  await writeFile(file, '')
  const fuse = spawn('nbdfuse', [file, '--unix', socketPath], { stdio: 'ignore' })
  const gone = once(fuse, 'exit')
  for (let tries = 0; (await stat(file)).size === 0; tries++) {
    if (tries >= polls || fuse.exitCode !== null) throw new Error('nbdfuse shows no disk')
    await delay(pollMs)
  }
  return { file, [Symbol.asyncDispose]: () => release(file, fuse, gone) }
}

async function release(file: string, fuse: ChildProcess, gone: Promise<unknown>): Promise<void> {
  for (let tries = 0; fuse.exitCode === null && tries < polls; tries++) {
    await run('fusermount3', ['-u', file]).catch(() => delay(pollMs))
  }
  fuse.kill('SIGTERM')
  await gone
}
