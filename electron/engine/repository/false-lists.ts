import { Failure } from '../../../shared/failure.ts'
import type { ObjectInfo } from '../store/store.ts'

/** Listings of a store for tests, now and then not true: they leave out, repeat, or fail on their second page. */
export class FalseLists {
  /** How many were not true. */
  faults = 0
  readonly #random: () => number
  /** Such a store always leaves out the same. */
  readonly #isForgetful: boolean
  readonly #forgotten: number

  constructor(random: () => number) {
    this.#random = random
    this.#isForgetful = this.#below(3) === 0
    this.#forgotten = this.#below(3)
  }

  *listed(infos: readonly ObjectInfo[], isFaulty: boolean): Generator<ObjectInfo> {
    const fault = this.#fault(isFaulty)
    if (fault !== undefined) this.faults++
    if (fault === 'leaves-out')
      yield* infos.filter(({ name }) => name.charCodeAt(name.length - 1) % 3 !== this.#forgotten)
    else if (fault === 'fails') yield* infos.slice(0, infos.length / 2)
    else yield* infos
    if (fault === 'repeats') yield* infos
    if (fault === 'fails') throw new Failure('repository-unreachable', 'the second page did not come')
  }

  #fault(isFaulty: boolean): 'leaves-out' | 'repeats' | 'fails' | undefined {
    if (this.#isForgetful) return 'leaves-out'
    return isFaulty ? (['leaves-out', 'repeats', 'fails'] as const)[this.#below(8)] : undefined
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
