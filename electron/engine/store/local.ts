import { mkdir, open, rm } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { askSpace, type Space, soon } from '../base/space.ts'
import { writeDraftFile } from './local-draft.ts'
import { asStoreFailure, isFull, isMissing } from './local-error.ts'
import { DurableFolders, syncFolder } from './local-folders.ts'
import { isEmpty, needIdentity, readIdentity, writeIdentity } from './local-identity.ts'
import { removeLeftovers } from './local-leftovers.ts'
import { draftName, type Owner, thisOwner } from './local-owner.ts'
import { type Place, placeAnyhow } from './local-place.ts'
import { listObjects, readObject, statObject } from './local-read.ts'
import { draftFolder, needName, needPrefix } from './name.ts'
import type { ObjectInfo, ObjectName, Store } from './store.ts'

/**
 * Makes a folder a store and opens it. This alone makes the folder: opening never does, because a store that is gone is
 * most often a disk that is not mounted. A folder that is a store already is opened as it is.
 */
export async function createLocalStore(folder: string, signal: AbortSignal): Promise<Store> {
  const root = path.resolve(folder)
  try {
    await mkdir(root, { recursive: true })
    await syncFolder(path.dirname(root))
    if ((await readIdentity(root)) === undefined) await writeIdentity(root, await thisOwner(), signal)
  } catch (thrown) {
    throw asStoreFailure(thrown, `Creating ${root}`)
  }
  return await openLocalStore(root, signal)
}

/**
 * Opens a folder that `createLocalStore` made, or a copy of one. Fails with `repository-unreachable` when the folder is
 * gone, with `repository-not-found` when it is empty. `place` is how an object gets its name.
 */
export async function openLocalStore(folder: string, signal: AbortSignal, place: Place = placeAnyhow): Promise<Store> {
  const root = path.resolve(folder)
  const owner = await thisOwner()
  const identity = (await readIdentity(root)) ?? (await adopt(root, owner, signal))
  await removeLeftovers(root, owner, signal)
  return new LocalStore({ root, owner, identity, place })
}

/** Hidden files get lost when people copy folders; what has objects is a store all the same. */
async function adopt(root: string, owner: Owner, signal: AbortSignal): Promise<string> {
  if (await isEmpty(root)) throw new Failure('repository-not-found', `${root} is empty`)
  try {
    await writeIdentity(root, owner, signal)
  } catch (thrown) {
    throw asStoreFailure(thrown, `Opening ${root}`)
  }
  const identity = await readIdentity(root)
  if (identity === undefined) throw new Failure('repository-unreachable', `${root} does not keep what is written`)
  return identity
}

type Opened = { readonly root: string; readonly owner: Owner; readonly identity: string; readonly place: Place }

/**
 * Objects are files of the same name, drafts lie in `tmp/`. The order of a put is the safety argument: write, fsync, link
 * (which never replaces), fsync of the folder.
 */
class LocalStore implements Store {
  readonly title: string
  readonly locks = undefined
  readonly #opened: Opened
  readonly #folders: DurableFolders
  /** One at a time: see `askSpace`. */
  #asking: Promise<Space | undefined> | undefined

  constructor(opened: Opened) {
    this.title = opened.root
    this.#opened = opened
    this.#folders = new DurableFolders(opened.root)
  }

  async put(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    needName(name)
    await this.#mutate(`Storing ${name}`, signal, async () => {
      if ((await statObject(this.title, name)) === undefined && (await this.#place(name, bytes, signal))) return
      await this.#needSame(name, bytes)
    })
  }

