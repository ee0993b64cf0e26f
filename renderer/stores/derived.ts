import type { StoreApi } from 'zustand/vanilla'

/** What parts need to follow a store; nobody but its maker changes it. */
export type ReadStore<T> = Pick<StoreApi<T>, 'getState' | 'getInitialState' | 'subscribe'>

type Source = { subscribe(listener: () => void): () => void }

/**
 * What follows from other stores. It is computed when somebody asks, and once for each change of `inputs`, told by identity.
 * An answer that `isSame` as the one before keeps the identity of that one, so nothing further down is computed again.
 */
export function derivedStore<I extends unknown[], T>(
  sources: readonly Source[],
  inputs: () => [...I],
  compute: (...inputs: [...I]) => T,
  isSame: (a: T, b: T) => boolean = Object.is,
): ReadStore<T> {
  let known: { readonly inputs: [...I]; readonly value: T } | undefined
  const getState = (): T => {
    const present = inputs()
    if (known?.inputs.every((input, at) => Object.is(input, present[at]))) return known.value
    const value = compute(...present)
    known = { inputs: present, value: known !== undefined && isSame(known.value, value) ? known.value : value }
    return known.value
  }
  return {
    getState,
    getInitialState: getState,
    subscribe(listener) {
      let before = getState()
      const tell = (): void => {
        const value = getState()
        if (Object.is(value, before)) return
        const last = before
        before = value
        listener(value, last)
      }
      const ends = sources.map((source) => source.subscribe(tell))
      return () => {
        for (const end of ends) end()
      }
    },
  }
}
