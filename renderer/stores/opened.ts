import { createStore, type StoreApi } from 'zustand/vanilla'
import type { StoreAddress } from '../../shared/repository.ts'

/** A dialog that can be opened from any place and lies over whatever is shown. */
export type Opened =
  | { readonly kind: 'back-up'; readonly machineIds: readonly string[] }
  | { readonly kind: 'protect'; readonly machineIds: readonly string[] }
  | { readonly kind: 'restore'; readonly pointId: string }
  | { readonly kind: 'add-host' }
  | { readonly kind: 'create-repository' }
  | { readonly kind: 'open-repository'; readonly address?: StoreAddress }

export type OpenedStore = StoreApi<{ readonly dialog?: Opened }> & {
  open(dialog: Opened): void
  close(): void
}

export function openedStore(): OpenedStore {
  const store = createStore<{ readonly dialog?: Opened }>(() => ({}))
  return Object.assign(store, {
    open: (dialog: Opened) => store.setState({ dialog }, true),
    close: () => store.setState({}, true),
  })
}
