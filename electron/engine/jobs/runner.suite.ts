import type { Run, RunId } from '../../../shared/job.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { Order, Outcome, RunRecords } from './order.ts'
import { thisOwner } from './owner.ts'
import { Runner } from './runner.ts'
import type { Step } from './step.ts'

const machineId = '00000000-0000-4000-8000-00000000000a'

/** Records in memory that note what was durable when. */
export function records(
  onPut: (run: Run) => void = () => {},
): RunRecords & { readonly kept: Map<RunId, Parameters<RunRecords['put']>[0]> } {
  const kept = new Map<RunId, Parameters<RunRecords['put']>[0]>()
  return {
    kept,
    get: (id) => kept.get(id)?.run,
    list: (limit) => [...kept.values()].map((each) => each.run).slice(0, limit),
    put(record) {
      onPut(record.run)
      kept.set(record.run.id, record)
    },
    underWay: () => [...kept.values()].filter((each) => each.run.endedAt === undefined),
  }
}

/** A job that a test ends by hand. */
export function job(): {
  readonly work: Order['work']
  readonly step: Promise<Step>
  end(outcome?: Outcome): void
  fail(thrown: unknown): void
} {
  const started = Promise.withResolvers<Step>()
  const ended = Promise.withResolvers<Outcome>()
  return {
    work: (step) => {
      started.resolve(step)
      step.signal.addEventListener('abort', () => ended.reject(step.signal.reason))
      return ended.promise
    },
    step: started.promise,
    end: (outcome = {}) => ended.resolve(outcome),
    fail: ended.reject,
  }
}

export function rig(from = records(), clock: Clock = systemClock) {
  const events: Run[] = []
  const waiting: { is: (run: Run) => boolean; resolve(run: Run): void }[] = []
  const emit = (run: Run): void => {
    events.push(run)
    for (const one of waiting) if (one.is(run)) one.resolve(run)
  }
  const runner = new Runner({ records: from, owner: thisOwner(), clock, log: silentLog, emit })
  const until = async (is: (run: Run) => boolean): Promise<Run> => {
    const found = events.find(is)
    if (found !== undefined) return found
    const { promise, resolve } = Promise.withResolvers<Run>()
    waiting.push({ is, resolve })
    return promise
  }
  return {
    runner,
    events,
    records: from,
    until,
    state: (id: RunId, state: Run['state']) => until((run) => run.id === id && run.state === state),
  }
}

export function order(work: Order['work'], keys: readonly string[] = [machineId]): Order {
  return { kind: 'backup', machineId, machineName: 'shop', repositoryId: 'r'.repeat(32), keys, work }
}
