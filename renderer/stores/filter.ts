import { createStore, type StoreApi } from 'zustand/vanilla'
import type { HostId } from '../../shared/machine.ts'
import type { ProtectionState } from '../../shared/protection.ts'

/** Which machines the reader wants to see. It outlives the screen: other screens set it and lead there. */
export type MachinesFilter = {
  /** Parts of a name, a host or a policy; empty: all. */
  readonly text: string
  readonly protection?: ProtectionState
  readonly hostId?: HostId
}

const everything: MachinesFilter = { text: '' }

export type FilterStore = StoreApi<MachinesFilter> & {
  /** Everything that was narrowed before is forgotten; `filter` alone counts. */
  only(filter: Partial<MachinesFilter>): void
}

export function filterStore(): FilterStore {
  const store = createStore<MachinesFilter>(() => everything)
  return Object.assign(store, {
    only(filter: Partial<MachinesFilter>) {
      store.setState({ ...everything, ...filter }, true)
    },
  })
}
