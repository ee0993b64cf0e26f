import { execFile } from 'node:child_process'
import { mkdtemp, open, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'

const execute = promisify(execFile)
const pollMs = 20
const polls = 250

/** Runs a tool to its end, without a shell; answers what it wrote to stdout. `input` goes to its stdin. */
export async function tool(program: string, args: readonly string[], input?: string): Promise<string> {
  const running = execute(program, args, { maxBuffer: 1 << 28 })
  running.child.stdin?.on('error', () => {})
  running.child.stdin?.end(input ?? '')
  return (await running).stdout
}

/** A folder that goes with everything in it. */
export async function scratchFolder(name: string): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), `stillpoint-${name}-`))
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) }
}

/** A sparse file of zeroes. */
export async function sparseFile(file: string, sizeBytes: number): Promise<void> {
  await using handle = await open(file, 'wx')
  await handle.truncate(sizeBytes)
}

/**
 * An image mounted at `folder` (made by the caller, or here) with `mount -o loop,…`; `type` where the kernel must not choose. Disposing
 * unmounts; a mount that stays busy for five seconds is detached, and fails.
 */
export async function mounted(
  image: string,
  folder: string,
  { type, options = [] }: { readonly type?: string; readonly options?: readonly string[] } = {},
): Promise<AsyncDisposable & { readonly folder: string }> {
  await tool('mkdir', ['-p', folder])
  const kind = type === undefined ? [] : ['-t', type]
  await tool('mount', [...kind, '-o', ['loop', ...options].join(','), image, folder])
  return { folder, [Symbol.asyncDispose]: () => unmount(folder) }
}

async function unmount(folder: string): Promise<void> {
  for (let tries = 0; ; tries++) {
    const failed = await tool('umount', [folder]).then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    if (failed === undefined) return
    if (tries >= polls) await tool('umount', ['--lazy', folder])
    if (tries >= polls) throw failed
    await delay(pollMs)
  }
}
