import { createStore, type StoreApi } from 'zustand/vanilla'
import { type FolderPlace, folderFragment, readFolderFragment } from './file-fragment.ts'

/** Screens that need no more than their name. */
const plain = ['overview', 'machines', 'files', 'policies', 'hosts', 'settings'] as const
type Plain = (typeof plain)[number]

/** Lists, beside which one of their things may be shown. */
const lists = ['activity', 'repositories'] as const

/** Where the reader is. Kept in the address's fragment, so back, forward and reload work. */
export type Place =
  | { readonly kind: Plain }
  | FolderPlace
  /** With a point, that one is chosen in its lineage. */
  | { readonly kind: 'machine'; readonly machineId: string; readonly pointId?: string }
  | { readonly kind: 'policy'; readonly policyId: string }
  | { readonly kind: 'activity'; readonly runId?: string }
  /** With a repository, that one is shown beside the list. */
  | { readonly kind: 'repositories'; readonly repositoryId?: string }

export function toFragment(place: Place): string {
  switch (place.kind) {
    case 'machine':
      return `#/machine/${place.machineId}${place.pointId === undefined ? '' : `/${place.pointId}`}`
    case 'folder':
      return folderFragment(place)
    case 'policy':
      return `#/policy/${place.policyId}`
    case 'activity':
      return place.runId === undefined ? '#/activity' : `#/activity/${place.runId}`
    case 'repositories':
      return place.repositoryId === undefined ? '#/repositories' : `#/repositories/${place.repositoryId}`
    default:
      return `#/${place.kind}`
  }
}

const shape = /^#\/([a-z]+)(?:\/([0-9a-f-]{1,36})(?:\/([0-9a-f]{32}))?)?$/

/** Whatever is no place of ours is the overview. */
export function fromFragment(fragment: string): Place {
  const folder = readFolderFragment(fragment)
  if (folder !== undefined) return folder
  const [, name = '', id, pointId] = shape.exec(fragment) ?? []
  if (id === undefined) return { kind: [...plain, ...lists].find((each) => each === name) ?? 'overview' }
  return oneThing(name, id, pointId) ?? { kind: 'overview' }
}

function oneThing(name: string, id: string, pointId: string | undefined): Place | undefined {
  if (name === 'machine') return { kind: name, machineId: id, ...(pointId === undefined ? {} : { pointId }) }
  if (pointId !== undefined) return undefined
  if (name === 'policy') return { kind: name, policyId: id }
  if (name === 'repositories') return { kind: name, repositoryId: id }
  return name === 'activity' ? { kind: name, runId: id } : undefined
}

type Address = Pick<Window, 'location' | 'addEventListener'>

export function navigationStore(address: Address): StoreApi<Place> {
  const store = createStore<Place>(() => fromFragment(address.location.hash))
  address.addEventListener('hashchange', () => store.setState(fromFragment(address.location.hash), true))
  return store
}