  async create(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    needName(name)
    return await this.#mutate(`Creating ${name}`, signal, async () => {
      if ((await statObject(this.title, name)) !== undefined) return false
      return await this.#place(name, bytes, signal)
    })
  }

  async get(name: ObjectName, signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    needName(name)
    signal.throwIfAborted()
    return await this.#look(() => readObject(this.title, name, undefined))
  }

  async getRange(name: ObjectName, offset: number, lengthBytes: number, signal: AbortSignal) {
    needName(name)
    signal.throwIfAborted()
    return await this.#look(() => readObject(this.title, name, { offset, lengthBytes }))
  }

  async stat(name: ObjectName, signal: AbortSignal): Promise<ObjectInfo | undefined> {
    needName(name)
    signal.throwIfAborted()
    const found = await statObject(this.title, name)
    if (found === undefined) await this.#needStore()
    return found
  }

  async *list(prefix: string, signal: AbortSignal): AsyncGenerator<ObjectInfo> {
    needPrefix(prefix)
    await this.#needStore()
    for await (const info of listObjects(this.title, prefix.slice(0, -1))) {
      signal.throwIfAborted()
      yield info
    }
  }

  async remove(name: ObjectName, signal: AbortSignal): Promise<void> {
    needName(name)
    await this.#mutate(`Removing ${name}`, signal, async () => {
      const file = path.join(this.title, name)
      if ((await statObject(this.title, name)) === undefined) return
      await rm(file, { force: true })
      await syncFolder(path.dirname(file))
    })
  }

  async secure(name: ObjectName, signal: AbortSignal): Promise<void> {
    needName(name)
    await this.#mutate(`Securing ${name}`, signal, async () => {
      if ((await statObject(this.title, name)) === undefined) {
        throw new Failure('object-missing', `${name} does not exist`)
      }
      await this.#sync(name)
    })
  }

  space(signal: AbortSignal): Promise<Space | undefined> {
    this.#asking ??= askSpace(this.title).finally(() => {
      this.#asking = undefined
    })
    return soon(this.#asking, signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {}

  #needStore(): Promise<void> {
    return needIdentity(this.title, this.#opened.identity)
  }

  /** A missing object in a store that is gone is no missing object. */
  async #look<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work()
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'object-missing') await this.#needStore()
      throw thrown
    }
  }

  async #mutate<T>(doing: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    try {
      await this.#needStore()
      return await work()
    } catch (thrown) {
      if (isMissing(thrown)) this.#folders.forget()
      throw asStoreFailure(thrown, doing)
    }
  }

  /**
   * Answers false when the name is taken. When only the last sync fails, the object stays: others may have seen it and
   * built on it. The caller is told of a failure and must take the outcome for open.
   */
  async #place(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    const final = path.join(this.title, name)
    await this.#folders.make(draftFolder)
    await this.#folders.make(path.posix.dirname(name))
    const draft = await this.#writeDraft(bytes, signal)
    try {
      if (!(await this.#opened.place(draft, final, signal))) return false
    } finally {
      await rm(draft, { force: true })
    }
    await syncFolder(path.dirname(final))
    return true
  }

  /** The kernel forgets what a failed fsync could not write: the draft is worthless, a new one gets one more chance. */
  async #writeDraft(bytes: Uint8Array, signal: AbortSignal): Promise<string> {
    const drafts = path.join(this.title, draftFolder)
    const [first, second] = [draftName(this.#opened.owner), draftName(this.#opened.owner)]
    try {
      await writeDraftFile(path.join(drafts, first), bytes, signal)
      return path.join(drafts, first)
    } catch (thrown) {
      if (signal.aborted || isFull(thrown) || isMissing(thrown)) throw thrown
    }
    await writeDraftFile(path.join(drafts, second), bytes, signal)
    return path.join(drafts, second)
  }

  /** Whoever made the object may have died before its syncs, so they are made up for. */
  async #needSame(name: ObjectName, bytes: Uint8Array): Promise<void> {
    const held = await readObject(this.title, name, undefined)
    if (Buffer.compare(held, bytes) !== 0) throw new Failure('object-conflict', `${name} exists with other bytes`)
    await this.#sync(name)
  }

  async #sync(name: ObjectName): Promise<void> {
    const final = path.join(this.title, name)
    await this.#folders.make(path.posix.dirname(name))
    const handle = await open(final, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
    await syncFolder(path.dirname(final))
  }
}
