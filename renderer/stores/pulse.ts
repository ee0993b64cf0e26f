import { createStore, type StoreApi } from 'zustand/vanilla'
import { toWire } from '../../shared/failure.ts'

/** The engine answers; or it has died and is being started again; or it refuses to start (a catalog from the future). */
export type Life = 'up' | 'restarting' | 'refused'

export type Pulse = StoreApi<{ readonly life: Life }> & {
  /** Asks once whether the engine lives. Never rejects. */
  feel(): Promise<void>
}

/** `ask` is any call that costs the engine nothing. */
export function pulseStore(ask: () => Promise<unknown>): Pulse {
  const store = createStore<{ readonly life: Life }>(() => ({ life: 'up' }))
  const tell = (life: Life): void => {
    if (store.getState().life !== life) store.setState({ life })
  }
  return Object.assign(store, {
    feel: () =>
      ask().then(
        () => tell('up'),
        (thrown: unknown) => tell(lifeAfter(toWire(thrown).code)),
      ),
  })
}

function lifeAfter(code: string): Life {
  if (code === 'engine-died') return 'restarting'
  return code === 'catalog-from-future' ? 'refused' : 'up'
}

/** Feels the pulse again and again, `waitMs` after each answer; a page that nobody sees does not ask. */
export function keepFeeling(pulse: Pulse, page: Pick<Window, 'setTimeout' | 'document'>, waitMs: number): void {
  const again = (): void => {
    page.setTimeout(() => void feelOnce(), waitMs)
  }
  const feelOnce = async (): Promise<void> => {
    if (page.document.visibilityState === 'visible') await pulse.feel()
    again()
  }
  again()
}
