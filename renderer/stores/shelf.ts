import { createStore, type StoreApi } from 'zustand/vanilla'
import type { FileKind, FileRef } from '../../shared/files.ts'

/** A file or folder of some point that a person put aside, with what is to be told of it. */
export type ShelfItem = {
  readonly ref: FileRef
  readonly kind: FileKind
  readonly sizeBytes: number
  readonly machineId: string
  readonly machineName: string
  /** When its point was made. */
  readonly at: number
}

export type Shelf = {
  /** In the order in which they were put there. */
  readonly items: readonly ShelfItem[]
  /** What the pointer is carrying, wherever it was taken from. */
  readonly dragged: readonly ShelfItem[]
  /** The last restore of files that was started in this window. */
  readonly runId?: string
}

/** As many as one call takes. */
export const shelfLimit = 10_000

/** It outlives the screens: files are gathered from several points and machines. It is not kept beyond the page. */
export type ShelfStore = StoreApi<Shelf> & {
  /** What lies there already stays where it is; what goes beyond the limit is left out. */
  add(items: readonly ShelfItem[]): void
  remove(key: string): void
  clear(): void
  drag(items: readonly ShelfItem[]): void
  started(runId: string): void
}

export function shelfKey({ ref }: ShelfItem): string {
  return [ref.pointId, ref.volumeId, ref.path, ref.stream ?? ''].join('\n')
}

export function shelfStore(): ShelfStore {
  const store = createStore<Shelf>(() => ({ items: [], dragged: [] }))
  return Object.assign(store, {
    add(items: readonly ShelfItem[]) {
      const all = new Map(store.getState().items.map((item) => [shelfKey(item), item]))
      for (const item of items) if (!all.has(shelfKey(item))) all.set(shelfKey(item), item)
      store.setState({ items: [...all.values()].slice(0, shelfLimit) })
    },
    remove: (key: string) => store.setState(({ items }) => ({ items: items.filter((item) => shelfKey(item) !== key) })),
    clear: () => store.setState({ items: [] }),
    drag: (dragged: readonly ShelfItem[]) => store.setState({ dragged }),
    started: (runId: string) => store.setState({ runId }),
  })
}
