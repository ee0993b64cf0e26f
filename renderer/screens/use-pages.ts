import { useEffect, useRef, useState } from 'react'
import { toWire, type WireFailure } from '../../shared/failure.ts'

export type Page<T> = { readonly items: readonly T[]; readonly next?: string | undefined }

export type Pages<T> = {
  /** What has arrived, as `merge` put it together. */
  readonly items: readonly T[]
  /** All have arrived, or as many as are wanted. */
  readonly done: boolean
  /** There are more than are wanted. */
  readonly cut: boolean
  readonly failure: WireFailure | undefined
}

type Question<T> = {
  readonly ask: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>
  readonly merge: (all: readonly T[], page: readonly T[]) => readonly T[]
  readonly most: number
}

const nothing = { items: [], done: false, cut: false, failure: undefined }

/** One page after another, asked for when the part appears and whenever `about` becomes another; what has arrived can be used at once. */
export function usePages<T>(question: Question<T>, about: string): Pages<T> {
  const [state, setState] = useState<{ readonly about: string; readonly pages: Pages<T> }>({ about, pages: nothing })
  const latest = useRef(question)
  useEffect(() => {
    latest.current = question
  })
  useEffect(() => {
    const leaving = new AbortController()
    const tell = (pages: Pages<T>): void => {
      if (!leaving.signal.aborted) setState({ about, pages })
    }
    void readAll(latest.current, leaving.signal, tell)
    return () => leaving.abort()
  }, [about])
  return state.about === about ? state.pages : nothing
}

async function readAll<T>(
  { ask, merge, most }: Question<T>,
  signal: AbortSignal,
  tell: (pages: Pages<T>) => void,
): Promise<void> {
  let items: readonly T[] = []
  let cursor: string | undefined
  try {
    do {
      const page = await ask(cursor, signal)
      items = merge(items, page.items)
      cursor = page.next
      const cut = cursor !== undefined && items.length >= most
      if (cut) return tell({ items, done: true, cut, failure: undefined })
      tell({ items, done: cursor === undefined, cut: false, failure: undefined })
    } while (cursor !== undefined && !signal.aborted)
  } catch (thrown) {
    tell({ items, done: true, cut: false, failure: toWire(thrown) })
  }
}
