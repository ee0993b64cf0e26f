import { isEnded } from '../../shared/job.ts'
import type { Connection } from '../../shared/wire.ts'

const newestRuns = 100

/** Resolves when no run is under way: the console may then end without cancelling anybody's work. */
export async function untilIdle(engine: Pick<Connection<AbortSignal>, 'calls' | 'on'>): Promise<void> {
  const changed = Promise.withResolvers<void>()
  const stop = engine.on('run', (run) => {
    if (isEnded(run.state)) changed.resolve()
  })
  try {
    const runs = await engine.calls.listRuns({ limit: newestRuns })
    if (runs.every((run) => isEnded(run.state))) return
    await changed.promise
  } finally {
    stop()
  }
  return untilIdle(engine)
}
