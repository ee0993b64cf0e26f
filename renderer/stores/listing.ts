import { createStore, type StoreApi } from 'zustand/vanilla'
import { toWire, type WireFailure } from '../../shared/failure.ts'

export type Listing<T> = {
  readonly items: readonly T[]
  /** False until the engine has answered once. */
  readonly loaded: boolean
  /** Why the last question was not answered; the items are then those of the answer before. */
  readonly failure?: WireFailure
}

export type ListStore<T> = StoreApi<Listing<T>> & {
  /** Asks again. Questions while one is under way become one more question after it. Never rejects. */
  refresh(): Promise<void>
}

export function listStore<T>(load: () => Promise<readonly T[]>): ListStore<T> {
  const store = createStore<Listing<T>>(() => ({ items: [], loaded: false }))
  let running: Promise<void> | undefined
  let stale = false

  async function ask(): Promise<void> {
    do {
      stale = false
      await load().then(
        (items) => store.setState({ items, loaded: true }, true),
        (thrown: unknown) => store.setState({ failure: toWire(thrown) }),
      )
    } while (stale)
    running = undefined
  }

  return Object.assign(store, {
    refresh() {
      stale = true
      running ??= ask()
      return running
    },
  })
}
