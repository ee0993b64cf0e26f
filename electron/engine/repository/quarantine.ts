import { Failure } from '../../../shared/failure.ts'
import { appendEntry } from './append.ts'
import type { Parts } from './parts.ts'
import { whyReadOnly } from './read-only.ts'

/** One ledger entry names this many packs: a store that lost everything must not make an entry for each. */
const packsPerEntry = 256

/**
 * Packs that were found bad: no new point relies on them, here at once and, by a ledger entry, wherever else the repository
 * is open (I11). The entry is made as well as can be: where it cannot be written, the report says the same, and whoever
 * reads the pack the next time finds it again.
 */
export class Quarantine implements AsyncDisposable {
  readonly #parts: Parts
  #packs: string[] = []

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async add(number: number, signal: AbortSignal): Promise<void> {
    const { holdings } = this.#parts
    holdings.distrust(number)
    this.#packs.push(holdings.places.pack(number).name)
    if (this.#packs.length >= packsPerEntry) await this.flush(signal)
  }

  async flush(signal: AbortSignal): Promise<void> {
    const { ledger, turns } = this.#parts
    const packs = this.#packs.filter((pack) => !ledger.state.bad.has(pack))
    this.#packs = []
    if (packs.length === 0 || whyReadOnly(this.#parts) !== undefined) return
    try {
      await turns.run(() => appendEntry(this.#parts, () => ({ kind: 'bad', packs }), signal))
    } catch (thrown) {
      if (!(thrown instanceof Failure)) throw thrown
    }
  }

  /** What was found before the work was cut off is kept. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.flush(new AbortController().signal)
  }
}
