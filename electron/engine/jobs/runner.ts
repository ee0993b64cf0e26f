import { randomBytes } from 'node:crypto'
import { Failure, isAbort, toWire } from '../../../shared/failure.ts'
import { isEnded, type Run, type RunId } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { Meter } from './meter.ts'
import { isAlive, type Owner } from './owner.ts'
import type { Step } from './step.ts'

/** What a job adds to its run's record when it ends well. */
export type Outcome = Partial<Pick<Run, 'machineId' | 'pointId' | 'target'>>

export type Order = Pick<Run, 'kind' | 'machineId' | 'machineName' | 'repositoryId' | 'pointId'> & {
  /** Id of the point to be made: what it left on a host is no leftover while the run lives. */
  readonly draftPoint?: PointId
  /** Runs that share a key never run at the same time; the later one waits. */
  readonly keys: readonly string[]
  work(step: Step): Promise<Outcome>
}

/** Where run records live. `put` is durable when it returns. */
export type RunRecords = {
  get(id: RunId): Run | undefined
  list(limit: number): readonly Run[]
  put(record: { readonly run: Run; readonly owner: Owner; readonly draftPoint: PointId | undefined }): void
  underWay(): readonly { readonly run: Run; readonly owner: Owner; readonly draftPoint: PointId | undefined }[]
}

export type RunnerOptions = {
  readonly records: RunRecords
  readonly owner: Owner
  readonly clock: Clock
  readonly log: Log
  /** Each change of state, and progress at most once per `progressEveryMs`. */
  emit(run: Run): void
}

const runsAtOnce = 4
const progressEveryMs = 200

type Carried = {
  readonly order: Order
  readonly meter: Meter
  readonly abort: AbortController
  run: Run
  said: string
}

/**
 * Carries what a person started: at most four runs at once, one per machine, the others queue in the order they came.
 * A run is recorded at each change of state; "done" is said only after its record is durable.
 */
