import { Failure } from '../../../../shared/failure.ts'
import { orAborted } from '../../base/or-aborted.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { Extents } from '../../disk/extents.ts'
import { needOnDisk } from '../../disk/range.ts'
import { type ClusterRun, clusterAt, type Heap, runsOf, type Start } from './chain.ts'

/** Runs that are kept of one open file: a file in more pieces is refused. */
const mostRuns = 1_000_000

/**
 * The bytes of a file. Its chain is followed only as far as it is read. `validBytes` are what was ever written; what lies behind
 * them reads as zeroes, whatever its clusters hold.
 */
export function chainDisk(heap: Heap, start: Start, sizeBytes: number, validBytes = sizeBytes): ReadableDisk {
  const clusters = Math.ceil(sizeBytes / heap.clusterBytes)
  if (clusters > heap.clusters || validBytes > sizeBytes) {
    throw new Failure('file-system-damaged', `A file of ${sizeBytes} bytes is longer than its volume`)
  }
  return new ChainDisk(heap, start, sizeBytes, validBytes)
}

type Known = ClusterRun & { readonly first: number }

class ChainDisk implements ReadableDisk {
  readonly sizeBytes: number
  readonly #heap: Heap
  readonly #validBytes: number
  readonly #known: Known[] = []
  readonly #closed = new AbortController()
  readonly #more: AsyncGenerator<ClusterRun>
  #growing: Promise<void> | undefined

  constructor(heap: Heap, start: Start, sizeBytes: number, validBytes: number) {
    this.#heap = heap
    this.sizeBytes = sizeBytes
    this.#validBytes = validBytes
    this.#more = runsOf(heap, start, Math.ceil(sizeBytes / heap.clusterBytes), this.#closed.signal)
  }

  async read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    needOnDisk(this.sizeBytes, offset, into.length)
    const written = Math.max(0, Math.min(into.length, this.#validBytes - offset))
    into.fill(0, written)
    for (let done = 0; done < written; ) {
      const { at, lengthBytes } = await this.#runAt(offset + done, signal)
      const part = into.subarray(done, Math.min(written, done + lengthBytes))
      await this.#heap.disk.read(at, part, signal)
      done += part.length
    }
  }

  async allocated(): Promise<Extents> {
    return this.#validBytes === 0 ? [] : [{ start: 0, end: this.#validBytes }]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort()
    this.#known.length = 0
  }

  async #runAt(offset: number, signal: AbortSignal): Promise<{ readonly at: number; readonly lengthBytes: number }> {
    const { clusterBytes } = this.#heap
    const cluster = Math.floor(offset / clusterBytes)
    while (cluster >= this.#clusters()) await orAborted(this.#grow(), signal)
    const run = runHolding(this.#known, cluster)
    const within = offset - run.first * clusterBytes
    return { at: clusterAt(this.#heap, run.cluster) + within, lengthBytes: run.count * clusterBytes - within }
  }

  #clusters(): number {
    const last = this.#known.at(-1)
    return last === undefined ? 0 : last.first + last.count
  }

  /** Whoever wants more of the chain waits for the same step. */
  #grow(): Promise<void> {
    this.#growing ??= this.#step().finally(() => {
      this.#growing = undefined
    })
    return this.#growing
  }

  async #step(): Promise<void> {
    this.#closed.signal.throwIfAborted()
    if (this.#known.length >= mostRuns) {
      throw new Failure('volume-unsupported', `A file lies in more than ${mostRuns} pieces`)
    }
    const { value } = await this.#more.next()
    if (value === undefined) throw new Failure('file-system-damaged', 'A file is longer than its chain of clusters')
    this.#known.push({ ...value, first: this.#clusters() })
  }
}

function runHolding(known: readonly Known[], cluster: number): Known {
  let [low, high] = [0, known.length - 1]
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((known[middle]?.first ?? 0) <= cluster) low = middle
    else high = middle - 1
  }
  const run = known[low]
  if (run === undefined) throw new RangeError(`cluster ${cluster} was not looked for`)
  return run
}
