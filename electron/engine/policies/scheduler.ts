import { isAbort } from '../../../shared/failure.ts'
import type { Method } from '../../../shared/point.ts'
import { longestGapDays, nextStart, startsWithin, strongestOf } from '../../../shared/schedule.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { PolicyRecord, PolicyTable } from '../catalog/policies.ts'

export type SchedulerOptions = {
  readonly policies: Pick<PolicyTable, 'list' | 'claim' | 'tell'>
  readonly clock: Clock
  readonly log: Log
  /** Begins the runs of one start. Answers in one sentence why none could be begun; undefined when it went well. */
  start(policy: PolicyRecord, method: Method, signal: AbortSignal): Promise<string | undefined>
  /** A policy was started, or its problem is another one. */
  onChange(): void
}

/** No longer, so that a machine that slept and a clock that was set are noticed. */
const longestNapMs = 60_000
const dayMs = 86_400_000

/**
 * Starts policies when their rules say so. What was missed while nothing ran is made up for once, by the method that reads
 * most; times before the rules were wished for do not count. A start is claimed durably before its runs begin: it happens
 * once, whichever engine on this home comes first, and a crash cannot repeat it.
 */
export class Scheduler implements AsyncDisposable {
  readonly #options: SchedulerOptions
  readonly #abort = new AbortController()
  readonly #starting = new Set<Promise<void>>()
  readonly #ended: Promise<void>
  #nap = new AbortController()

  constructor(options: SchedulerOptions) {
    this.#options = options
    this.#ended = this.#watch()
  }

  /** Looks at the rules again now: they may have changed. */
  wake(): void {
    this.#nap.abort()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#ended
    await Promise.all(this.#starting)
  }

  async #watch(): Promise<void> {
    while (!this.#abort.signal.aborted) {
      this.#nap = new AbortController()
      const napMs = this.#look()
      const signal = AbortSignal.any([this.#abort.signal, this.#nap.signal])
      await this.#options.clock.sleep(napMs, signal).catch(() => undefined)
    }
  }

  /** Begins what is due; answers how long nothing will be. A catalog that refuses now is asked again after the nap. */
  #look(): number {
    const { clock, log, policies } = this.#options
    try {
      const now = clock.now()
      for (const policy of policies.list()) this.#settle(policy, now)
      return napUntilNext(policies.list(), now)
    } catch (thrown) {
      log.error('The policies could not be looked at', { problem: String(thrown) })
      return longestNapMs
    }
  }

  #settle(policy: PolicyRecord, now: number): void {
    const { policies, onChange } = this.#options
    if (!policy.enabled) return
    if (isFromWrongClock(policy, now)) {
      policies.claim(policy, now, false)
      return
    }
    const start = strongestOf(startsWithin(policy.rules, Math.max(policy.settledAt, now - catchUpMs), now))
    if (start === undefined || !policies.claim(policy, now, true)) return
    onChange()
    const starting = this.#start(policy, start.method).finally(() => this.#starting.delete(starting))
    this.#starting.add(starting)
  }

  /** Never fails: why nothing began stands with the policy. */
  async #start(policy: PolicyRecord, method: Method): Promise<void> {
    const { policies, log, onChange } = this.#options
    try {
      const problem = await this.#begin(policy, method)
      if (this.#abort.signal.aborted) return
      policies.tell(policy.id, problem)
      onChange()
    } catch (thrown) {
      log.error('How a start went could not be kept', { policy: policy.id, problem: String(thrown) })
    }
  }

  async #begin(policy: PolicyRecord, method: Method): Promise<string | undefined> {
    const { log, start } = this.#options
    try {
      return await start(policy, method, this.#abort.signal)
    } catch (thrown) {
      if (!isAbort(thrown)) log.error('A policy could not be started', { policy: policy.id, problem: String(thrown) })
      return thrown instanceof Error ? thrown.message : String(thrown)
    }
  }
}

/** Every rule was due at least once in so long a time: looking back further would change nothing. */
const catchUpMs = (longestGapDays + 1) * dayMs

/** A clock that was wrong by weeks and was set right must not silence the policy for weeks. */
function isFromWrongClock(policy: PolicyRecord, now: number): boolean {
  return policy.settledAt > now + dayMs
}

function napUntilNext(policies: readonly PolicyRecord[], now: number): number {
  const waits = policies
    .filter((policy) => policy.enabled)
    .flatMap((policy) => nextStart(policy.rules, Math.max(now, policy.settledAt)) ?? [])
    .map(({ at }) => at - now)
  return Math.min(longestNapMs, ...waits)
}
