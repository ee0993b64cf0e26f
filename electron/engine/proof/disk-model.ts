import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import { type MemoryStore, memoryStore } from '../store/memory.ts'
import type { ObjectInfo, ObjectName, Store } from '../store/store.ts'
import type { Chance } from './chance.ts'

/**
 * A store in a folder of a disk whose power may fail: what the folder store does there (write, fsync, link, fsync of the folder;
 * a test of its own holds it to that order) is noted as a journal, and for every place in the journal every disk that a power
 * cut could leave is made: a link or a removal that no fsync of its folder covers may be there or not, in any combination.
 */

/**
 * Bugs and faults to be switched on. `no-fsync`: success without any fsync. `eio-swallowed`: the `eioAt`-th fsync fails and
 * is taken for done. `lying-fsync`: the fault of a disk that says that it is done and is not.
 */
export type DiskPlant = 'no-fsync' | 'eio-swallowed' | 'lying-fsync'

export type DiskOptions = {
  readonly now: () => number
  readonly plants?: ReadonlySet<DiskPlant>
  /** The fsync that fails with EIO, counted from 1. */
  readonly eioAt?: number | undefined
}

type Note<Mark> =
  | {
      readonly kind: 'link'
      readonly name: ObjectName
      readonly bytes: Uint8Array
      readonly at: number
      readonly isSynced: boolean
    }
  | { readonly kind: 'unlink'; readonly name: ObjectName }
  | { readonly kind: 'sync'; readonly folder: string }
  | { readonly kind: 'mark'; readonly mark: Mark }

type Change = Extract<Note<never>, { kind: 'link' | 'unlink' }>
type Held = { readonly bytes: Uint8Array; readonly at: number }

/** What a power cut leaves, and what had been told until then. */
export type CrashState<Mark> = { readonly objects: ReadonlyMap<ObjectName, Held>; readonly marks: readonly Mark[] }

/** `Mark`: what the walk notes between the calls, to be held against what a power cut leaves. */
export class DiskModel<Mark> implements Store {
  readonly title = 'modelled disk'
  readonly locks = undefined
  readonly #options: DiskOptions
  readonly #notes: Note<Mark>[] = []
  readonly #start: CrashState<Mark>
  readonly #held: Map<ObjectName, Held>
  #syncs = 0

  /** On what a power cut left. */
  constructor(start: CrashState<Mark>, options: DiskOptions) {
    this.#start = start
    this.#held = new Map(start.objects)
    this.#options = options
  }

  mark(mark: Mark): void {
    this.#notes.push({ kind: 'mark', mark })
  }

  /** How often a disk was asked to make something last. */
  get syncs(): number {
    return this.#syncs
  }

