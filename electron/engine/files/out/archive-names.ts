import { type NameRules, numbered, safeName } from './names.ts'
import { Numbers } from './numbers.ts'
import type { Report } from './report.ts'
import type { Met } from './sink.ts'

type Level = { readonly prefix: string; readonly taken: Set<string>; readonly numbers: Numbers }

/** The names in an archive: relative, without anything that climbs, each only once. */
export class ArchiveNames {
  readonly #rules: NameRules
  readonly #report: Report
  readonly #levels: Level[] = [levelOf('')]

  constructor(rules: NameRules, report: Report) {
    this.#rules = rules
    this.#report = report
  }

  /** How many folders lie around what is named next. */
  get depth(): number {
    return this.#levels.length - 1
  }

  /** The whole path of an entry of the folder that was entered last. */
  take({ path, name, facts }: Met): string {
    const level = this.#levels.at(-1) ?? levelOf('')
    const safe = safeName(name, this.#rules)
    for (let count = level.numbers.next(safe); ; count++) {
      const tried = numbered(safe, count, facts.kind === 'folder', this.#rules)
      const key = this.#rules === 'windows' ? tried.toLowerCase() : tried
      if (count > 1 || level.taken.has(key)) level.numbers.tried(safe, count)
      if (level.taken.has(key)) continue
      level.taken.add(key)
      this.#report.named(path, name, tried)
      return level.prefix + tried
    }
  }

  enter(path: string): void {
    this.#levels.push(levelOf(`${path}/`))
  }

  leave(): void {
    this.#levels.pop()
  }
}

function levelOf(prefix: string): Level {
  return { prefix, taken: new Set(), numbers: new Numbers() }
}