export class Runner implements AsyncDisposable {
  readonly #options: RunnerOptions
  readonly #queue: Carried[] = []
  readonly #running = new Map<Carried, Promise<void>>()
  #closed = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#endOrphans()
  }

  /** Answers at once; what goes wrong later stands in the run. */
  start(order: Order): RunId {
    if (this.#closed) throw new Failure('engine-died', 'The engine is closing')
    const { work: _, keys: __, draftPoint: ___, ...facts } = order
    const meter = new Meter(this.#options.clock)
    const id = randomBytes(16).toString('hex')
    const run: Run = {
      id,
      ...facts,
      state: 'queued',
      queuedAt: this.#options.clock.now(),
      progress: meter.progress(),
      disks: [],
      warnings: [],
    }
    const carried = { order, meter, abort: new AbortController(), run, said: '' }
    this.#change(carried, {})
    this.#queue.push(carried)
    this.#startNext()
    return id
  }

  /** A queued run ends at once, a running one as soon as its job has cleaned up; one that has ended stays as it is. */
  cancel(id: RunId): void {
    const queued = this.#queue.find((each) => each.run.id === id)
    const running = [...this.#running.keys()].find((each) => each.run.id === id)
    if (queued !== undefined) this.#drop(queued)
    else if (running !== undefined) this.#abort(running)
    else if (!isEnded(this.get(id).state)) {
      throw new Failure('invalid-argument', `Run ${id} is carried by another process of Stillpoint; cancel it there`)
    }
  }

  get(id: RunId): Run {
    const run = this.#live().find((each) => each.id === id) ?? this.#options.records.get(id)
    if (run === undefined) throw new Failure('run-not-found', `No run has the id ${id}`)
    return run
  }

  /** Newest first, with the progress of this moment. */
  list(limit: number): readonly Run[] {
    const live = new Map(this.#live().map((run) => [run.id, run]))
    return this.#options.records.list(limit).map((run) => live.get(run.id) ?? run)
  }

  /** True for points that a living run of any engine is making. */
  isUnderWay(pointId: PointId): boolean {
    return this.#options.records
      .underWay()
      .some((record) => record.draftPoint === pointId && isAlive(record.owner, this.#options.owner))
  }

  /** Cancels everything and waits until all jobs have cleaned up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const carried of [...this.#queue]) this.#drop(carried)
    for (const carried of this.#running.keys()) this.#abort(carried)
    await Promise.all(this.#running.values())
  }

  #live(): readonly Run[] {
    return [...this.#queue, ...this.#running.keys()].map((each) => each.run)
  }

  #startNext(): void {
    for (const carried of [...this.#queue]) {
      if (this.#running.size >= runsAtOnce) return
      if (this.#isBlocked(carried)) continue
      this.#queue.splice(this.#queue.indexOf(carried), 1)
      const ended = this.#carry(carried).finally(() => {
        this.#running.delete(carried)
        if (!this.#closed) this.#startNext()
      })
      this.#running.set(carried, ended)
    }
  }

  /** An earlier run in the queue goes first where both need the same thing. */
  #isBlocked(carried: Carried): boolean {
    const before = [...this.#running.keys(), ...this.#queue.slice(0, this.#queue.indexOf(carried))]
    return before.some((other) => other.order.keys.some((key) => carried.order.keys.includes(key)))
  }

  async #carry(carried: Carried): Promise<void> {
    const ticking = new AbortController()
    const ticks = this.#tick(carried, ticking.signal)
    try {
      this.#change(carried, { state: 'running' })
      const outcome = await carried.order.work(this.#step(carried))
      this.#end(carried, { ...outcome, state: 'done' })
    } catch (thrown) {
      this.#end(carried, this.#endOf(carried, thrown))
    } finally {
      ticking.abort()
      await ticks
    }
  }

  #step(carried: Carried): Step {
    return {
      signal: carried.abort.signal,
      log: this.#options.log,
      meter: carried.meter,
      say: (disks) => {
        carried.run = { ...carried.run, disks: [...disks] }
      },
      report: (report) => {
        carried.run = { ...carried.run, report }
      },
      warn: (sentence) => {
        carried.run = { ...carried.run, warnings: [...carried.run.warnings, sentence] }
      },
    }
  }

  /** Whatever a job says while it is being cancelled, it was cancelled; what else went wrong stays as a warning. */
  #endOf(carried: Carried, thrown: unknown): Partial<Run> {
    const failure = toWire(thrown)
    if (failure.code === 'bug')
      this.#options.log.error('A run met a bug', { run: carried.run.id, stack: stackOf(thrown) })
    if (!carried.abort.signal.aborted) return { state: 'failed', failure }
    const isPlain = isAbort(thrown) || failure.code === 'cancelled'
    return { state: 'cancelled', warnings: isPlain ? carried.run.warnings : [...carried.run.warnings, failure.message] }
  }

  /** A record that cannot be written must not stop the runs behind it. */
  #end(carried: Carried, change: Partial<Run>): void {
    const endedAt = this.#options.clock.now()
    try {
      this.#change(carried, { ...change, endedAt })
    } catch (thrown) {
      this.#options.log.error('The end of a run could not be recorded', {
        run: carried.run.id,
        problem: String(thrown),
      })
      carried.run = { ...carried.run, ...change, state: 'failed', endedAt, failure: toWire(thrown) }
      this.#options.emit(carried.run)
    }
  }

  /** Recorded first, said afterwards. */
  #change(carried: Carried, change: Partial<Run>): void {
    const run = { ...carried.run, ...change, progress: carried.meter.progress() }
    this.#options.records.put({ run, owner: this.#options.owner, draftPoint: carried.order.draftPoint })
    carried.run = run
    this.#options.emit(run)
  }

  /** What waited behind it may be free to go. */
  #drop(carried: Carried): void {
    this.#queue.splice(this.#queue.indexOf(carried), 1)
    this.#end(carried, { state: 'cancelled' })
    if (!this.#closed) this.#startNext()
  }

  #abort(carried: Carried): void {
    if (carried.run.state !== 'running') return
    this.#change(carried, { state: 'cancelling' })
    carried.abort.abort()
  }

  async #tick(carried: Carried, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(progressEveryMs, signal).catch(() => undefined)
      if (signal.aborted) return
      carried.run = { ...carried.run, progress: carried.meter.progress() }
      const said = JSON.stringify(carried.run)
      if (said !== carried.said) this.#options.emit(carried.run)
      carried.said = said
    }
  }

  #endOrphans(): void {
    const { records, owner, clock } = this.#options
    for (const record of records.underWay()) {
      if (isAlive(record.owner, owner)) continue
      const failure = { code: 'engine-died', message: 'The engine that carried this run ended before it' } as const
      records.put({ ...record, run: { ...record.run, state: 'failed', endedAt: clock.now(), failure } })
    }
  }
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
