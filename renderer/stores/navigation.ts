import { createStore, type StoreApi } from 'zustand/vanilla'

/** Where the reader is. Kept in the address's fragment, so back, forward and reload work. */
export type Place =
  | { readonly kind: 'machines' }
  | { readonly kind: 'machine'; readonly machineId: string }
  | { readonly kind: 'activity'; readonly runId?: string }
  | { readonly kind: 'repositories' }
  | { readonly kind: 'hosts' }

export function toFragment(place: Place): string {
  switch (place.kind) {
    case 'machine':
      return `#/machine/${place.machineId}`
    case 'activity':
      return place.runId === undefined ? '#/activity' : `#/activity/${place.runId}`
    case 'machines':
    case 'repositories':
    case 'hosts':
      return `#/${place.kind}`
  }
}

/** Whatever is no place of ours is the list of machines. */
export function fromFragment(fragment: string): Place {
  const [, kind, id] = /^#\/([a-z]+)(?:\/([0-9a-f-]{1,36}))?$/.exec(fragment) ?? []
  if (kind === 'machine' && id !== undefined) return { kind, machineId: id }
  if (kind === 'activity') return id === undefined ? { kind } : { kind, runId: id }
  if (kind === 'repositories' || kind === 'hosts') return { kind }
  return { kind: 'machines' }
}

type Address = Pick<Window, 'location' | 'addEventListener'>

export function navigationStore(address: Address): StoreApi<Place> {
  const store = createStore<Place>(() => fromFragment(address.location.hash))
  address.addEventListener('hashchange', () => store.setState(fromFragment(address.location.hash), true))
  return store
}
