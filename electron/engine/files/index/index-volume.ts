import { setImmediate as afterOthers } from 'node:timers/promises'
import { Failure, isAbort } from '../../../../shared/failure.ts'
import type { DraftFolder, KeptEntry, VolumeDraft } from '../../catalog/files/draft.ts'
import type { FileSystem, FolderEntry, NodeRef } from '../../guest/guest.ts'
import { entryOf } from '../entry.ts'
import { type ChangedRanges, meets, type ReadSet } from './read-set.ts'

export type Walk = {
  readonly fileSystem: FileSystem
  readonly draft: VolumeDraft
  /** What the reader reads at any time. */
  readonly reads: ReadSet
  /** What is another in this point than in the draft's base; undefined where nothing can be relied on. */
  readonly changed: ChangedRanges | undefined
  /** False where reads are not told: then no reading is worth anything. */
  readonly isTraced: boolean
  /** Waits while the run is paused. */
  pass(): Promise<void>
  readonly signal: AbortSignal
}

export type Walked = {
  /** Folders that were listed, and those that were taken over from the base. */
  listed: number
  kept: number
  entries: number
  bytesRead: number
  /** Folders that could not be listed whole. */
  damaged: number
}

/** A path cannot be told beyond this (`filePath` of the contract). */
const longestPath = 16_384
/** Rows that are written before everybody else in this thread has a turn. */
const rowsAtOnce = 1000

/**
 * Lists the folders whose bytes changed and takes over the others. A folder that cannot be listed whole is kept as far as it could
 * be, and tried again the next time. A folder that a damaged or hostile file system has in several places is listed in the first of them.
 */
export async function walkVolume(walk: Walk): Promise<Walked> {
  const walked = { listed: 0, kept: 0, entries: 0, bytesRead: 0, damaged: 0 }
  const root = walk.draft.root(walk.fileSystem.root)
  await new Walker(walk, walked).visit([root], 0)
  return walked
}

/** What was read of a folder and is not written yet; `blocks` are known when it was read to its end. */
type Listed = {
  readonly folder: DraftFolder
  readonly seen: Set<number>
  entries: KeptEntry[]
  end: { readonly blocks: Uint8Array | undefined } | undefined
}

class Walker {
  readonly #walk: Walk
  readonly #walked: Walked
  readonly #visited = new Set<NodeRef>()
  #waiting: Listed[] = []
  #waitingRows = 0
  #rows = 0

  constructor(walk: Walk, walked: Walked) {
    this.#walk = walk
    this.#walked = walked
  }

  /** Folders beside each other first, so that many small ones are written at once; then what is in them. */
  async visit(folders: readonly DraftFolder[], pathLength: number): Promise<void> {
    for (const folder of folders) await this.#look(folder, pathLength)
    await this.#write()
    for (const folder of folders) await this.#descend(folder, pathLength)
  }

  async #look(folder: DraftFolder, pathLength: number): Promise<void> {
    const { ref } = folder
    await this.#walk.pass()
    const isElsewhere = ref === undefined || this.#visited.has(ref) || pathLength > longestPath
    if (isElsewhere) return this.#leaveEmpty(folder)
    this.#visited.add(ref)
    if (this.#isAsBefore(folder)) await this.#keep(folder)
    else await this.#list(folder, ref)
  }

  async #descend(folder: DraftFolder, pathLength: number): Promise<void> {
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { folders, next } = this.#walk.draft.subfolders(folder, after)
      await this.visit(folders, pathLength + 1 + folder.nameLength)
      after = next
    }
  }

  #isAsBefore({ blocks }: DraftFolder): boolean {
    const { changed, isTraced } = this.#walk
    return isTraced && changed !== undefined && blocks !== undefined && !meets(blocks, changed)
  }

  async #keep(folder: DraftFolder): Promise<void> {
    this.#walked.kept++
    await this.#take(this.#walk.draft.keep(folder.id))
  }

  #leaveEmpty(folder: DraftFolder): void {
    this.#waiting.push({ folder, seen: new Set(), entries: [], end: { blocks: undefined } })
  }

  async #list(folder: DraftFolder, ref: NodeRef): Promise<void> {
    const { reads, isTraced } = this.#walk
    const listed: Listed = { folder, seen: new Set(), entries: [], end: undefined }
    this.#waiting.push(listed)
    reads.clear()
    const isWhole = await this.#fill(listed, ref)
    this.#walked.bytesRead += reads.sizeBytes
    this.#walked.listed++
    if (!isWhole) this.#walked.damaged++
    listed.end = { blocks: isWhole && isTraced ? reads.encode() : undefined }
  }

  async #fill(listed: Listed, ref: NodeRef): Promise<boolean> {
    const { fileSystem, signal } = this.#walk
    let isWhole = true
    try {
      for await (const batch of fileSystem.list(ref, signal)) {
        listed.entries.push(...batch.map(keptOf))
        this.#walked.entries += batch.length
        this.#waitingRows += batch.length
        isWhole &&= batch.every(({ facts }) => facts !== undefined)
        if (this.#waitingRows >= rowsAtOnce) await this.#write()
      }
    } catch (thrown) {
      if (isAbort(thrown) || !(thrown instanceof Failure) || thrown.code !== 'file-system-damaged') throw thrown
      isWhole = false
    }
    return isWhole
  }

  /** One that is not read to its end stays, with what was seen of it. */
  async #write(): Promise<void> {
    const { draft } = this.#walk
    const written = this.#waiting
    draft.together(() => {
      for (const each of written) this.#put(each)
    })
    this.#waiting = written.filter(({ end }) => end === undefined)
    await this.#turn(this.#waitingRows)
    this.#waitingRows = 0
    for (const { folder, seen, end } of written) {
      if (end !== undefined && isLarge(seen)) await this.#take(draft.sweep(folder.id, seen))
    }
    await this.#take(draft.empty())
  }

  #put(listed: Listed): void {
    const { draft } = this.#walk
    const { folder, seen, entries, end } = listed
    draft.put(folder.id, entries, seen)
    listed.entries = []
    if (end === undefined) return
    draft.read(folder.id, end.blocks)
    if (!isLarge(seen)) for (const _ of draft.sweep(folder.id, seen));
  }

  async #take(parts: Generator<void>): Promise<void> {
    for (const _ of parts) await this.#turn(rowsAtOnce)
  }

  async #turn(rows: number): Promise<void> {
    this.#rows += rows
    this.#walk.signal.throwIfAborted()
    if (this.#rows < rowsAtOnce) return
    this.#rows = 0
    await afterOthers()
  }
}

function isLarge(seen: ReadonlySet<number>): boolean {
  return seen.size > rowsAtOnce
}

function keptOf(entry: FolderEntry): KeptEntry {
  return { ...entryOf(entry), ref: entry.ref }
}
