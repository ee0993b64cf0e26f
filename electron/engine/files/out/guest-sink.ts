import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import type { GuestFiles } from '../../hypervisor/hypervisor.ts'
import { ArchiveLinks } from './archive-links.ts'
import { type NameRules, safeName } from './names.ts'
import { Numbers } from './numbers.ts'
import { allPieces } from './pieces.ts'
import type { Report } from './report.ts'
import { isOfSource, type Met, type MetFile, permissionsOf, type Sink } from './sink.ts'
import { underFreeName } from './target-name.ts'
import type { Pass } from './write-file.ts'

export type GuestSinkOptions = {
  readonly guest: GuestFiles
  /** Absolute, of the guest. */
  readonly folder: string
  readonly report: Report
  readonly pass: Pass
  readonly signal: AbortSignal
}

type Level = { readonly path: string; readonly numbers: Numbers }

/**
 * Files and folders into a running machine, through its agent: one after the other, each whole or not at all. A folder that is
 * there takes what comes; a file's name that is taken gets a number. Names of one file become files of their own.
 */
export class GuestSink implements Sink {
  readonly #options: GuestSinkOptions
  readonly #rules: NameRules
  readonly #levels: Level[]
  readonly #links: ArchiveLinks

  constructor(options: GuestSinkOptions) {
    this.#options = options
    this.#rules = /^[a-z]:/iu.test(options.folder) ? 'windows' : 'text'
    this.#levels = [{ path: options.folder.replace(/(?<=.)[/\\]+$/u, ''), numbers: new Numbers() }]
    this.#links = new ArchiveLinks(options.report)
  }

  /** Makes the target itself where the agent can. */
  async begin(): Promise<void> {
    const { guest, signal, folder } = this.#options
    if (guest.hasFolders) await guest.makeFolder(folder, signal)
  }

  async enter(met: Met): Promise<boolean> {
    const { guest, report, signal } = this.#options
    if (!guest.hasFolders) {
      report.skip(met.path, 'The agent of the guest runs no programs, so it makes no folders')
      return false
    }
    const name = safeName(met.name, this.#rules)
    const path = this.#at(name)
    await guest.makeFolder(path, signal)
    report.named(met.path, met.name, name)
    report.add('folders')
    this.#levels.push({ path, numbers: new Numbers() })
    return true
  }

  async leave(): Promise<void> {
    this.#levels.pop()
  }

  async file(met: MetFile): Promise<void> {
    try {
      await using source = await met.open()
      await this.#write(met, source)
    } catch (thrown) {
      if (!isOfSource(thrown)) throw thrown
      this.#options.report.skip(met.path, thrown.message)
    }
  }

  async link(met: Met): Promise<void> {
    const { guest, report } = this.#options
    if (!guest.hasFolders) return report.skip(met.path, 'The agent of the guest runs no programs, so it makes no links')
    this.#links.add(met, this.#levels.length - 1, () => this.#level().path)
  }

  /** Links come last: nothing of ours is written through them. */
  async finish(): Promise<void> {
    const { guest, report, signal } = this.#options
    for (const { path, target, met } of this.#links.all()) {
      const { name } = await underFreeName(met, this.#rules, new Numbers(), (free) =>
        guest.createLink(join(path, free), target, signal).catch(asTaken),
      )
      report.named(met.path, met.name, name)
      report.add('links')
    }
  }

  async #write(met: MetFile, source: ReadableDisk): Promise<void> {
    const { guest, report, signal, pass } = this.#options
    const facts = { mode: permissionsOf(met.facts), modifiedAt: met.facts.modifiedAt }
    const { name, made } = await underFreeName(met, this.#rules, this.#level().numbers, (free) =>
      guest.createFile(this.#at(free), facts, signal).catch(asTaken),
    )
    await using file = made
    for await (const bytes of allPieces(source, { start: 0, end: source.sizeBytes }, signal)) {
      await file.write(bytes, signal)
      await pass(bytes.length)
    }
    await file.finish(signal)
    report.named(met.path, met.name, name)
    report.add('files')
    report.add('bytes', source.sizeBytes)
  }

  #level(): Level {
    const level = this.#levels.at(-1)
    if (level === undefined) throw new Failure('bug', 'A folder was left that was never entered')
    return level
  }

  #at(name: string): string {
    return join(this.#level().path, name)
  }
}

function join(folder: string, name: string): string {
  return folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`
}

function asTaken(thrown: unknown): never {
  if (!(thrown instanceof Failure) || thrown.code !== 'target-exists') throw thrown
  throw Object.assign(new Error(thrown.message), { code: 'EEXIST' })
}
