import { Failure } from '../../../../shared/failure.ts'
import { type FileEntry, fileKinds, type VolumeId } from '../../../../shared/files.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { EntryKey } from './entries.ts'
import type { FileCatalog, FileTables } from './file-catalog.ts'
import type { FolderId, FolderReading } from './folders.ts'
import { type Content, covers, folderKind, type Interval, type Neighbours, withContent } from './intervals.ts'
import type { NameId } from './names.ts'
import type { IndexedPoint } from './points.ts'
import type { Base } from './volumes.ts'

/** What of an entry is kept. */
export type KeptEntry = Pick<FileEntry, 'name' | 'kind' | 'sizeBytes' | 'modifiedAt'> & {
  /** Of a folder: where its file system has it. */
  readonly ref: string
}

export type DraftFolder = {
  readonly id: FolderId
  /** The path was a folder in the base, too. */
  readonly inBase: boolean
  readonly ref: string | undefined
  readonly nameLength: number
  /** Blocks that listing it in the base read; undefined where that says nothing of now. */
  readonly blocks: Uint8Array | undefined
}

const pageRows = 1000

/**
 * One volume of one point on its way into the catalog, in many small transactions. As long as it is not finished nobody sees
 * anything of it: intervals change only between the points that are listed. What a draft that was cut off left there is
 * tidied away before the next one (`tidy.ts`). Every call fails with `catalog-failed` once another draft was begun.
 */
export class VolumeDraft {
  readonly base: Base | undefined
  readonly #catalog: FileCatalog
  readonly #volume: number
  readonly #draft: number
  readonly #point: number
  readonly #neighbours: Neighbours
  /** Folders that are there no more, and whatever is in them. */
  readonly #vanished: FolderId[] = []
  #isTogether = false

  /** Undefined where the volume is listed already. Fails with `catalog-failed` where it is not tidy. */
  static begin(
    catalog: FileCatalog,
    machineId: MachineId,
    volumeId: VolumeId,
    point: IndexedPoint,
  ): VolumeDraft | undefined {
    return catalog.write((tables) => {
      const { id, untidy, draft: other } = tables.volumes.need(machineId, volumeId)
      if (tables.volumes.isListed(id, point.number)) return undefined
      if (untidy || other !== undefined) throw new Failure('catalog-failed', `${volumeId} is not tidy`)
      const draft = tables.volumes.begin(id, point.number)
      tables.folders.root(id)
      return new VolumeDraft(catalog, tables, { id, draft, point: point.number })
    })
  }

  private constructor(
    catalog: FileCatalog,
    { volumes }: FileTables,
    { id, draft, point }: { readonly id: number; readonly draft: number; readonly point: number },
  ) {
    this.#catalog = catalog
    this.#volume = id
    this.#draft = draft
    this.#point = point
    this.#neighbours = volumes.neighbours(id, point)
    const base = volumes.get(id)?.base
    this.base = base !== undefined && volumes.isListed(id, base.number) ? base : undefined
  }

