import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import { idBytes } from '../chunk/chunk.ts'
import type { ChunkPool, OpenRequest } from '../chunk/pool.ts'
import { release } from '../chunk/transfer.ts'
import type { Store } from '../store/store.ts'
import { toHex } from './format/bytes.ts'
import { packPath } from './format/index.ts'
import type { RepositoryKeys } from './format/key.ts'
import { idsPerPage, type LoadPage } from './format/map.ts'
import { type Holdings, isDamage } from './holdings.ts'
import { Lru } from './lru.ts'
import { planRuns, type Run, type Stretch, type Wanted } from './runs.ts'

type ReaderOptions = {
  readonly store: Store
  readonly pool: ChunkPool
  readonly keys: RepositoryKeys
  readonly holdings: Holdings
}

/** An opened record. `bytes` is a view on what was opened together with it. */
export type Opened = { readonly chunks: readonly number[]; readonly bytes: Uint8Array }

const pagesKept = (16 * MiB) / (idsPerPage * idBytes)

/**
 * Reads and opens records. A pack that is missing or damaged is not relied on by new points any more; where the same chunk
 * lies in another pack too, it is taken from there. Failures: `object-missing` (no index that we could read names it),
 * `pack-missing`, `object-damaged`.
 */
export class Reader {
  readonly #options: ReaderOptions
  readonly #pages = new Lru<string, Uint8Array>(pagesKept)

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  want(id: Uint8Array, chunks: readonly number[]): Wanted {
    const place = this.#options.holdings.places.find(id)
    if (place === undefined) throw new Failure('object-missing', `No index that could be read names ${toHex(id)}`)
    return { id, place, chunks }
  }

  /** All records of a run, in any order. */
  open(run: Run, signal: AbortSignal): Promise<readonly Opened[]> {
    return this.#open(run, () => this.#read(run, signal), signal)
  }

  /** What opens each run of a stretch; the first that is called reads it. */
  openers(stretch: Stretch, signal: AbortSignal): readonly (() => Promise<readonly Opened[]>)[] {
    let reading: Promise<Uint8Array<ArrayBuffer>> | undefined
    let left = stretch.runs.length
    const part = async (run: Run): Promise<Uint8Array<ArrayBuffer>> => {
      reading ??= this.#read(stretch, signal)
      try {
        const sealed = await reading
        const own = sealed.slice(run.start - stretch.start, run.end - stretch.start)
        if (--left === 0) release(sealed)
        return own
      } catch (thrown) {
        // A pack that was cut off may still hold this run.
        if (!(thrown instanceof Failure) || thrown.code !== 'object-damaged') throw thrown
        return await this.#read(run, signal)
      }
    }
    const isOne = stretch.runs.length === 1
    return stretch.runs.map((run) => () => (isOne ? this.open(run, signal) : this.#open(run, () => part(run), signal)))
  }

  async #open(run: Run, read: () => Promise<Uint8Array<ArrayBuffer>>, signal: AbortSignal): Promise<readonly Opened[]> {
    try {
      return await this.#openWhole(run, await read(), signal)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
      this.distrust(run.pack)
      return this.#openElsewhere(run, thrown, signal)
    }
  }

  /** The next full read stores its chunks again. */
  distrust(pack: number): void {
    this.#options.holdings.distrust(pack)
  }

  /** Pages are kept for a while: the maps of points share most of theirs. */
  pages(signal: AbortSignal): LoadPage {
    return async (id) => {
      const key = toHex(id)
      const kept = this.#pages.get(key)
      if (kept !== undefined) return (await kept.catch(() => undefined)) ?? this.#page(key, id, signal)
      return this.#page(key, id, signal)
    }
  }

  #page(key: string, id: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const page = this.one(id, signal)
    this.#pages.set(key, page)
    return page
  }

  /** One record's plaintext. */
  async one(id: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    const [run] = planRuns([this.want(id, [0])])
    const [opened] = run === undefined ? [] : await this.open(run, signal)
    if (opened === undefined) throw new RangeError('one record answers one')
    return opened.bytes
  }

  async #openWhole(run: Run, sealed: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<readonly Opened[]> {
    const { holdings, keys, pool } = this.#options
    const { name, salt, epoch } = holdings.places.pack(run.pack)
    const requests = run.records.map(({ id, place }): OpenRequest => {
      const { ordinal, type, codec, rawBytes, storedBytes } = place
      return { salt, ordinal, id, type, codec, rawBytes, offset: place.offset - run.start, storedBytes }
    })
    const { bytes, damaged } = await pool.open(keys.at(epoch).chunks, sealed, requests, false, signal)
    const [first] = damaged
    if (first !== undefined) {
      const ordinal = run.records[first]?.place.ordinal
      throw new Failure('object-damaged', `Record ${ordinal} of ${packPath(name)} does not open`)
    }
    return slices(run, bytes)
  }

  async #read(
    { pack, start, end }: Pick<Run, 'pack' | 'start' | 'end'>,
    signal: AbortSignal,
  ): Promise<Uint8Array<ArrayBuffer>> {
    const path = packPath(this.#options.holdings.places.pack(pack).name)
    try {
      return await this.#options.store.getRange(path, start, end - start, signal)
    } catch (thrown) {
      if (!(thrown instanceof Failure) || thrown.code !== 'object-missing') throw thrown
      throw new Failure('pack-missing', `${path} is missing`, { cause: thrown })
    }
  }

  /** Fails with what was found first unless every record lies in another pack as well. */
  async #openElsewhere(run: Run, found: Failure, signal: AbortSignal): Promise<readonly Opened[]> {
    const others = run.records.map(({ id, chunks }) => this.want(id, chunks))
    if (others.some(({ place }) => this.#options.holdings.isFound(place.pack)))
      return this.#openOneByOne(run, found, signal)
    const opened: Opened[] = []
    for (const other of planRuns(others)) opened.push(...(await this.open(other, signal)))
    return opened
  }

  /** Only some of the run may be damaged, or only some may lie elsewhere. */
  async #openOneByOne(run: Run, found: Failure, signal: AbortSignal): Promise<readonly Opened[]> {
    if (run.records.length === 1) throw found
    const opened: Opened[] = []
    for (const record of run.records) {
      for (const single of planRuns([record])) opened.push(...(await this.open(single, signal)))
    }
    return opened
  }
}

function slices(run: Run, bytes: Uint8Array): readonly Opened[] {
  let at = 0
  return run.records.map(({ chunks, place }) => {
    at += place.rawBytes
    return { chunks, bytes: bytes.subarray(at - place.rawBytes, at) }
  })
}
