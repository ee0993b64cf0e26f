import { createContext, type ReactNode, useContext } from 'react'
import { useStore } from 'zustand'
import type { Console } from '../stores/console.ts'
import type { Listing, ListStore } from '../stores/listing.ts'
import { type Place, toFragment } from '../stores/navigation.ts'

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

export function usePlace(): Place {
  return useStore(useConsole().place)
}

export function goTo(place: Place): void {
  location.hash = toFragment(place)
}
