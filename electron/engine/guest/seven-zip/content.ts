import { Failure } from '../../../../shared/failure.ts'
import { orAborted } from '../../base/or-aborted.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { Extents } from '../../disk/extents.ts'
import { needOnDisk } from '../../disk/range.ts'
import type { Exit } from './errand.ts'
import { newSpool, type Spool } from './spool.ts'

/** Runs 7-Zip on one file: its bytes in order. */
export type Extract = (take: (bytes: Uint8Array) => Promise<void> | void, signal: AbortSignal) => Promise<Exit>

/**
 * The content of one file. 7-Zip can only unpack a file from its beginning: with the first read that starts, and what has come is
 * kept until this is disposed. A read waits for its bytes; one of the last byte also for the whole to have come to a good end.
 */
export class Content implements ReadableDisk {
  readonly sizeBytes: number
  readonly #extract: Extract
  readonly #over = new AbortController()
  #spooling: Promise<Spool> | undefined
  #come = 0
  #isWhole = false
  #failure: unknown
  /** Reads that wait for more. */
  #news = Promise.withResolvers<void>()
  #work: Promise<void> = Promise.resolve()

  constructor(sizeBytes: number, extract: Extract) {
    this.sizeBytes = sizeBytes
    this.#extract = extract
  }

  async read(offset: number, into: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    needOnDisk(this.sizeBytes, offset, into.length)
    if (into.length === 0) return
    const spool = await orAborted(this.#begin(), signal)
    const end = offset + into.length
    while (!this.#isWhole && (this.#come < end || end === this.sizeBytes)) {
      if (this.#failure !== undefined) throw this.#failure
      await orAborted(this.#news.promise, signal)
    }
    await spool.read(offset, into)
  }

  async allocated(): Promise<Extents> {
    return this.sizeBytes === 0 ? [] : [{ start: 0, end: this.sizeBytes }]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over.abort(new Failure('cancelled', 'The file was closed'))
    await this.#work
    await (await this.#spooling?.catch(() => undefined))?.[Symbol.asyncDispose]()
  }

  #begin(): Promise<Spool> {
    if (this.#spooling !== undefined) return this.#spooling
    this.#spooling = newSpool(this.sizeBytes)
    this.#work = this.#spooling.then((spool) => this.#fill(spool)).catch((thrown) => this.#tell({ failure: thrown }))
    return this.#spooling
  }

  async #fill(spool: Spool): Promise<void> {
    const take = async (bytes: Uint8Array): Promise<void> => {
      if (this.#come + bytes.length > this.sizeBytes) throw damaged(`more than its ${this.sizeBytes} bytes came out`)
      await spool.append(bytes)
      this.#come += bytes.length
      this.#tell({})
    }
    const { exitCode, told } = await this.#extract(take, this.#over.signal)
    if (exitCode !== 0) throw damaged(told.trim() || `it ended with ${exitCode}`)
    if (this.#come !== this.sizeBytes) throw damaged(`${this.#come} of its ${this.sizeBytes} bytes came out`)
    this.#tell({ whole: true })
  }

  #tell({ whole = false, failure }: { readonly whole?: boolean; readonly failure?: unknown }): void {
    this.#isWhole = whole
    this.#failure = failure
    this.#news.resolve()
    this.#news = Promise.withResolvers()
  }
}

function damaged(why: string): Failure {
  return new Failure('file-system-damaged', `7-Zip does not unpack it: ${why}`)
}
