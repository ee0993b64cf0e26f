import { isEnded, type Run } from '../../shared/job.ts'
import type { Bridge } from '../bridge.ts'
import { type ListStore, listStore } from './listing.ts'

const shownRuns = 1000

/**
 * Newest first. Events carry whole runs and may overtake the answer to `listRuns`, so what an event told stays: of two
 * states of one run the later one wins, and an ended run never comes back to life.
 */
export function runStore(bridge: Bridge): ListStore<Run> {
  const store: ListStore<Run> = listStore(async () => {
    const listed = await bridge.calls.listRuns({ limit: shownRuns })
    return mergeRuns(listed, store.getState().items)
  })
  bridge.on('run', (run) => store.setState(({ items }) => ({ items: mergeRuns([run], items) })))
  return store
}

/** `news` replaces what `known` says of the same runs, except where `known` has seen the end already. */
export function mergeRuns(news: readonly Run[], known: readonly Run[]): readonly Run[] {
  const byId = new Map(known.map((run) => [run.id, run]))
  for (const run of news) {
    const before = byId.get(run.id)
    if (before === undefined || !isEnded(before.state) || isEnded(run.state)) byId.set(run.id, run)
  }
  return [...byId.values()].sort((a, b) => b.queuedAt - a.queuedAt).slice(0, shownRuns)
}
