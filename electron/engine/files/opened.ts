import type { Volume, VolumeId } from '../../../shared/files.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Clock } from '../base/clock.ts'
import { orAborted } from '../base/or-aborted.ts'
import {
  type Guests,
  type OnDiskRead,
  OpenedPoint,
  type OpenedVolume,
  type PointDisks,
  type TracedVolume,
} from './opened-point.ts'

export type OpenedFilesOptions = {
  readonly guests: Guests
  readonly clock: Clock
  /** Fails with `point-not-found`, and as reaching its repository does. */
  openDisks(pointId: PointId, signal: AbortSignal): Promise<PointDisks>
}

/** A volume that stays open until this is disposed. */
export type HeldVolume = OpenedVolume & AsyncDisposable

/** A point takes some tens of MiB for what was read of it lately. */
const pointsKept = 4
const idleMs = 60_000

type Entry = { readonly opening: Promise<OpenedPoint>; users: number; idleSince: number }

/**
 * The points whose files somebody looks at. A few that nobody uses any more stay open, because a person who looks into a folder
 * mostly looks into the next one.
 */
export class OpenedFiles implements AsyncDisposable {
  readonly #options: OpenedFilesOptions
  readonly #points = new Map<PointId, Entry>()
  readonly #closing = new AbortController()
  /** Points that are being closed. */
  readonly #ending = new Set<Promise<void>>()

  constructor(options: OpenedFilesOptions) {
    this.#options = options
  }

  async volumes(pointId: PointId, signal: AbortSignal): Promise<readonly Volume[]> {
    await using point = await this.#hold(pointId, signal)
    return await orAborted(point.point.volumes(), signal)
  }

  /** What is unlocked stays so until the point is closed because nobody looked into it for a minute. Fails as `OpenedPoint.unlock`. */
  async unlock(pointId: PointId, volumeId: VolumeId, passphrase: string, signal: AbortSignal): Promise<void> {
    await using held = await this.#hold(pointId, signal)
    await held.point.unlock(volumeId, passphrase, signal)
  }

  /** The volume is open while `work` runs. Fails with `volume-not-found`, `volume-locked`, `volume-unsupported`, and as its reader does. */
  async use<T>(
    pointId: PointId,
    volumeId: VolumeId,
    signal: AbortSignal,
    work: (opened: OpenedVolume) => Promise<T>,
  ): Promise<T> {
    await using held = await this.hold(pointId, volumeId, signal)
    return await work(held)
  }

  /** As `use`, for as long as somebody likes. */
  async hold(pointId: PointId, volumeId: VolumeId, signal: AbortSignal): Promise<HeldVolume> {
    await using cleanup = new AsyncDisposableStack()
    const held = cleanup.use(await this.#hold(pointId, signal))
    const { volume, fileSystem } = await orAborted(held.point.volume(volumeId), signal)
    const owned = cleanup.move()
    return { volume, fileSystem, [Symbol.asyncDispose]: () => owned.disposeAsync() }
  }

  /**
   * As `use`, with a reader of its own that tells every range of a disk that it reads once it is open, also what is had from
   * the cache. What opening read is covered by the reader's `layout`.
   */
  async trace<T>(
    pointId: PointId,
    volumeId: VolumeId,
    onRead: OnDiskRead,
    signal: AbortSignal,
    work: (traced: TracedVolume) => Promise<T>,
  ): Promise<T> {
    await using held = await this.#hold(pointId, signal)
    return await held.point.trace(volumeId, onRead, signal, work)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort()
    for (const pointId of this.#points.keys()) this.#close(pointId)
    await Promise.all(this.#ending)
  }

  async #hold(pointId: PointId, signal: AbortSignal): Promise<AsyncDisposable & { readonly point: OpenedPoint }> {
    const entry = await this.#take(pointId)
    const release = async (): Promise<void> => {
      entry.users--
      entry.idleSince = this.#options.clock.elapsed()
      this.#makeRoom()
      void this.#closeIdle(pointId, entry)
    }
    try {
      return { point: await orAborted(entry.opening, signal), [Symbol.asyncDispose]: release }
    } catch (thrown) {
      await release()
      throw thrown
    }
  }

  /** Counts its caller as a user. A point that lost its repository is opened anew; those who hold it see their reads fail. */
  async #take(pointId: PointId): Promise<Entry> {
    this.#closing.signal.throwIfAborted()
    const known = this.#points.get(pointId)
    const isCurrent = await known?.opening.then(
      (point) => point.isCurrent,
      () => false,
    )
    const current = this.#points.get(pointId)
    const usable = isCurrent || current !== known ? current : undefined
    if (usable !== undefined) {
      usable.users++
      return usable
    }
    if (known !== undefined) this.#close(pointId)
    const opening = this.#open(pointId)
    const entry = { opening, users: 1, idleSince: this.#options.clock.elapsed() }
    this.#points.set(pointId, entry)
    opening.catch(() => {
      if (this.#points.get(pointId) === entry) this.#points.delete(pointId)
    })
    return entry
  }

  async #open(pointId: PointId): Promise<OpenedPoint> {
    const disks = await this.#options.openDisks(pointId, this.#closing.signal)
    return new OpenedPoint(this.#options.guests, disks, this.#closing.signal)
  }

  #makeRoom(): void {
    const idle = [...this.#points].filter(([, { users }]) => users === 0)
    const oldest = idle.toSorted(([, a], [, b]) => a.idleSince - b.idleSince)
    for (const [pointId] of oldest.slice(0, Math.max(0, this.#points.size - pointsKept))) this.#close(pointId)
  }

  async #closeIdle(pointId: PointId, entry: Entry): Promise<void> {
    const { clock } = this.#options
    const since = entry.idleSince
    await clock.sleep(idleMs, this.#closing.signal, true).catch(() => undefined)
    const isIdle = entry.users === 0 && entry.idleSince === since
    if (isIdle && this.#points.get(pointId) === entry) this.#close(pointId)
  }

  #close(pointId: PointId): void {
    const entry = this.#points.get(pointId)
    this.#points.delete(pointId)
    if (entry === undefined) return
    const ending = entry.opening.then((point) => point[Symbol.asyncDispose]()).catch(() => undefined)
    this.#ending.add(ending)
    void ending.finally(() => this.#ending.delete(ending))
  }
}
