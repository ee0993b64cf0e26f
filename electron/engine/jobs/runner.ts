import { randomBytes } from 'node:crypto'
import { Failure, isAbort, toWire } from '../../../shared/failure.ts'
import { isEnded, type Run, type RunId } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import { Gate } from './gate.ts'
import { HeldEnds } from './held-ends.ts'
import { Meter } from './meter.ts'
import type { Order, RunRecords, UnderWay } from './order.ts'
import { isAlive, type Owner } from './owner.ts'
import type { Step } from './step.ts'

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
  readonly gate: Gate
  readonly abort: AbortController
  run: Run
  said: string
}

/**
 * Carries what a person started: at most four runs at once, one per machine, the others queue in the order they came.
 * A run is recorded at each change of state; "done" is said only after its record is durable.
 *
 * A paused run keeps what it holds (its session on the host, its keys) and takes none of the four places; in the queue it
 * waits to be resumed and lets others pass.
 */
export class Runner implements AsyncDisposable {
  readonly #options: RunnerOptions
  readonly #queue: Carried[] = []
  readonly #running = new Map<Carried, Promise<void>>()
  readonly #records: HeldEnds
  #closed = false

  constructor(options: RunnerOptions) {
    this.#options = options
    this.#records = new HeldEnds(options.records, options.owner)
    this.endOrphans()
  }

  /** Fails what engines left behind that ended before their runs did; asked again and again, it tells of other processes too. */
  endOrphans(): void {
    const { owner, clock, emit } = this.#options
    this.#records.offer()
    for (const record of this.#records.underWay()) {
      if (isAlive(record.owner, owner)) continue
      const failure = { code: 'engine-died', message: 'The engine that carried this run ended before it' } as const
      const run = { ...record.run, ...goingOn(record.run), state: 'failed', endedAt: clock.now(), failure } as const
      this.#records.put({ ...record, run })
      emit(run)
    }
  }

