import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { ClaimTable } from '../catalog/claims.ts'

/** Something that is begun again and again, by whichever engine of this home comes first. */
export type Chore = {
  /** Under which it is claimed. */
  readonly name: string
  readonly everyMs: number
  /** When it was last done otherwise: by a person, or by another console. */
  readonly doneAt?: number | undefined
  /** Begins a run; what goes wrong later stands there. */
  start(): void
}

export type UpkeepOptions = {
  readonly claims: ClaimTable
  readonly clock: Clock
  readonly log: Log
  /** What there is to do, as it stands now. */
  chores(): readonly Chore[]
}

const napMs = 60_000
const dayMs = 86_400_000

/**
 * Begins chores when they are due. A beginning is claimed durably first: it happens once, and a crash cannot repeat it. The
 * time of a chore counts from when it was first seen, so that nothing starts by the hundred with a new console.
 */
export class Upkeep implements AsyncDisposable {
  readonly #options: UpkeepOptions
  readonly #abort = new AbortController()
  readonly #ended: Promise<void>

  constructor(options: UpkeepOptions) {
    this.#options = options
    this.#ended = this.#watch()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#ended
  }

  async #watch(): Promise<void> {
    const { clock } = this.#options
    while (!this.#abort.signal.aborted) {
      this.#look()
      await clock.sleep(napMs, this.#abort.signal).catch(() => undefined)
    }
  }

  #look(): void {
    const { clock, log, chores } = this.#options
    try {
      const now = clock.now()
      for (const chore of chores()) if (this.#take(chore, now)) this.#begin(chore)
    } catch (thrown) {
      log.error('Upkeep could not be looked at', { problem: String(thrown) })
    }
  }

  /** One that cannot begin must not keep the others from it. */
  #begin({ name, start }: Chore): void {
    try {
      start()
    } catch (thrown) {
      this.#options.log.error('Upkeep could not be begun', { name, problem: String(thrown) })
    }
  }

  /** A moment more than a day in the future was written by a wrong clock: it is set right without a start. */
  #take({ name, everyMs, doneAt = 0 }: Chore, now: number): boolean {
    const { claims } = this.#options
    const seenAt = claims.at(name)
    if (seenAt === undefined || seenAt > now + dayMs) {
      claims.claim(name, seenAt, now)
      return false
    }
    return now - Math.max(seenAt, Math.min(doneAt, now)) >= everyMs && claims.claim(name, seenAt, now)
  }
}
