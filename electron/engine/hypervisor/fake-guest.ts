import { Failure } from '../../../shared/failure.ts'
import type { GuestFile, GuestFileFacts, GuestFiles } from './hypervisor.ts'

export type FakeGuestFile = { readonly bytes: Buffer; readonly facts: GuestFileFacts }

/** A guest's file system as its agent fills it. A test looks into it, and puts things into it. */
export class FakeGuest {
  readonly files = new Map<string, FakeGuestFile>()
  readonly links = new Map<string, string>()
  readonly folders = new Set(['/'])
  readonly #lacking: () => 'none' | 'no-shell' | undefined

  constructor(lacking: () => 'none' | 'no-shell' | undefined) {
    this.#lacking = lacking
  }

  /** Its answers change with the fault, also while it is open. */
  open(): GuestFiles {
    this.#need('none')
    return {
      hasFolders: this.#lacking() !== 'no-shell',
      makeFolder: async (path, signal) => {
        signal.throwIfAborted()
        this.#need('no-shell')
        this.#makeFolder(path)
      },
      createFile: async (path, facts, signal) => {
        signal.throwIfAborted()
        return this.#create(path, facts)
      },
      createLink: async (path, target, signal) => {
        signal.throwIfAborted()
        this.#need('no-shell')
        this.#needFree(path)
        this.links.set(path, target)
      },
      async [Symbol.asyncDispose]() {},
    }
  }

  #makeFolder(path: string): void {
    const names = path.split('/').slice(1)
    const above = names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`)
    const blocking = above.find((each) => this.files.has(each) || this.links.has(each))
    if (blocking !== undefined) throw new Failure('guest-refused', `${blocking} is no folder`)
    for (const each of above) this.folders.add(each)
  }

  #create(path: string, facts: GuestFileFacts): GuestFile {
    this.#need('none')
    this.#needFree(path)
    const pieces: Uint8Array[] = []
    return {
      write: async (bytes, signal) => {
        signal.throwIfAborted()
        this.#need('none')
        pieces.push(Uint8Array.from(bytes))
      },
      finish: async (signal) => {
        signal.throwIfAborted()
        this.#needFree(path)
        this.files.set(path, { bytes: Buffer.concat(pieces), facts })
      },
      async [Symbol.asyncDispose]() {},
    }
  }

  #needFree(path: string): void {
    if (this.files.has(path) || this.links.has(path) || this.folders.has(path))
      throw new Failure('target-exists', `The guest has ${path} already`)
    const folder = path.slice(0, path.lastIndexOf('/')) || '/'
    if (!this.folders.has(folder)) throw new Failure('guest-refused', `The guest has no folder ${folder}`)
  }

  #need(least: 'none' | 'no-shell'): void {
    const lacking = this.#lacking()
    if (lacking === 'none' || lacking === least) throw new Failure('guest-refused', 'The agent does not do that')
  }
}
