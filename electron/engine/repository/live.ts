import { Failure } from '../../../shared/failure.ts'
import { forEachParallel } from '../base/parallel.ts'
import { idBytes } from '../chunk/chunk.ts'
import { fromHex, toHex } from './format/bytes.ts'
import { type Manifest, manifestPath } from './format/manifest.ts'
import { idAt, idsPerPage, isZeroId, loadIds, type MapShape, shapeOf } from './format/map.ts'
import type { LedgerPoint } from './ledger-state.ts'
import { LiveRecords } from './live-records.ts'
import type { Parts } from './parts.ts'
import { planRuns } from './runs.ts'

/** A page that is needed and was not looked into. */
type Page = { readonly shape: MapShape; readonly level: number; readonly page: number; readonly id: Uint8Array }

/** Told of pages that were looked into, in bytes, points sharing a page counted once each. */
export type OnWalked = (bytes: number) => Promise<void> | void

const manifestsAtOnce = 256
const manifestReads = 16
const pagesAtOnce = 512
const runsAtOnce = 8

/**
 * What the points of the ledger need, those in the trash too: from the ledger, the manifests and the maps alone (I8). A page
 * that points share is looked into once: that it is known to be needed says that it was. Memory is a bit a record, and the
 * pages that wait to be looked into.
 *
 * Failures: `object-damaged`, `object-missing`, `pack-missing` when a manifest or a page cannot be read, or when no index that
 * could be read names something that is needed. Then nothing can be told, and the object is of no use any more. An index that
 * is lost stops nothing as long as all that is needed lies in packs that are known.
 */
export class Liveness {
  readonly #parts: Parts
  readonly records: LiveRecords
  /** The entry up to which points were walked. */
  #upTo = 0

  constructor(parts: Parts) {
    this.#parts = parts
    this.records = new LiveRecords(parts.holdings)
  }

  /** Whether a point up to the last `extend` needs a record of the pack. `pack` is its number. */
  needs(pack: number): boolean {
    return this.records.countOf(pack) > 0
  }

  /** Adds the points that came to the ledger since the last time. */
  async extend(onWalked: OnWalked, signal: AbortSignal): Promise<void> {
    const { ledger, plants } = this.#parts
    const upTo = ledger.head.number
    if (upTo === this.#upTo) return
    const fresh = [...ledger.state.points.values()].filter(({ number }) => number > this.#upTo)
    const points = plants.has('list-as-truth') ? await listed(this.#parts, fresh, signal) : fresh
    this.#upTo = Number.NaN
    this.records.open()
    for (let at = 0; at < points.length; at += manifestsAtOnce) {
      await this.#addPoints(points.slice(at, at + manifestsAtOnce), onWalked, signal)
    }
    this.records.close()
    this.#upTo = upTo
  }

  async #addPoints(points: readonly LedgerPoint[], onWalked: OnWalked, signal: AbortSignal): Promise<void> {
    const pages: Page[] = []
    let bytes = 0
    await forEachParallel(points, manifestReads, async ({ id }) => {
      const manifest = await this.#parts.points.manifest(id, signal)
      pages.push(...this.#roots(manifest))
      bytes += mapBytesOf(manifest.disks, this.#parts.config.chunkBytes)
    })
    await this.#walk(pages, signal)
    await onWalked(bytes)
  }

  #roots({ attachments, disks }: Manifest): readonly Page[] {
    for (const id of attachments.flatMap(({ chunks }) => chunks)) this.#mark(fromHex(id))
    return disks.flatMap(({ mapRoot, sizeBytes }) => {
      const shape = shapeOf(sizeBytes, this.#parts.config.chunkBytes)
      const id = fromHex(mapRoot)
      return this.#mark(id) ? [{ shape, level: shape.depth, page: 0, id }] : []
    })
  }

  async #walk(pages: Page[], signal: AbortSignal): Promise<void> {
    const { reader } = this.#parts
    for (let batch = pages.splice(-pagesAtOnce); batch.length > 0; batch = pages.splice(-pagesAtOnce)) {
      const wanted = batch.map(({ id }, at) => reader.want(id, [at]))
      await forEachParallel(planRuns(wanted), runsAtOnce, async (run) => {
        for (const { chunks, bytes } of await reader.open(run, signal)) {
          for (const page of chunks.flatMap((at) => batch[at] ?? [])) pages.push(...(await this.#below(page, bytes)))
        }
      })
    }
  }

  /** Pages below this one that nobody has looked into. */
  async #below({ shape, level, page, id }: Page, bytes: Uint8Array): Promise<readonly Page[]> {
    const ids = await loadIds(shape, level, page, id, async () => bytes)
    const below: Page[] = []
    for (let at = 0; at < ids.length / idBytes; at++) {
      const child = idAt(ids, at)
      if (!this.#mark(child) || level === 1) continue
      below.push({ shape, level: level - 1, page: page * idsPerPage + at, id: Uint8Array.from(child) })
    }
    return below
  }

  /** True when it was not known to be needed. */
  #mark(id: Uint8Array): boolean {
    if (isZeroId(id)) return false
    const isNew = this.records.mark(id)
    if (isNew !== undefined) return isNew
    throw new Failure('object-missing', `A point needs ${toHex(id)}, and no index names it`)
  }
}

/** Of all points that can be shown. */
export function totalMapBytes({ config, points }: Parts): number {
  return points.points.reduce((sum, { disks }) => sum + mapBytesOf(disks, config.chunkBytes), 0)
}

/** How much of maps disks of this size have, all told. */
function mapBytesOf(disks: readonly { readonly sizeBytes: number }[], chunkBytes: number): number {
  return disks.reduce((sum, { sizeBytes }) => sum + Math.ceil(sizeBytes / chunkBytes) * idBytes, 0)
}

/** What it would be to take a listing for the truth. */
async function listed(
  { store }: Parts,
  points: readonly LedgerPoint[],
  signal: AbortSignal,
): Promise<readonly LedgerPoint[]> {
  const paths = new Set<string>()
  for await (const { name } of store.list(manifestPath(''), signal)) paths.add(name)
  return points.filter(({ manifest }) => paths.has(manifestPath(manifest)))
}
