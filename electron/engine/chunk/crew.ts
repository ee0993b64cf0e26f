import { Failure } from '../../../shared/failure.ts'
import type { Done, Errand, WorkerSettings } from './errand.ts'
import type { PackTaker } from './sealer.ts'
import { Thread } from './thread.ts'

/** One that computes and one that waits behind it, so that no thread is idle between two errands. */
const errandsPerThread = 2

type Waiting = {
  readonly errand: () => Errand
  readonly transfer: readonly ArrayBuffer[]
  readonly answer: PromiseWithResolvers<Done>
}

export type LaneRules = {
  /** Whether the next errand may go to a thread that has this many finished packs out. */
  mayUse(packsOut: number): boolean
  onUse(thread: Thread): void
  onFailure(thrown: unknown): void
  onThreadEnd(thread: Thread, failure: Failure): void
}

const noRules: LaneRules = { mayUse: () => true, onUse() {}, onFailure() {}, onThreadEnd() {} }

/** Errands of one asker in their order. The crew serves its lanes in turn. */
export class Lane {
  readonly waiting: Waiting[] = []
  readonly rules: LaneRules

  constructor(rules: LaneRules = noRules) {
    this.rules = rules
  }
}

/** The threads of a pool, and who is served next. */
export class Crew {
  readonly #size: number
  readonly #settings: WorkerSettings
  readonly #threads: Thread[] = []
  /** Every lane with something waiting or a sealer behind it, the one that was served last at the end. */
  readonly #lanes: Lane[] = []
  readonly #takers = new Map<number, PackTaker>()
  #lastTaker = 0
  #stopped = false

  constructor(size: number, settings: WorkerSettings) {
    this.#size = size
    this.#settings = settings
  }

  /** Registers who takes the packs of a sealer; answers the sealer's number. */
  enlist(lane: Lane, taker: PackTaker): number {
    this.#takers.set(++this.#lastTaker, taker)
    this.#lanes.push(lane)
    return this.#lastTaker
  }

  dismiss(lane: Lane, number: number, failure: Failure): void {
    this.#takers.delete(number)
    for (const waiting of lane.waiting.splice(0)) waiting.answer.reject(failure)
    const at = this.#lanes.indexOf(lane)
    if (at >= 0) this.#lanes.splice(at, 1)
  }

  /** `errand` is asked for when a thread takes it. Cancelled before that, it is dropped; after that, its answer is. */
  async submit(lane: Lane, errand: () => Errand, transfer: readonly ArrayBuffer[], signal: AbortSignal): Promise<Done> {
    signal.throwIfAborted()
    if (this.#stopped) throw closed()
    const waiting: Waiting = { errand, transfer, answer: Promise.withResolvers<Done>() }
    const drop = () => {
      const at = lane.waiting.indexOf(waiting)
      if (at >= 0) lane.waiting.splice(at, 1)
      waiting.answer.reject(signal.reason)
    }
    signal.addEventListener('abort', drop)
    lane.waiting.push(waiting)
    if (!this.#lanes.includes(lane)) this.#lanes.push(lane)
    this.dispatch()
    try {
      return await waiting.answer.promise
    } finally {
      signal.removeEventListener('abort', drop)
    }
  }

  /** Hands out what waits as far as threads are free and lanes allow. To be called whenever one of these has changed. */
  dispatch(): void {
    while (!this.#stopped) {
      const lane = this.#lanes.find((one) => one.waiting.length > 0 && this.#threadFor(one) !== undefined)
      const thread = lane && this.#threadFor(lane)
      const waiting = lane?.waiting.shift()
      if (lane === undefined || thread === undefined || waiting === undefined) return
      this.#lanes.push(...this.#lanes.splice(this.#lanes.indexOf(lane), 1))
      void this.#hand(lane, thread === 'new' ? this.#newThread() : thread, waiting)
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true
    for (const lane of this.#lanes) {
      for (const waiting of lane.waiting.splice(0)) waiting.answer.reject(closed())
    }
    await Promise.all(this.#threads.map((thread) => thread.stop()))
  }

  async #hand(lane: Lane, thread: Thread, { errand, transfer, answer }: Waiting): Promise<void> {
    lane.rules.onUse(thread)
    try {
      answer.resolve(await thread.ask(errand(), transfer))
    } catch (thrown) {
      lane.rules.onFailure(thrown)
      answer.reject(thrown)
    }
    this.dispatch()
  }

  /** The least busy thread that the lane may use; a new one before anybody has to wait. */
  #threadFor(lane: Lane): Thread | 'new' | undefined {
    const usable = this.#threads
      .filter((thread) => thread.busy < errandsPerThread && lane.rules.mayUse(thread.packsOut))
      .sort((a, b) => a.busy - b.busy)
    const [least] = usable
    if (least !== undefined && least.busy === 0) return least
    return this.#threads.length < this.#size ? 'new' : least
  }

  #newThread(): Thread {
    const thread = new Thread(this.#settings, {
      onPack: (from, pack) => {
        const taker = this.#takers.get(pack.sealer)
        if (taker === undefined) from.tell({ kind: 'return', buffer: pack.bytes.buffer }, [pack.bytes.buffer])
        else taker.take(from, pack)
      },
      onEnd: (ended, failure) => {
        this.#threads.splice(this.#threads.indexOf(ended), 1)
        for (const lane of this.#lanes) lane.rules.onThreadEnd(ended, failure)
        this.dispatch()
      },
    })
    this.#threads.push(thread)
    return thread
  }
}

function closed(): Failure {
  return new Failure('cancelled', 'The pool was closed')
}