  async put(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    const held = this.#held.get(name)
    if (held === undefined) return void (await this.#place(name, bytes))
    if (Buffer.compare(held.bytes, bytes) !== 0) throw new Failure('object-conflict', name)
    await this.#sync(path.posix.dirname(name))
  }

  async create(name: ObjectName, bytes: Uint8Array, signal: AbortSignal): Promise<boolean> {
    signal.throwIfAborted()
    return this.#held.has(name) ? false : await this.#place(name, bytes)
  }

  async get(name: ObjectName, _signal: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return Uint8Array.from(this.#need(name).bytes)
  }

  async getRange(name: ObjectName, offset: number, lengthBytes: number, _signal: AbortSignal) {
    const { bytes } = this.#need(name)
    if (offset + lengthBytes > bytes.length) throw new Failure('object-damaged', `${name} ends at ${bytes.length}`)
    return Uint8Array.from(bytes.subarray(offset, offset + lengthBytes))
  }

  async stat(name: ObjectName, _signal: AbortSignal): Promise<ObjectInfo | undefined> {
    const held = this.#held.get(name)
    return held && { name, sizeBytes: held.bytes.length, modifiedAt: held.at }
  }

  async *list(prefix: string, _signal: AbortSignal): AsyncGenerator<ObjectInfo> {
    for (const [name, { bytes, at }] of [...this.#held].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (name.startsWith(prefix)) yield { name, sizeBytes: bytes.length, modifiedAt: at }
    }
  }

  async remove(name: ObjectName, _signal: AbortSignal): Promise<void> {
    if (!this.#held.delete(name)) return
    this.#notes.push({ kind: 'unlink', name })
    await this.#sync(path.posix.dirname(name))
  }

  async secure(name: ObjectName, _signal: AbortSignal): Promise<void> {
    this.#need(name)
    await this.#sync(path.posix.dirname(name))
  }

  async space(): Promise<undefined> {}

  async [Symbol.asyncDispose](): Promise<void> {}

  /** Every place in the journal with up to `most` of the disks that a power cut there could leave; each disk once. */
  *crashes(chance: Chance, most: number): Generator<CrashState<Mark>> {
    const seen = new Set<string>()
    const lasting = new Map(this.#start.objects)
    const marks = [...this.#start.marks]
    let open: Change[] = []
    for (const note of this.#notes) {
      if (note.kind === 'mark') marks.push(note.mark)
      else if (note.kind !== 'sync') open.push(note)
      else {
        for (const change of open.filter((each) => isIn(note.folder, each))) apply(lasting, change)
        open = open.filter((each) => !isIn(note.folder, each))
      }
      for (const objects of disksAfter(lasting, open, chance, most)) {
        const told = `${marks.length} ${[...objects].map(([name, { bytes }]) => `${name}:${bytes.length}`).join()}`
        if (seen.has(told)) continue
        seen.add(told)
        yield { objects, marks: [...marks] }
      }
    }
  }

  #need(name: ObjectName): Held {
    const held = this.#held.get(name)
    if (held === undefined) throw new Failure('object-missing', `${name} does not exist`)
    return held
  }

  async #place(name: ObjectName, bytes: Uint8Array): Promise<boolean> {
    const isSynced = await this.#reachesDisk()
    if (this.#held.has(name)) return false
    const held = { bytes: Uint8Array.from(bytes), at: this.#options.now() }
    this.#held.set(name, held)
    this.#notes.push({ kind: 'link', name, ...held, isSynced })
    await this.#sync(path.posix.dirname(name))
    return true
  }

  async #sync(folder: string): Promise<void> {
    if (await this.#reachesDisk()) this.#notes.push({ kind: 'sync', folder })
  }

  /** Answers what an fsync did; its answer to the caller is another thing. */
  async #reachesDisk(): Promise<boolean> {
    const { plants = new Set(), eioAt } = this.#options
    // Others have their turn meanwhile, as they do while a disk works.
    await new Promise(setImmediate)
    if (plants.has('no-fsync') || plants.has('lying-fsync')) return false
    if (++this.#syncs !== eioAt) return true
    if (plants.has('eio-swallowed')) return false
    throw new Failure('repository-unreachable', 'EIO')
  }
}

function isIn(folder: string, { name }: Change): boolean {
  return path.posix.dirname(name) === folder
}

function apply(objects: Map<ObjectName, Held>, change: Change, keptBytes?: number): void {
  if (change.kind === 'unlink') objects.delete(change.name)
  else objects.set(change.name, { bytes: change.bytes.subarray(0, keptBytes), at: change.at })
}

/** The combinations are all tried where they are few, else some of them by chance. */
function* disksAfter(
  lasting: ReadonlyMap<ObjectName, Held>,
  open: readonly Change[],
  chance: Chance,
  most: number,
): Generator<Map<ObjectName, Held>> {
  const all = 2 ** open.length
  for (let at = 0; at < Math.min(all, most); at++) {
    const objects = new Map(lasting)
    for (const [bit, change] of open.entries()) {
      const isThere = all <= most ? ((at >> bit) & 1) === 1 : chance.once(2)
      if (isThere) apply(objects, change, tornAt(change, chance))
    }
    yield objects
  }
}

/** Bytes of which no fsync was sure may be there, there in part, or not at all. */
function tornAt(change: Change, chance: Chance): number | undefined {
  if (change.kind === 'unlink' || change.isSynced) return undefined
  return [undefined, 0, Math.floor(change.bytes.length / 2)][chance.below(3)]
}

/** A disk as a store that another engine opens. */
export function storeOf(objects: ReadonlyMap<ObjectName, Held>, now: () => number): MemoryStore {
  const store = memoryStore(undefined, now)
  for (const [name, { bytes, at }] of objects) {
    store.objects.set(name, Uint8Array.from(bytes))
    store.times.set(name, at)
  }
  return store
}
