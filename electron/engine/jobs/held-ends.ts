import type { Run, RunId } from '../../../shared/job.ts'
import type { RunRecords } from './order.ts'
import type { Owner } from './owner.ts'

/**
 * Records of which the ends that could not be written hold here until they can be: a run whose end the disk did not take is
 * not under way for ever.
 */
export class HeldEnds implements RunRecords {
  readonly #records: RunRecords
  readonly #owner: Owner
  readonly #held = new Map<RunId, Run>()

  constructor(records: RunRecords, owner: Owner) {
    this.#records = records
    this.#owner = owner
  }

  hold(run: Run): void {
    this.#held.set(run.id, run)
  }

  /** Tries again to write what is held; fails as writing does, and holds on to the rest then. */
  offer(): void {
    for (const run of this.#held.values()) {
      this.#records.put({ run, owner: this.#owner, draftPoint: undefined })
      this.#held.delete(run.id)
    }
  }

  get(id: RunId): Run | undefined {
    return this.#held.get(id) ?? this.#records.get(id)
  }

  list(limit: number): readonly Run[] {
    return this.#records.list(limit).map((run) => this.#held.get(run.id) ?? run)
  }

  put(record: Parameters<RunRecords['put']>[0]): void {
    this.#records.put(record)
  }

  underWay(): ReturnType<RunRecords['underWay']> {
    return this.#records.underWay().filter(({ run }) => !this.#held.has(run.id))
  }
}
