import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { silentLog } from '../../electron/engine/base/log.ts'
import { type EngineOptions, startEngine } from '../../electron/engine/engine.ts'
import type { Handlers, RestoreTarget } from '../../shared/contract.ts'
import { isEnded, type Run } from '../../shared/job.ts'
import type { Method, Point } from '../../shared/point.ts'
import { until } from './until.ts'

/** The whole engine on a home of its own, with one repository in a folder. */
export type Walk = AsyncDisposable & {
  readonly folder: string
  readonly handlers: Handlers<AbortSignal>
  readonly repositoryId: string
  /** Runs to its end, whatever that is. */
  backUp(machineId: string, method: Method): Promise<Run>
  /** As `backUp`, and fails when no point came of it. */
  takePoint(machineId: string, method: Method): Promise<Point>
  restore(pointId: string, target: RestoreTarget): Promise<Run>
  untilEnded(runId: string): Promise<Run>
}

const never = new AbortController().signal

export async function startWalk(connect?: EngineOptions['connect']): Promise<Walk> {
  await using made = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'sp-test-walk-'))
  made.defer(() => rm(folder, { recursive: true, force: true }))
  const about = { version: '0.0.0', carrier: 'node', secrets: 'files' } as const
  const options = {
    home: join(folder, 'home'),
    about,
    unattended: false,
    clock: systemClock,
    log: silentLog,
    emit() {},
  }
  const breakGlass = async () => new Uint8Array(Buffer.from('// a script'))
  const engine = made.use(await startEngine({ ...options, breakGlass, ...(connect === undefined ? {} : { connect }) }))
  const { handlers } = engine
  await mkdir(join(folder, 'repository'))
  const address = { kind: 'folder', folder: join(folder, 'repository') } as const
  const { repositoryId } = await handlers.createRepository({ address, passphrase: 'walk' }, never)
  const untilEnded = (runId: string) => ended(handlers, runId)
  const backUp = async (machineId: string, method: Method) => {
    const { runId } = await handlers.startBackup({ machineId, repositoryId, method }, never)
    return untilEnded(runId)
  }
  const owned = made.move()
  return {
    folder,
    handlers,
    repositoryId,
    untilEnded,
    backUp,
    async takePoint(machineId, method) {
      const run = await backUp(machineId, method)
      if (run.pointId === undefined || run.state !== 'done') throw new Error(`${run.state}: ${run.failure?.message}`)
      return handlers.showPoint({ pointId: run.pointId }, never)
    },
    async restore(pointId, target) {
      const { runId } = await handlers.startRestore({ pointId, target }, never)
      return untilEnded(runId)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function ended(handlers: Handlers<AbortSignal>, runId: string): Promise<Run> {
  return until(
    'the run has ended',
    async () => {
      const run = await handlers.showRun({ runId }, never)
      return isEnded(run.state) ? run : undefined
    },
    300_000,
  )
}