  /** Answers at once; what goes wrong later stands in the run. */
  start(order: Order): RunId {
    if (this.#closed) throw new Failure('engine-died', 'The engine is closing')
    const { work: _, keys: __, draftPoint: ___, hostId: ____, ...facts } = order
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
    const carried = { order, meter, gate: new Gate(), abort: new AbortController(), run, said: '' }
    this.#change(carried, {})
    this.#queue.push(carried)
    this.#startNext()
    return id
  }

  /** A queued run ends at once, a running one as soon as its job has cleaned up; one that has ended stays as it is. */
  cancel(id: RunId): void {
    const carried = this.#find(id, 'cancel')
    if (carried === undefined) return
    if (this.#running.has(carried)) this.#abort(carried)
    else this.#drop(carried)
  }

  /** A queued run does not start until it is resumed; a running one stops at its next range. One that is ending goes on. */
  pause(id: RunId): void {
    const carried = this.#find(id, 'pause')
    if (carried === undefined || carried.run.paused || carried.run.state === 'cancelling') return
    this.#change(carried, { paused: true })
    carried.gate.close()
    this.#startNext()
  }

  resume(id: RunId): void {
    const carried = this.#find(id, 'resume')
    if (!carried?.run.paused) return
    this.#change(carried, { paused: false })
    carried.gate.open()
    this.#startNext()
  }

  get(id: RunId): Run {
    const run = this.#live().find((each) => each.id === id) ?? this.#records.get(id)
    if (run === undefined) throw new Failure('run-not-found', `No run has the id ${id}`)
    return run
  }

  /** Newest first, with the progress of this moment. */
  list(limit: number): readonly Run[] {
    const live = new Map(this.#live().map((run) => [run.id, run]))
    return this.#records.list(limit).map((run) => live.get(run.id) ?? run)
  }

  /** True for points that a living run of any engine is making. */
  isUnderWay(pointId: PointId): boolean {
    return this.#living().some((record) => record.draftPoint === pointId)
  }

  /** What living engines have not ended yet, of this and of other processes. */
  underWay(): readonly UnderWay[] {
    const own = new Map(this.#carried().map(({ run, order }) => [run.id, order.hostId]))
    return this.#living().map(({ run }) => ({ run, hostId: own.get(run.id) }))
  }

  /** Cancels everything and waits until all jobs have cleaned up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    for (const carried of [...this.#queue]) this.#drop(carried)
    for (const carried of this.#running.keys()) this.#abort(carried)
    await Promise.all(this.#running.values())
  }

  #carried(): readonly Carried[] {
    return [...this.#queue, ...this.#running.keys()]
  }

  #live(): readonly Run[] {
    return this.#carried().map((each) => each.run)
  }

  #living(): ReturnType<RunRecords['underWay']> {
    return this.#records.underWay().filter(({ owner }) => isAlive(owner, this.#options.owner))
  }

  /** Undefined for a run that has ended. Fails with `run-not-found`, and where another process would have to do it. */
  #find(id: RunId, verb: string): Carried | undefined {
    const carried = this.#carried().find((each) => each.run.id === id)
    if (carried !== undefined || isEnded(this.get(id).state)) return carried
    throw new Failure('invalid-argument', `Run ${id} is carried by another process of Stillpoint; ${verb} it there`)
  }

  #startNext(): void {
    if (this.#closed) return
    for (const carried of [...this.#queue]) {
      const atWork = [...this.#running.keys()].filter(({ run }) => !run.paused)
      if (atWork.length >= runsAtOnce) return
      if (carried.run.paused || this.#isBlocked(carried)) continue
      this.#queue.splice(this.#queue.indexOf(carried), 1)
      const ended = this.#carry(carried).finally(() => {
        this.#running.delete(carried)
        this.#startNext()
      })
      this.#running.set(carried, ended)
    }
  }

  /** An earlier run in the queue goes first where both need the same thing. */
  #isBlocked(carried: Carried): boolean {
    const earlier = this.#queue.slice(0, this.#queue.indexOf(carried)).filter(({ run }) => !run.paused)
    const before = [...this.#running.keys(), ...earlier]
    return before.some((other) => other.order.keys.some((key) => carried.order.keys.includes(key)))
  }

  async #carry(carried: Carried): Promise<void> {
    const ticking = new AbortController()
    const ticks = this.#tick(carried, ticking.signal)
    try {
      this.#change(carried, { state: 'running', startedAt: this.#options.clock.now() })
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
      pass: (signal) => carried.gate.pass(signal),
      say: (disks) => {
        carried.run = { ...carried.run, disks: [...disks] }
      },
      report: (report) => {
        carried.run = { ...carried.run, report }
      },
      came: (of) => {
        carried.run = { ...carried.run, ...of }
      },
      undoWith: (undoPointId) => this.#change(carried, { undoPointId }),
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
      this.#change(carried, { ...change, ...goingOn(carried.run), endedAt })
    } catch (thrown) {
      this.#options.log.error('The end of a run could not be recorded', {
        run: carried.run.id,
        problem: String(thrown),
      })
      const end = { ...change, ...goingOn(carried.run), endedAt }
      carried.run = { ...carried.run, ...end, state: 'failed', failure: toWire(thrown) }
      this.#records.hold(carried.run)
      this.#options.emit(carried.run)
    }
  }

  /** Recorded first, said afterwards. */
  #change(carried: Carried, change: Partial<Run>): void {
    const changed = { ...carried.run, ...change }
    const run = { ...changed, progress: progressOf(changed, carried.meter) }
    this.#records.put({ run, owner: this.#options.owner, draftPoint: carried.order.draftPoint })
    carried.run = run
    this.#options.emit(run)
  }

  /** What waited behind it may be free to go. */
  #drop(carried: Carried): void {
    this.#queue.splice(this.#queue.indexOf(carried), 1)
    this.#end(carried, { state: 'cancelled' })
    this.#startNext()
  }

  #abort(carried: Carried): void {
    if (carried.run.state !== 'running') return
    this.#change(carried, { ...goingOn(carried.run), state: 'cancelling' })
    carried.abort.abort()
    carried.gate.open()
  }

  async #tick(carried: Carried, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#options.clock.sleep(progressEveryMs, signal).catch(() => undefined)
      if (signal.aborted) return
      carried.run = { ...carried.run, progress: progressOf(carried.run, carried.meter) }
      const said = JSON.stringify(carried.run)
      if (said !== carried.said) this.#options.emit(carried.run)
      carried.said = said
    }
  }
}

function progressOf(run: Run, meter: Meter): Run['progress'] {
  return run.paused ? meter.standing() : meter.progress()
}

/** What no longer stands still says so. */
function goingOn(run: Run): Partial<Run> {
  return run.paused ? { paused: false } : {}
}

function stackOf(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)
}
