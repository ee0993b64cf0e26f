import { constants, existsSync, type Stats } from 'node:fs'
import { chmod, type FileHandle, lstat, mkdir, open, readlink, realpath, utimes } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import { nameToBytes } from '../../guest/names.ts'

/** What the platform has of these; Windows has none. */
const flags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0)
/** Linux's own (open(2)): a folder that may not be read is still to be had. */
const pathOnly = 0o10_000_000

/** Whether folders are held by a handle, as openat(2) would; else each use looks first whether all is as it was. */
export const canHold = process.platform === 'linux' && existsSync('/proc/self/fd')

type Identity = { readonly dev: number; readonly ino: number }

/**
 * A folder into which we write while somebody else may change what is around it. On Linux it is one open handle, and what is in
 * it is named through `/proc/self/fd`: whatever becomes of its path, no link on the way is ever followed. Elsewhere `check`
 * before each use is all that can be had.
 */
export class HeldFolder implements AsyncDisposable {
  readonly identity: Identity
  readonly #handle: FileHandle | undefined
  readonly #base: Buffer
  /** Where it was when it was opened. */
  readonly #path: Buffer

  private constructor(handle: FileHandle | undefined, base: Buffer, path: Buffer, identity: Identity) {
    this.#handle = handle
    this.#base = base
    this.#path = path
    this.identity = identity
  }

  /** By a path of ours, whose links are followed once. Throws the system's own error. */
  static async open(path: string, holds = canHold): Promise<HeldFolder> {
    return await HeldFolder.#at(await realpath(path, { encoding: 'buffer' }), holds)
  }

  static async #at(path: Buffer, holds: boolean): Promise<HeldFolder> {
    const found = await lstat(path)
    if (!found.isDirectory()) throw moved(path)
    if (!holds) return new HeldFolder(undefined, path, path, found)
    const handle = await open(path, flags)
    try {
      const identity = await handle.stat()
      const base = Buffer.from(`/proc/self/fd/${handle.fd}`)
      return new HeldFolder(handle, base, await readlink(base, { encoding: 'buffer' }), identity)
    } catch (thrown) {
      await handle.close()
      throw thrown
    }
  }

  /** What is named `name` in it, to be used at once. */
  at(name: string): Buffer {
    return Buffer.concat([this.#base, Buffer.from('/'), nameToBytes(name)])
  }

  /** Its path as it was opened. */
  pathOf(name: string): string {
    return Buffer.concat([this.#path, Buffer.from('/'), nameToBytes(name)]).toString()
  }

  /** A folder in it; never through a link. Throws the system's own error, ENOTDIR or ELOOP for what is no folder. */
  async folder(name: string): Promise<HeldFolder> {
    return await HeldFolder.#at(this.at(name), this.#handle !== undefined)
  }

  /** Itself once more, to be closed on its own. */
  async again(): Promise<HeldFolder> {
    return await HeldFolder.#at(this.#handle === undefined ? this.#path : this.at('.'), this.#handle !== undefined)
  }

  /** A new folder in it that only its owner enters. Throws EEXIST where the name is taken. */
  async make(name: string): Promise<HeldFolder> {
    await mkdir(this.at(name), 0o700)
    return await this.folder(name)
  }

  /** Fails with `target-failed` when it is not where it was opened: what is written then would lie elsewhere. */
  async check(): Promise<void> {
    const isThere = this.#handle === undefined ? await this.#isSame() : this.#path.equals(await this.#whereNow())
    if (!isThere) throw moved(this.#path)
  }

  /** Before anything in it is changed: only where it is not held, since what is held can be nothing else. */
  async guard(): Promise<void> {
    if (this.#handle === undefined) await this.check()
  }

  async setMode(mode: number): Promise<void> {
    if (this.#handle === undefined) await chmod(this.#base, mode)
    else await this.#handle.chmod(mode)
  }

  async setTimes(time: Date | number): Promise<void> {
    if (this.#handle === undefined) await utimes(this.#base, time, time)
    else await this.#handle.utimes(time, time)
  }

  /** Lets its owner into a folder in it again, whose permissions keep him out. Follows no link. */
  async open(name: string): Promise<void> {
    if (this.#handle === undefined) return await chmod(this.at(name), 0o700)
    const handle = await open(this.at(name), flags | pathOnly)
    try {
      await chmod(`/proc/self/fd/${handle.fd}`, 0o700)
    } finally {
      await handle.close()
    }
  }

  /** The path under which what is in it can be listed. */
  get listing(): Buffer {
    return this.#base
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle?.close()
  }

  #whereNow(): Promise<Buffer> {
    return readlink(this.#base, { encoding: 'buffer' })
  }

  async #isSame(): Promise<boolean> {
    const found = await lstat(this.#path)
    return found.isDirectory() && isSame(found, this.identity) && this.#path.equals(await realpathOf(this.#path))
  }
}

export function isSame(found: Pick<Stats, 'dev' | 'ino'>, identity: Identity): boolean {
  return found.dev === identity.dev && found.ino === identity.ino
}

/** A folder below ours by the names that it was given; no link is followed. */
export async function descend(from: HeldFolder, names: readonly string[]): Promise<HeldFolder> {
  let at = await from.again()
  for (const name of names) {
    await using above = at
    at = await above.folder(name)
  }
  return at
}

function realpathOf(path: Buffer): Promise<Buffer> {
  return realpath(path, { encoding: 'buffer' })
}

function moved(path: Buffer): Failure {
  return new Failure('target-failed', `${path} was changed by somebody else while it was written`)
}
