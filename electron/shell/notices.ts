import type { MachineId } from '../../shared/machine.ts'
import type { Light, Overview } from './overview.ts'

/** What a person has been told, kept over restarts so that nothing is told twice. */
export type Told = {
  readonly light?: Light
  /** Machines whose silence was told, until they have a good point again; a machine that is away for a while stays. */
  readonly quiet: readonly MachineId[]
}

export type Notice =
  | { readonly kind: 'light'; readonly light: Light }
  | { readonly kind: 'quiet'; readonly machines: Overview['quiet'] }

/** Hosts and repositories come and go while they are being connected: a state has to hold for this long before it is news. */
const settledMs = 60_000

/** Decides what is news. Says the first state that it sees to nobody: that is how things are. */
export class Notices {
  #told: Told
  #seen: { readonly light: Light; readonly since: number } | undefined

  constructor(kept: unknown) {
    this.#told = toldIn(kept)
  }

  get told(): Told {
    return this.#told
  }

  /** Answers what to tell now, and takes it as told. */
  consider(overview: Overview, now: number): readonly Notice[] {
    const isNew = this.#seen?.light !== overview.light
    if (isNew) this.#seen = { light: overview.light, since: now }
    const since = this.#seen?.since ?? now
    if (now - since < settledMs || overview.light === 'starting') return []
    return [...this.#light(overview), ...this.#quiet(overview)]
  }

  #light({ light }: Overview): readonly Notice[] {
    const before = this.#told.light
    if (before === light) return []
    this.#told = { ...this.#told, light }
    return before === undefined || before === 'nothing' || light === 'nothing' ? [] : [{ kind: 'light', light }]
  }

  #quiet({ light, quiet, machineIds }: Overview): readonly Notice[] {
    if (light === 'engine-dead') return []
    const silent = new Set(quiet.map(({ id }) => id))
    const still = this.#told.quiet.filter((id) => silent.has(id) || !machineIds.includes(id))
    const machines = quiet.filter(({ id }) => !still.includes(id))
    this.#told = { ...this.#told, quiet: [...still, ...machines.map(({ id }) => id)] }
    return machines.length === 0 ? [] : [{ kind: 'quiet', machines }]
  }
}

const lights: readonly Light[] = ['nothing', 'protected', 'at-risk', 'unprotected', 'engine-dead']

function toldIn(kept: unknown): Told {
  const { light, quiet } = typeof kept === 'object' && kept !== null ? (kept as Readonly<Record<string, unknown>>) : {}
  const known = lights.find((each) => each === light)
  const names = Array.isArray(quiet) ? quiet.filter((each) => typeof each === 'string') : []
  return known === undefined ? { quiet: names } : { light: known, quiet: names }
}
