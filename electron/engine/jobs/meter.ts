import type { Bottleneck, Progress } from '../../../shared/job.ts'
import type { Clock } from '../base/clock.ts'

type Count = 'bytesTotal' | 'bytesRead' | 'bytesSent' | 'bytesStored' | 'bytesWritten'

type Sample = { readonly at: number; readonly done: number; readonly waited: Readonly<Record<Bottleneck, number>> }

/** Rates are those of the last seconds, so that they follow what happens now. */
const windowMs = 5000

/** Counts what a run does and where it waits. Only the runner asks for progress; everyone else only adds. */
export class Meter {
  readonly #clock: Clock
  readonly #counts: Record<Count, number> = {
    bytesTotal: 0,
    bytesRead: 0,
    bytesSent: 0,
    bytesStored: 0,
    bytesWritten: 0,
  }
  readonly #waited: Record<Bottleneck, number> = { source: 0, processing: 0, repository: 0, target: 0 }
  #samples: Sample[] = []

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(count: Count, bytes: number): void {
    this.#counts[count] += bytes
  }

  /** For counts that another room keeps. */
  set(count: Count, bytes: number): void {
    this.#counts[count] = bytes
  }

  count(count: Count): number {
    return this.#counts[count]
  }

  /** Runs `work` and books the time it took to where it waited. */
  async waiting<T>(where: Bottleneck, work: Promise<T>): Promise<T> {
    const from = this.#clock.elapsed()
    try {
      return await work
    } finally {
      this.#waited[where] += this.#clock.elapsed() - from
    }
  }

  /** Of a run that stands still: nothing moves and no end is in sight. Rates begin anew when it goes on. */
  standing(): Progress {
    this.#samples = []
    return { ...this.#counts, bytesPerSecond: 0 }
  }

  progress(): Progress {
    const now = this.#sample()
    const first = this.#samples[0] ?? now
    const seconds = (now.at - first.at) / 1000
    const bytesPerSecond = seconds > 0 ? (now.done - first.done) / seconds : 0
    const left = this.#counts.bytesTotal - now.done
    const bottleneck = longest(first.waited, now.waited)
    return {
      ...this.#counts,
      bytesPerSecond: Math.round(bytesPerSecond),
      ...(bytesPerSecond > 0 && left >= 0 ? { secondsLeft: Math.ceil(left / bytesPerSecond) } : {}),
      ...(bottleneck === undefined ? {} : { bottleneck }),
    }
  }

  #sample(): Sample {
    const at = this.#clock.elapsed()
    const sample = {
      at,
      done: this.#counts.bytesRead + this.#counts.bytesWritten,
      waited: { ...this.#waited },
    }
    this.#samples = [...this.#samples.filter((old) => old.at > at - windowMs), sample]
    return sample
  }
}

function longest(from: Sample['waited'], to: Sample['waited']): Bottleneck | undefined {
  const places = Object.keys(to) as Bottleneck[]
  const grown = places.map((place) => ({ place, ms: to[place] - from[place] }))
  const top = grown.reduce((best, each) => (each.ms > best.ms ? each : best))
  return top.ms > 0 ? top.place : undefined
}
