import type { FileReport } from '../../../../shared/files.ts'
import { type SentenceKey, sentence } from '../../../../shared/sentences.ts'
import { turnsText } from './names.ts'

const kept = 1000

type Noted = { count: number; readonly first: string }

/** What came of taking files out of a point, counted while it is done. */
export class Report {
  readonly #counts = { files: 0, folders: 0, links: 0, bytes: 0 }
  readonly #renamed: { readonly path: string; readonly as: string }[] = []
  readonly #skipped: { readonly path: string; readonly why: string }[] = []
  readonly #noted = new Map<SentenceKey, Noted>()

  add(count: 'files' | 'folders' | 'links' | 'bytes', more = 1): void {
    this.#counts[count] += more
  }

  /** `as`: the name that it has now; nothing is noted where it is its own. */
  named(path: string, name: string, as: string): void {
    if (turnsText(as)) this.#note('names-turn-text', path)
    if (name !== as && this.#renamed.length < kept) this.#renamed.push({ path, as })
  }

  skip(path: string, why: string): void {
    if (this.#skipped.length < kept) this.#skipped.push({ path, why })
  }

  leadsOut(path: string): void {
    this.#note('links-lead-out', path)
  }

  value(): FileReport {
    return { ...this.#counts, renamed: [...this.#renamed], skipped: [...this.#skipped] }
  }

  /** What else a person should know, in sentences. */
  warnings(): readonly string[] {
    return [...this.#noted].map(([key, { count, first }]) => sentence(key, { count: String(count), path: first }))
  }

  #note(key: SentenceKey, path: string): void {
    const noted = this.#noted.get(key)
    if (noted === undefined) this.#noted.set(key, { count: 1, first: path })
    else noted.count++
  }
}
