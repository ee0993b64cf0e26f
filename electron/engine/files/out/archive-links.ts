import type { Report } from './report.ts'
import { leadsOut, type Met, targetOf } from './sink.ts'

export type ArchiveLink = { readonly path: string; readonly target: string; readonly met: Met }

/** Each costs some hundred bytes until the end. */
const mostLinks = 1_000_000

/** Links wait until all else is in the archive: whoever takes it apart, however carelessly, writes nothing through them. */
export class ArchiveLinks {
  readonly #report: Report
  readonly #links: ArchiveLink[] = []

  constructor(report: Report) {
    this.#report = report
  }

  /** `path` is asked for only where the link is taken. */
  add(met: Met, depth: number, path: () => string): void {
    const target = targetOf(met)
    if (target === undefined) this.#report.skip(met.path, 'A link without a target')
    else if (this.#links.length >= mostLinks) this.#report.skip(met.path, `More than ${mostLinks} links`)
    else {
      if (leadsOut(target, depth)) this.#report.leadsOut(met.path)
      this.#links.push({ path: path(), target, met })
    }
  }

  all(): readonly ArchiveLink[] {
    return this.#links
  }
}
