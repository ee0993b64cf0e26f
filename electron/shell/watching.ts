import type { Failure } from '../../shared/failure.ts'
import { isEnded } from '../../shared/job.ts'
import type { Settings } from '../../shared/settings.ts'
import type { Connection } from '../../shared/wire.ts'
import { Lists } from './lists.ts'
import { firstOverview, type Overview, overviewOf } from './overview.ts'

export type WatchingOptions = {
  readonly engine: Pick<Connection<AbortSignal>, 'calls' | 'on'>
  readonly now: () => number
  /** Hears of every look, whether something has changed or not. */
  readonly onLook: (overview: Overview, settings: Settings) => void
  /** How long changes are gathered before the next look. */
  readonly gatherMs?: number
  /** Points grow old without any event. */
  readonly everyMs?: number
}

/** Keeps the overview of everything, connected to the engine like a window. */
export class Watching implements Disposable {
  readonly #options: WatchingOptions
  readonly #lists: Lists
  readonly #every: NodeJS.Timeout
  #overview = firstOverview
  #gathering: NodeJS.Timeout | undefined
  #looking = false
  #isDead = false
  #isOver = false

  constructor(options: WatchingOptions) {
    this.#options = options
    this.#lists = new Lists(options.engine, options.now, () => this.#gather())
    this.#every = setInterval(() => this.#gather(), options.everyMs ?? 60_000)
    void this.#look()
  }

  get overview(): Overview {
    return this.#isDead ? { ...this.#overview, light: 'engine-dead', underWay: [] } : this.#overview
  }

  /** As far as is known: before the first answer, what a new console starts with. */
  get settings(): Settings {
    return this.#lists.facts.settings
  }

  /** Runs that have not ended, counted by their events. */
  get underWay(): number {
    return this.#isDead ? 0 : this.#lists.facts.runs.filter(({ state }) => !isEnded(state)).length
  }

  /** The engine's host says how its thread is. */
  life(down: Failure | undefined): void {
    if (this.#isOver) return
    this.#isDead = down !== undefined
    this.#options.onLook(this.overview, this.settings)
    if (down === undefined) this.#gather()
  }

  [Symbol.dispose](): void {
    this.#isOver = true
    clearInterval(this.#every)
    clearTimeout(this.#gathering)
  }

  #gather(): void {
    if (this.#isOver) return
    this.#gathering ??= setTimeout(() => void this.#look(), this.#options.gatherMs ?? 1000)
  }

  /** One look at a time. A look that fails changes nothing: the engine's own death is told by its host. */
  async #look(): Promise<void> {
    this.#gathering = undefined
    if (this.#looking) return this.#gather()
    this.#looking = true
    const facts = await this.#lists.refresh().catch(() => undefined)
    this.#looking = false
    if (facts !== undefined) this.#overview = overviewOf(facts, this.#options.now())
    if (!this.#isOver) this.#options.onLook(this.overview, this.settings)
  }
}
