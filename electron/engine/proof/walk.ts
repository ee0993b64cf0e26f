import assert from 'node:assert/strict'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Handlers, RestoreTarget } from '../../../shared/contract.ts'
import { isEnded, type Run, type RunId } from '../../../shared/job.ts'
import type { Method, PointId } from '../../../shared/point.ts'
import { systemClock } from '../base/clock.ts'
import { type EngineOptions, startEngine } from '../engine.ts'
import { openLog } from '../log-file.ts'

/** The whole engine on this computer's disks: its catalog, its local store and folders of images. Nothing is doubled. */

export const never: AbortSignal = new AbortController().signal
export const passphrase = 'canary-passphrase-5d0e9b'

/** A folder of its own that goes with everything in it, also when the test fails. */
export type Place = AsyncDisposable & { at(...names: readonly string[]): string }

/** `folders` are made in it. */
export async function place(...folders: readonly string[]): Promise<Place> {
  const top = await mkdtemp(path.join(tmpdir(), 'walk-'))
  for (const folder of folders) await mkdir(path.join(top, folder))
  return {
    at: (...names) => path.join(top, ...names),
    [Symbol.asyncDispose]: () => rm(top, { recursive: true, force: true }),
  }
}

export type Console = AsyncDisposable & {
  readonly calls: Handlers<AbortSignal>
  /** Everything that was emitted, as JSON. */
  readonly said: readonly string[]
  ended(runId: RunId): Promise<Run>
  addImages(folder: string): Promise<string>
  createRepository(folder: string): Promise<{ readonly repositoryId: string; readonly recoveryWords: string }>
  machineNamed(name: string): Promise<string>
  /** The run at its end, whatever that is. */
  backUp(machineId: string, repositoryId: string, method?: Method): Promise<Run>
  restore(pointId: PointId, target: RestoreTarget): Promise<Run>
  verify(repositoryId: string): Promise<Run>
}

/** An engine in this process whose state lies in `home`; a second one on the same home finds what the first one left. */
export async function openConsole(home: string, options: Partial<EngineOptions> = {}): Promise<Console> {
  const said: string[] = []
  const ends = new Map<RunId, PromiseWithResolvers<Run>>()
  const endOf = (id: RunId): PromiseWithResolvers<Run> => {
    const end = ends.get(id) ?? Promise.withResolvers<Run>()
    ends.set(id, end)
    return end
  }
  const emit: EngineOptions['emit'] = (name, value) => {
    said.push(JSON.stringify({ name, value }))
    if (name === 'run' && value !== null && 'state' in value && isEnded(value.state)) endOf(value.id).resolve(value)
  }
  const breakGlass = async () => new Uint8Array(Buffer.from('// the script'))
  const engine = await startEngine({
    home,
    about: { version: '0.0.0', carrier: 'node', secrets: 'files' },
    unattended: false,
    clock: systemClock,
    log: openLog(home),
    emit,
    breakGlass,
    ...options,
  })
  const calls = engine.handlers
  const ended = (id: RunId): Promise<Run> => endOf(id).promise
  return {
    calls,
    said,
    ended,
    addImages: async (folder) => (await calls.addHost({ address: { kind: 'images', folder } }, never)).hostId,
    createRepository: (folder) => calls.createRepository({ address: { kind: 'folder', folder }, passphrase }, never),
    machineNamed: async (name) => {
      const found = (await calls.listMachines(null, never)).filter((machine) => machine.name === name)
      assert.equal(found.length, 1, `${found.length} machines are named ${name}`)
      return found[0]?.id ?? ''
    },
    backUp: async (machineId, repositoryId, method = 'incremental') =>
      ended((await calls.startBackup({ machineId, repositoryId, method }, never)).runId),
    restore: async (pointId, target) => ended((await calls.startRestore({ pointId, target }, never)).runId),
    verify: async (repositoryId) => ended((await calls.startVerify({ repositoryId }, never)).runId),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

/** The run's point, and that it was done. */
export function needPoint(run: Run): PointId {
  assert.equal(run.state, 'done', `${run.failure?.code}: ${run.failure?.message}`)
  assert.ok(run.pointId !== undefined)
  return run.pointId
}

export function assertFailed(run: Run, code: string): void {
  assert.deepEqual([run.state, run.failure?.code], ['failed', code], run.failure?.message)
}
