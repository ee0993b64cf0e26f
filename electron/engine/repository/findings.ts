import type { VerifyReport } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import type { RecordPlace } from '../chunk/chunk.ts'

/** What a verification has read and found wrong so far. */
export class Findings {
  points = 0
  objects = 0
  chunks = 0
  /** Of packs. */
  bytesRead = 0
  readonly #damaged = new Map<string, { readonly problem: string; readonly points: Set<PointId> }>()
  /** By their numbers. */
  readonly #badPacks = new Map<number, string>()
  readonly #unneeded: { readonly object: string; readonly problem: string }[] = []
  /** By the pack's number. */
  readonly #badRecords = new Map<number, { readonly object: string; readonly ordinals: Set<number> | 'all' }>()

  damaged(object: string, problem: string, points: Iterable<PointId> = []): void {
    const known = this.#damaged.get(object) ?? { problem, points: new Set<PointId>() }
    for (const point of points) known.points.add(point)
    this.#damaged.set(object, known)
  }

  /** Nothing in this pack can be had, because of `object`. */
  badPack(pack: number, object: string): void {
    this.#badRecords.set(pack, { object, ordinals: 'all' })
  }

  badRecord(pack: number, ordinal: number, object: string): void {
    const known = this.#badRecords.get(pack) ?? { object, ordinals: new Set<number>() }
    if (known.ordinals !== 'all') known.ordinals.add(ordinal)
    this.#badRecords.set(pack, known)
  }

  /** Packs that were read and are not whole, by their numbers. */
  get badPacks(): ReadonlySet<number> {
    return new Set(this.#badPacks.keys())
  }

  /** A pack that is not whole, as it was told to be. */
  foundBad(pack: number, object: string, problem: string): void {
    this.damaged(object, problem)
    this.#badPacks.set(pack, object)
  }

  /** Of bad packs that turned out to be needed by no point: they are no damage. */
  passOver(pack: number): void {
    const object = this.#badPacks.get(pack)
    const known = object === undefined ? undefined : this.#damaged.get(object)
    if (object === undefined || known === undefined) return
    this.#damaged.delete(object)
    this.#unneeded.push({ object, problem: known.problem })
  }

  /** The damaged object because of which this record cannot be had. */
  blame({ pack, ordinal }: RecordPlace): string | undefined {
    const known = this.#badRecords.get(pack)
    return known?.ordinals === 'all' || known?.ordinals.has(ordinal) === true ? known?.object : undefined
  }

  report(): VerifyReport {
    const { points, objects, chunks, bytesRead } = this
    const damaged = [...this.#damaged].map(([object, { problem, points }]) => ({
      object,
      problem,
      points: [...points],
    }))
    const unneeded = this.#unneeded.length === 0 ? {} : { unneeded: [...this.#unneeded] }
    return { points, objects, chunks, bytesRead, damaged, ...unneeded }
  }
}
