import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { Protection } from '../../shared/protection.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Console } from '../stores/console.ts'
import type { Coverage } from '../stores/coverage.ts'
import type { MachinesFilter } from '../stores/filter.ts'
import type { Listing, ListStore } from '../stores/listing.ts'
import { type Place, toFragment } from '../stores/navigation.ts'
import type { PointsOf } from '../stores/protection.ts'
import type { Life } from '../stores/pulse.ts'

const context = createContext<Console | undefined>(undefined)

export function ConsoleProvider(props: { readonly console: Console; readonly children: ReactNode }): ReactNode {
  return <context.Provider value={props.console}>{props.children}</context.Provider>
}

export function useConsole(): Console {
  const console = useContext(context)
  if (console === undefined) throw new Error('This part stands outside the console')
  return console
}

type Lists = { [K in keyof Console as Console[K] extends ListStore<infer _> ? K : never]: Console[K] }

/** What the engine said last about one kind of thing; the part is drawn again when that changes. */
export function useList<K extends keyof Lists>(name: K): ReturnType<Lists[K]['getState']> {
  const store: { getState(): Listing<unknown>; getInitialState(): Listing<unknown> } = useConsole()[name]
  return useStore(store as never)
}

/** Every machine's protection by its id: judged once for all, whenever something that it depends on changes. */
export function useProtection(): ReadonlyMap<string, Protection> {
  return useStore(useConsole().protection)
}

/** Every machine with its host and its points, computed once for each change of these lists. */
export function useCoverage(): readonly Coverage[] {
  return useStore(useConsole().coverage)
}

/** Every machine's points, newest first. */
export function usePointsOf(): PointsOf {
  return useStore(useConsole().pointsOf)
}

export function useMachinesFilter(): MachinesFilter {
  return useStore(useConsole().machinesFilter)
}

export function useSettings(): Settings {
  return useStore(useConsole().settings)
}

/** Whether the engine can be heard, and lives; told within two seconds of a change. */
export function useLife(): Life | 'lost' {
  const link = useStore(useConsole().link).state
  const { life } = useStore(useConsole().pulse)
  return link === 'down' ? 'lost' : life
}

export function usePlace(): Place {
  return useStore(useConsole().place)
}

export function goTo(place: Place): void {
  location.hash = toFragment(place)
}

/** The same, but the way back does not lead to where the reader is now. */
export function goToInstead(place: Place): void {
  location.replace(toFragment(place))
}
