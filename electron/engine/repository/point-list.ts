import { Failure } from '../../../shared/failure.ts'
import type { Point, PointId } from '../../../shared/point.ts'
import type { RepositoryId } from '../../../shared/repository.ts'
import type { Store } from '../store/store.ts'
import type { RepositoryKeys } from './format/key.ts'
import { type Manifest, manifestPath, openManifest } from './format/manifest.ts'
import { nameOf } from './format/object.ts'
import { isDamage } from './holdings.ts'
import type { RepositoryProblem } from './repository.ts'

type PointListOptions = { readonly store: Store; readonly keys: RepositoryKeys; readonly repositoryId: RepositoryId }

/** A point as the ledger names it. `point` is absent where the manifest cannot be read. */
export type ListedPoint = {
  readonly id: PointId
  readonly manifest: string
  readonly point: Point | undefined
  readonly problem: string | undefined
}

/** The points that the ledger names, in its order. Manifests are read once for the list and again when one is asked for. */
export class PointList {
  readonly #options: PointListOptions
  readonly #listed = new Map<PointId, ListedPoint>()
  /** What a disk held when it was last read whole, by its machine and name. */
  readonly #wholeBytes = new Map<string, number>()
  #bytes = 0

  constructor(options: PointListOptions) {
    this.#options = options
  }

  get listed(): readonly ListedPoint[] {
    return [...this.#listed.values()]
  }

  get points(): readonly Point[] {
    return this.listed.flatMap(({ point }) => (point === undefined ? [] : [point]))
  }

  /** See `RepositoryTotals.pointBytes`. */
  get bytes(): number {
    return this.#bytes
  }

  get problems(): readonly RepositoryProblem[] {
    return this.listed.flatMap(({ manifest, problem }) =>
      problem === undefined ? [] : [{ object: manifestPath(manifest), problem }],
    )
  }

  /** Reads what the list shows of one point. Damage of its manifest is kept beside it. */
  async read(id: PointId, name: string, signal: AbortSignal): Promise<ListedPoint> {
    try {
      const point = toPoint(this.#options.repositoryId, await this.#readManifest(name, signal))
      return { id, manifest: name, point, problem: undefined }
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
      return { id, manifest: name, point: undefined, problem: thrown.message }
    }
  }

  /** Points come in the order of the ledger. */
  add(listed: ListedPoint): void {
    if (!this.#listed.has(listed.id) && listed.point !== undefined) this.#count(listed.point)
    this.#listed.set(listed.id, listed)
  }

  /** Fails with `point-not-found`, or with what is wrong with its manifest. */
  async manifest(id: PointId, signal: AbortSignal): Promise<Manifest> {
    const listed = this.#listed.get(id)
    if (listed === undefined) throw new Failure('point-not-found', `The repository has no point ${id}`)
    return this.#readManifest(listed.manifest, signal)
  }

  #count({ machineId, disks }: Point): void {
    for (const { name, how, bytesRead, sizeBytes } of disks) {
      const key = `${machineId} ${name}`
      if (how !== 'bitmap') this.#wholeBytes.set(key, bytesRead)
      this.#bytes += Math.min(this.#wholeBytes.get(key) ?? sizeBytes, sizeBytes)
    }
  }

  async #readManifest(name: string, signal: AbortSignal): Promise<Manifest> {
    const { keys, store } = this.#options
    const path = manifestPath(name)
    const bytes = await store.get(path, signal)
    if (nameOf(bytes) !== name) throw new Failure('object-damaged', `${path} does not hold the bytes of its name`)
    return openManifest(keys, bytes, path)
  }
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
