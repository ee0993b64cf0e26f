import { createStore, type StoreApi } from 'zustand/vanilla'

/** What files the reader looks for. It outlives the screen, so that the way back from a file leads to what was found. */
export type FileSearch = {
  readonly text: string
  readonly machineId?: string
  /** Only what was there after that moment and is not in the newest point. */
  readonly deletedSince?: number
}

export function fileSearchStore(): StoreApi<FileSearch> {
  return createStore<FileSearch>(() => ({ text: '' }))
}
