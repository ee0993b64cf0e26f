import { Failure } from '../../../shared/failure.ts'
import type { LockRule, LockTruth } from '../../../shared/repository.ts'
import type { ObjectName, StoreLocks } from '../store/store.ts'

const dayMs = 86_400_000

/** Locks are renewed when less than this part of the rule's time is left, so that a daily look does not renew all of them. */
const renewedBelow = 3 / 4

/** What the store said of the locks of objects, and what was done about it. */
export class LockLook {
  /** Stands for "not locked" in what is compared. */
  readonly unlocked = Number.NEGATIVE_INFINITY
  readonly #locks: StoreLocks
  readonly #rule: LockRule | undefined
  readonly #now: number
  readonly #untils = new Map<ObjectName, number>()
  readonly #found = new Set<ObjectName>()

  /** `now` is on the store's clock. */
  constructor(locks: StoreLocks, rule: LockRule | undefined, now: number) {
    this.#locks = locks
    this.#rule = rule
    this.#now = now
  }

  async at(name: ObjectName, signal: AbortSignal): Promise<void> {
    const until = await this.#until(name, signal)
    if (until === this.unlocked) this.#found.add(name)
    this.#untils.set(name, (await this.#extended(name, until, signal)) ? await this.#until(name, signal) : until)
  }

  /** Until when all of them are locked. One that was not looked at counts as not locked; none at all are locked for ever. */
  least(names: readonly ObjectName[]): number {
    return names.reduce((least, name) => Math.min(least, this.#known(name)), Number.POSITIVE_INFINITY)
  }

  /** Until when one of them at least is locked. */
  most(names: readonly ObjectName[]): number {
    return names.reduce((most, name) => Math.max(most, this.#known(name)), this.unlocked)
  }

  /** As they were found. Of `oneOf` a single locked one is enough. */
  count(each: readonly ObjectName[], oneOf: readonly ObjectName[]): Pick<LockTruth, 'objects' | 'unlocked'> {
    const lost = oneOf.every((name) => this.#found.has(name)) ? 1 : 0
    return {
      objects: each.length + oneOf.length,
      unlocked: each.filter((name) => this.#found.has(name)).length + lost,
    }
  }

  #known(name: ObjectName): number {
    return this.#untils.get(name) ?? this.unlocked
  }

  /** An object that is gone is not locked: what is missing is the verification's to say. */
  async #until(name: ObjectName, signal: AbortSignal): Promise<number> {
    try {
      const until = await this.#locks.until(name, signal)
      return until === undefined || until <= this.#now ? this.unlocked : until
    } catch (thrown) {
      if (thrown instanceof Failure && thrown.code === 'object-missing') return this.unlocked
      throw thrown
    }
  }

  /** Credentials that may not lock leave things as they are: the truth shows it. */
  async #extended(name: ObjectName, until: number, signal: AbortSignal): Promise<boolean> {
    if (this.#rule === undefined) return false
    const { mode, days } = this.#rule
    if (until >= this.#now + renewedBelow * days * dayMs) return false
    try {
      await this.#locks.extend(name, mode, this.#now + days * dayMs, signal)
      return true
    } catch (thrown) {
      if (thrown instanceof Failure && ['object-missing', 'credentials-refused'].includes(thrown.code)) return false
      throw thrown
    }
  }
}
