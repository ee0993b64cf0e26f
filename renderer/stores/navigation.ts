import { createStore, type StoreApi } from 'zustand/vanilla'

/** Screens that need no more than their name. */
const plain = ['overview', 'machines', 'policies', 'repositories', 'hosts', 'settings'] as const
type Plain = (typeof plain)[number]

/** Where the reader is. Kept in the address's fragment, so back, forward and reload work. */
export type Place =
  | { readonly kind: Plain }
  /** With a point, that one is chosen in its lineage. */
  | { readonly kind: 'machine'; readonly machineId: string; readonly pointId?: string }
  | { readonly kind: 'policy'; readonly policyId: string }
  | { readonly kind: 'activity'; readonly runId?: string }

export function toFragment(place: Place): string {
  switch (place.kind) {
    case 'machine':
      return `#/machine/${place.machineId}${place.pointId === undefined ? '' : `/${place.pointId}`}`
    case 'policy':
      return `#/policy/${place.policyId}`
    case 'activity':
      return place.runId === undefined ? '#/activity' : `#/activity/${place.runId}`
    default:
      return `#/${place.kind}`
  }
}

const shape = /^#\/([a-z]+)(?:\/([0-9a-f-]{1,36})(?:\/([0-9a-f]{32}))?)?$/

/** Whatever is no place of ours is the overview. */
export function fromFragment(fragment: string): Place {
  const [, name = '', id, pointId] = shape.exec(fragment) ?? []
  const kind = plain.find((each) => each === name)
  if (id === undefined) return name === 'activity' ? { kind: name } : { kind: kind ?? 'overview' }
  return oneThing(name, id, pointId) ?? { kind: 'overview' }
}

function oneThing(name: string, id: string, pointId: string | undefined): Place | undefined {
  if (name === 'machine') return { kind: name, machineId: id, ...(pointId === undefined ? {} : { pointId }) }
  if (pointId !== undefined) return undefined
  if (name === 'policy') return { kind: name, policyId: id }
  return name === 'activity' ? { kind: name, runId: id } : undefined
}

type Address = Pick<Window, 'location' | 'addEventListener'>

export function navigationStore(address: Address): StoreApi<Place> {
  const store = createStore<Place>(() => fromFragment(address.location.hash))
  address.addEventListener('hashchange', () => store.setState(fromFragment(address.location.hash), true))
  return store
}
