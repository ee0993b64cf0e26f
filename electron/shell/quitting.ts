export type QuittingOptions = {
  /** Runs that quitting would cancel. */
  underWay(): number
  /** Answers whether they may be cancelled. */
  ask(runs: number): Promise<boolean>
  /** Ends everything; when it resolves, nothing is left to wait for. */
  close(): Promise<void>
  /** Asks the application to quit again. */
  quit(): void
}

/** The way out: what runs is asked about, once at a time, then everything is closed before the application ends. */
export class Quitting {
  readonly #options: QuittingOptions
  #state: 'open' | 'asking' | 'closing' | 'closed' = 'open'

  constructor(options: QuittingOptions) {
    this.#options = options
  }

  get hasBegun(): boolean {
    return this.#state === 'closing' || this.#state === 'closed'
  }

  /** Answers whether the application may end now; else sees to it that it is asked to again. */
  mayEnd(): boolean {
    if (this.#state === 'open') void this.#askFirst()
    return this.#state === 'closed'
  }

  /** The system itself ends: nobody is asked. */
  async close(): Promise<void> {
    if (this.hasBegun) return
    this.#state = 'closing'
    await this.#options.close()
    this.#state = 'closed'
    this.#options.quit()
  }

  async #askFirst(): Promise<void> {
    const runs = this.#options.underWay()
    if (runs > 0) {
      this.#state = 'asking'
      const isWanted = await this.#options.ask(runs)
      if (this.hasBegun) return
      this.#state = 'open'
      if (!isWanted) return
    }
    await this.close()
  }
}
