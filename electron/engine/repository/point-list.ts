import { Failure } from '../../../shared/failure.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { Store } from '../store/store.ts'
import type { RepositoryKeys } from './format/key.ts'
import { type Manifest, manifestPath, openManifest } from './format/manifest.ts'
import { nameOf } from './format/object.ts'
import { isDamage } from './holdings.ts'
import type { LedgerPoint, LedgerState } from './ledger-state.ts'
import type { RepositoryProblem } from './repository.ts'

type PointListOptions = {
  readonly store: Store
  readonly keys: RepositoryKeys
  readonly repositoryId: RepositoryId
  readonly state: LedgerState
}

/** A point as the ledger names it. `point` is absent where the manifest cannot be read. */
export type ListedPoint = {
  readonly id: PointId
  readonly manifest: string
  readonly point: Point | undefined
  readonly problem: string | undefined
}

/**
 * The points that the ledger names, in its order. Manifests are read once for the list and again when one is asked for;
 * those of purged points never.
 */
export class PointList {
  readonly #options: PointListOptions
  /** By the names of their manifests; also those of points in the trash. */
  readonly #facts = new Map<string, ListedPoint>()
  #bytes: number | undefined

  constructor(options: PointListOptions) {
    this.#options = options
  }

  /** Those that are not in the trash. */
  get listed(): readonly ListedPoint[] {
    const alive = [...this.#options.state.points.values()].filter(({ dropped }) => dropped === undefined)
    return alive.flatMap(({ manifest }) => this.#facts.get(manifest) ?? [])
  }

  get points(): readonly Point[] {
    return this.listed.flatMap(({ point }) => (point === undefined ? [] : [point]))
  }

  /** See `RepositoryTotals.pointBytes`. */
  get bytes(): number {
    this.#bytes ??= bytesOf(this.points)
    return this.#bytes
  }

  /** Also of points in the trash: what they need is kept only as long as it can be told. */
  get problems(): readonly RepositoryProblem[] {
    return [...this.#facts.values()].flatMap(({ manifest, problem }) =>
      problem === undefined ? [] : [{ object: manifestPath(manifest), problem }],
    )
  }

  /** What is known of a point that was not purged. */
  of(id: PointId): ListedPoint | undefined {
    const named = this.#options.state.points.get(id)
    return named && this.#facts.get(named.manifest)
  }

  /** Points of the ledger whose manifests were not looked at yet. */
  unknown(): readonly LedgerPoint[] {
    return [...this.#options.state.points.values()].filter(({ manifest }) => !this.#facts.has(manifest))
  }

  /** Reads what the list shows of one point. Damage of its manifest is kept beside it. */
  async learn({ id, manifest }: LedgerPoint, signal: AbortSignal): Promise<void> {
    try {
      const point = toPoint(this.#options.repositoryId, await this.#readManifest(manifest, signal))
      this.add({ id, manifest, point, problem: undefined })
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
      this.add({ id, manifest, point: undefined, problem: thrown.message })
    }
  }

  add(listed: ListedPoint): void {
    this.#facts.set(listed.manifest, listed)
    this.#bytes = undefined
  }

  /** Forgets what the ledger does not name any more. */
  follow(): void {
    const named = new Set([...this.#options.state.points.values()].map(({ manifest }) => manifest))
    for (const manifest of this.#facts.keys()) if (!named.has(manifest)) this.#facts.delete(manifest)
    this.#bytes = undefined
  }

  /** Fails with `point-not-found`, or with what is wrong with its manifest. */
  async manifest(id: PointId, signal: AbortSignal): Promise<Manifest> {
    const named = this.#options.state.points.get(id)
    if (named === undefined) throw new Failure('point-not-found', `The repository has no point ${id}`)
    return this.#readManifest(named.manifest, signal)
  }

  async #readManifest(name: string, signal: AbortSignal): Promise<Manifest> {
    const { keys, store } = this.#options
    const path = manifestPath(name)
    const bytes = await store.get(path, signal)
    if (nameOf(bytes) !== name) throw new Failure('object-damaged', `${path} does not hold the bytes of its name`)
    return openManifest(keys, bytes, path)
  }
}

function bytesOf(points: readonly Point[]): number {
  /** What a disk held when it was last read whole, by its machine and name. */
  const wholeBytes = new Map<string, number>()
  let total = 0
  for (const { machineId, disks } of points) {
    for (const { name, how, bytesRead, sizeBytes } of disks) {
      const key = `${machineId} ${name}`
      if (how !== 'bitmap') wholeBytes.set(key, bytesRead)
      total += Math.min(wholeBytes.get(key) ?? sizeBytes, sizeBytes)
    }
  }
  return total
}

/** What the catalog and the window know of a point. */
export function toPoint(repositoryId: RepositoryId, manifest: Manifest): Point {
  const { id, machineId, machineName, createdAt, method, consistency, freezeMs } = { ...manifest, id: manifest.pointId }
  const disks = manifest.disks.map(({ mapRoot: _, ...disk }) => disk)
  const { bytesRead, bytesSent, bytesStored, warnings } = manifest
  const moment = { id, repositoryId, machineId, machineName, createdAt, method, consistency }
  const frozen = freezeMs === undefined ? {} : { freezeMs }
  return { ...moment, ...frozen, disks, bytesRead, bytesSent, bytesStored, warnings }
}
