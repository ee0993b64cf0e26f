import type { EventName } from '../../shared/contract.ts'
import { isEnded, type Run, type RunId } from '../../shared/job.ts'
import type { MachineId } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { firstSettings } from '../../shared/settings.ts'
import type { Connection } from '../../shared/wire.ts'
import type { Facts } from './overview.ts'

type Engine = Pick<Connection<AbortSignal>, 'calls' | 'on'>
type List = 'machines' | 'points' | 'repositories' | 'policies' | 'settings' | 'runs'

const newestRuns = 1000
/** Asking for the points of every machine is the one thing here that grows: not oftener than this. */
const pointsEveryMs = 60_000

const changes = {
  hostsChanged: 'machines',
  machinesChanged: 'machines',
  pointsChanged: 'points',
  repositoriesChanged: 'repositories',
  policiesChanged: 'policies',
  settingsChanged: 'settings',
  runsChanged: 'runs',
} as const satisfies Partial<Record<EventName, List>>

/**
 * The engine's lists, kept by its events: only what has changed is asked for again. Points are asked for machine by machine,
 * so that the thread that draws menus never takes apart a long answer in one go.
 */
export class Lists {
  readonly #engine: Engine
  readonly #now: () => number
  readonly #stale = new Set<List>(['machines', 'points', 'repositories', 'policies', 'settings', 'runs'])
  readonly #points = new Map<MachineId, readonly Point[]>()
  readonly #runs = new Map<RunId, Run>()
  #pointsAskedAt = Number.NEGATIVE_INFINITY
  #kept: Omit<Facts, 'points' | 'runs'> = { machines: [], repositories: [], policies: [], settings: firstSettings }

  /** `onChange` hears that a look is worth while. */
  constructor(engine: Engine, now: () => number, onChange: () => void) {
    this.#engine = engine
    this.#now = now
    for (const [name, list] of Object.entries(changes) as readonly (readonly [keyof typeof changes, List])[]) {
      engine.on(name, () => {
        this.#stale.add(list)
        onChange()
      })
    }
    engine.on('run', (run) => {
      if (this.#isNews(run)) onChange()
    })
  }

  /** As it was known last. */
  get facts(): Facts {
    return { ...this.#kept, points: this.#points, runs: [...this.#runs.values()] }
  }

  /** Fails as the calls do; what could not be asked is asked for the next time. */
  async refresh(): Promise<Facts> {
    const { calls } = this.#engine
    const kept = this.#kept
    this.#kept = {
      settings: await this.#asked('settings', kept.settings, () => calls.getSettings(null)),
      machines: await this.#asked('machines', kept.machines, () => calls.listMachines(null)),
      repositories: await this.#asked('repositories', kept.repositories, () => calls.listRepositories(null)),
      policies: await this.#asked('policies', kept.policies, () => calls.listPolicies(null)),
    }
    await this.#asked('runs', undefined, () => this.#takeRuns())
    await this.#takePoints()
    return this.facts
  }

  async #asked<T>(list: List, known: T, ask: () => Promise<T>): Promise<T> {
    if (!this.#stale.delete(list)) return known
    try {
      return await ask()
    } catch (thrown) {
      this.#stale.add(list)
      throw thrown
    }
  }

  async #takeRuns(): Promise<void> {
    const runs = await this.#engine.calls.listRuns({ limit: newestRuns })
    this.#runs.clear()
    for (const run of runs) this.#runs.set(run.id, run)
  }

  async #takePoints(): Promise<void> {
    const now = this.#now()
    if (this.#stale.has('points') && now - this.#pointsAskedAt >= pointsEveryMs) {
      this.#stale.delete('points')
      this.#pointsAskedAt = now
      this.#points.clear()
    }
    for (const { id } of this.#kept.machines) {
      if (this.#points.has(id)) continue
      const points = await this.#engine.calls.listPoints({ machineId: id })
      this.#points.set(
        id,
        points.toSorted((a, b) => b.createdAt - a.createdAt),
      )
    }
  }

  /** Progress is none. When a run has ended, its machine's points are asked for at the next look. */
  #isNews(run: Run): boolean {
    const before = this.#runs.get(run.id)
    this.#runs.set(run.id, run)
    if (before?.state === run.state) return false
    if (isEnded(run.state) && run.machineId !== undefined) this.#points.delete(run.machineId)
    return true
  }
}