  /** Everything that `work` writes, in one transaction. */
  together(work: () => void): void {
    this.#write(() => {
      this.#isTogether = true
      try {
        work()
      } finally {
        this.#isTogether = false
      }
    })
  }

  root(ref: string): DraftFolder {
    return this.#write(({ folders }) => {
      const id = folders.root(this.#volume)
      folders.setRef(id, ref)
      return this.#folder(folders.reading(id), { id, nameLength: 0, inBase: this.base !== undefined })
    })
  }

  /** Adds one folder to another, and answers its number. */
  enter(parent: FolderId, entry: KeptEntry): FolderId {
    this.put(parent, [entry], new Set())
    return this.#catalog.read(({ folders, names }) => folders.need(parent, names.need(entry.name)))
  }

  /** Adds a part of a folder's listing; `seen` gathers the names of all parts. */
  put(folder: FolderId, entries: readonly KeptEntry[], seen: Set<NameId>): void {
    this.#write((tables) => {
      for (const entry of entries) {
        const name = tables.names.need(entry.name)
        seen.add(name)
        this.#set(tables, { folder, name }, contentOf(entry))
        if (entry.kind === 'folder') tables.folders.setRef(tables.folders.need(folder, name), entry.ref)
      }
    })
  }

  /** Takes away what the folder had and no part of its listing named. */
  *sweep(folder: FolderId, seen: ReadonlySet<NameId>): Generator<void> {
    for (let name: NameId | undefined = 0; name !== undefined; ) {
      const from: NameId = name
      name = this.#write((tables) => {
        const page = tables.entries.page(folder, this.#point, from, pageRows)
        for (const each of page) if (!seen.has(each.name)) this.#set(tables, each, undefined)
        return page.length < pageRows ? undefined : page.at(-1)?.name
      })
      yield
    }
  }

  /** Gives the folder what it has in the base. Nothing is to do where that is the point just before. */
  *keep(folder: FolderId): Generator<void> {
    const { base } = this
    if (base === undefined || base.number === this.#neighbours.before) return
    for (let name: NameId | undefined = 0; name !== undefined; ) {
      const from: NameId = name
      name = this.#write((tables) => {
        const page = tables.entries.names(folder, from, pageRows)
        for (const each of page) {
          const held = tables.entries.of(folder, each).find((interval) => covers(interval, base.number))
          this.#set(tables, { folder, name: each }, held)
        }
        return page.length < pageRows ? undefined : page.at(-1)
      })
      yield
    }
  }

  /** Empties folders that vanished meanwhile, one part after the other. */
  *empty(): Generator<void> {
    for (let folder = this.#vanished.pop(); folder !== undefined; folder = this.#vanished.pop()) {
      yield* this.sweep(folder, new Set())
    }
  }

  /** What listing the folder read; undefined where it could not be listed whole. */
  read(folder: FolderId, blocks: Uint8Array | undefined): void {
    this.#write(({ folders }) => folders.setReading(folder, this.#draft, blocks))
  }

  /** Subfolders as they are now, from behind `after` on. */
  subfolders(parent: DraftFolder, after: NameId): { readonly folders: readonly DraftFolder[]; readonly next?: NameId } {
    return this.#catalog.read(({ entries, folders, names }) => {
      const page = entries.page(parent.id, this.#point, after, pageRows)
      const found = page
        .filter(({ kind }) => kind === folderKind)
        .flatMap(({ name }) => {
          const id = folders.find(parent.id, name)
          const inBase = parent.inBase && this.#wasFolder(entries.of(parent.id, name))
          const nameLength = names.get(name).length
          return id === undefined ? [] : [this.#folder(folders.reading(id), { id, nameLength, inBase })]
        })
      const next = page.length < pageRows ? undefined : page.at(-1)?.name
      return next === undefined ? { folders: found } : { folders: found, next }
    })
  }

  /** From now on the volume is listed at this point. */
  finish(facts: Omit<Base, 'number' | 'draft'>): void {
    this.#write(({ volumes }) => volumes.finish(this.#volume, { ...facts, number: this.#point, draft: this.#draft }))
  }

  #folder(reading: FolderReading, facts: Pick<DraftFolder, 'id' | 'nameLength' | 'inBase'>): DraftFolder {
    const { draft = Number.POSITIVE_INFINITY, ref, blocks } = reading
    const isOfBase = facts.inBase && this.base !== undefined && draft <= this.base.draft
    return { ...facts, ref, blocks: isOfBase ? blocks : undefined }
  }

  #wasFolder(intervals: readonly Interval[]): boolean {
    const { base } = this
    return base !== undefined && intervals.some((each) => each.kind === folderKind && covers(each, base.number))
  }

  #set({ entries, folders, volumes }: FileTables, { folder, name }: EntryKey, content: Content | undefined): void {
    const before = entries.of(folder, name)
    const wasFolder = before.some((each) => each.kind === folderKind && covers(each, this.#point))
    const after = withContent(before, this.#point, plain(content), this.#neighbours)
    if (after === before) return
    const grown = entries.replace({ folder, name }, before, after)
    if (grown !== 0) volumes.grow(this.#volume, grown)
    const vanished = wasFolder && content?.kind !== folderKind ? folders.find(folder, name) : undefined
    if (vanished !== undefined) this.#vanished.push(vanished)
  }

  #write<T>(change: (tables: FileTables) => T): T {
    if (this.#isTogether) return this.#catalog.read(change)
    return this.#catalog.write((tables) => {
      const row = tables.volumes.get(this.#volume)
      if (row?.draft !== this.#point || row.drafts !== this.#draft) {
        throw new Failure('catalog-failed', 'The files of this volume are listed by another process, or were forgotten')
      }
      return change(tables)
    })
  }
}

function contentOf({ kind, sizeBytes, modifiedAt }: KeptEntry): Content {
  return { kind: fileKinds.indexOf(kind), size: sizeBytes, modified: modifiedAt ?? null }
}

/** Without the interval in which it was found. */
function plain(content: Content | undefined): Content | undefined {
  return content === undefined ? undefined : { kind: content.kind, size: content.size, modified: content.modified }
}
