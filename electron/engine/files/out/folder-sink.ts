import { link, lstat, rmdir, unlink } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import type { Log } from '../../base/log.ts'
import { emptyFolder } from './empty-folder.ts'
import { type Deferred, dressFolder, makeLinks } from './folder-finish.ts'
import { descend, type HeldFolder, isSame } from './held-folder.ts'
import type { NameRules } from './names.ts'
import { Numbers } from './numbers.ts'
import type { Report } from './report.ts'
import { isOfSource, leadsOut, type Met, type MetFile, type Sink, targetOf } from './sink.ts'
import { asTarget, isCode, reasonToSkip, underFreeName } from './target-name.ts'
import { Tops } from './tops.ts'
import { createFile, dressFile, fillFile } from './write-file.ts'

export type FolderSinkOptions = {
  readonly target: HeldFolder
  /** A new folder in the target that only we enter; in it everything is built, and it goes with the sink. */
  readonly staging: string
  readonly rules: NameRules
  /** For a shelf: its owner can read all of it, and no link in it leads out. */
  readonly isShelf: boolean
  readonly report: Report
  readonly log: Log
  readonly signal: AbortSignal
  /** Awaited after each piece that was written. */
  pass(wroteBytes: number): Promise<void>
  /** Resolves when everything written so far would survive a power cut. */
  settle(): Promise<void>
}

type Level = {
  readonly folder: HeldFolder
  readonly met: Met
  readonly names: readonly string[]
  readonly numbers: Numbers
  readonly links: Met[]
  /** Something in it has still to be made: it must not be closed off. */
  isPending: boolean
}

type Written = { readonly names: readonly string[]; readonly name: string; readonly identity: HeldFolder['identity'] }

/** Each costs some hundred bytes until the end. */
const mostLinks = 1_000_000
const mostNodes = 500_000

/**
 * Files and folders into a folder of this machine, all of them or none. Everything is built in a hidden folder of our own that
 * others cannot enter, each folder held by a handle and each name made exclusively; links come last, when nothing can be written
 * through them any more; then what was chosen gets its names in the target, where nothing that exists is replaced.
 */
export class FolderSink implements Sink, AsyncDisposable {
  readonly #options: FolderSinkOptions
  readonly #staging: HeldFolder
  readonly #stack: Level[] = []
  readonly #numbers = new Numbers()
  readonly #nodes = new Map<string, Written>()
  readonly #deferred: Deferred[] = []
  readonly #links: Met[] = []
  readonly #tops: Tops
  #linkCount = 0

  private constructor(options: FolderSinkOptions, staging: HeldFolder) {
    this.#options = options
    this.#staging = staging
    this.#tops = new Tops(options, staging)
  }

  /** Throws the system's own error. */
  static async create(options: FolderSinkOptions): Promise<FolderSink> {
    return new FolderSink(options, await options.target.make(options.staging))
  }

  async enter(met: Met): Promise<boolean> {
    const parent = this.#stack.at(-1)
    const into = parent?.folder ?? this.#staging
    const { report, rules } = this.#options
    try {
      await into.check()
      const numbers = parent?.numbers ?? this.#numbers
      const { name, made } = await underFreeName(met, rules, numbers, (free) => into.make(free))
      if (parent !== undefined) report.named(met.path, met.name, name)
      else this.#tops.add({ met, name, identity: made.identity })
      const names = [...(parent?.names ?? []), name]
      this.#stack.push({ folder: made, met, names, numbers: new Numbers(), links: [], isPending: false })
      report.add('folders')
      return true
    } catch (thrown) {
      report.skip(met.path, reasonToSkip(thrown))
      return false
    }
  }

  async leave(): Promise<void> {
    const level = this.#stack.pop()
    if (level === undefined) throw new Failure('bug', 'A folder was left that was never entered')
    const parent = this.#stack.at(-1)
    await using folder = level.folder
    const { met, names, numbers, links } = level
    if (links.length > 0 || level.isPending) {
      this.#deferred.push({ names, identity: folder.identity, met, numbers, links })
      if (parent !== undefined) parent.isPending = true
    } else if (parent !== undefined) {
      await dressFolder(folder, met.facts, this.#options.isShelf).catch(asThrown)
    }
  }

  async file(met: MetFile): Promise<void> {
    const { report } = this.#options
    try {
      await this.#into().check()
      if (await this.#linkToWritten(met)) return
      await using source = await met.open()
      await this.#write(met, source)
    } catch (thrown) {
      report.skip(met.path, isOfSource(thrown) ? thrown.message : reasonToSkip(thrown))
    }
  }

  async link(met: Met): Promise<void> {
    const { report, isShelf } = this.#options
    const target = targetOf(met)
    if (target === undefined) return report.skip(met.path, 'A link without a target')
    if (leadsOut(target, this.#stack.length)) {
      if (isShelf) return report.skip(met.path, `A link that leads out of the shelf: ${target}`)
      report.leadsOut(met.path)
    }
    if (++this.#linkCount > mostLinks) return report.skip(met.path, `More than ${mostLinks} links`)
    const level = this.#stack.at(-1)
    if (level === undefined) this.#links.push(met)
    else level.links.push(met)
  }

  /** Everything appears under its name; answers the names. Fails as the target does, and then nothing of it stays. */
  async finish(): Promise<readonly string[]> {
    const { report, rules, isShelf, signal, target } = this.#options
    try {
      for (const deferred of this.#deferred) {
        signal.throwIfAborted()
        await makeLinks(this.#staging, deferred, { report, rules, isShelf })
      }
      await this.#options.settle()
      await this.#tops.appear()
      await this.#tops.makeLinks(this.#links)
      await target.guard()
      await rmdir(target.at(this.#options.staging))
      return this.#tops.names()
    } catch (thrown) {
      await this.#tops.undo()
      throw asTarget(thrown)
    }
  }

  /** Without `finish` nothing stays. What cannot be removed is told to the log: another reason is under way already. */
  async [Symbol.asyncDispose](): Promise<void> {
    const { log, staging } = this.#options
    for (const { folder } of this.#stack.toReversed()) {
      await emptyFolder(folder).catch((thrown) =>
        log.warn('A folder could not be emptied', { problem: String(thrown) }),
      )
      await folder[Symbol.asyncDispose]()
    }
    await this.#removeStaging().catch((thrown) => {
      log.warn('What was not finished could not be removed', { staging, problem: String(thrown) })
    })
    await this.#staging[Symbol.asyncDispose]()
  }

  async #removeStaging(): Promise<void> {
    const { target, staging } = this.#options
    await emptyFolder(this.#staging)
    await target.guard()
    await rmdir(target.at(staging)).catch((thrown) => {
      if (!isCode(thrown, 'ENOENT')) throw thrown
    })
  }

  #into(): HeldFolder {
    return this.#stack.at(-1)?.folder ?? this.#staging
  }

  async #write(met: MetFile, source: Parameters<typeof fillFile>[1]): Promise<void> {
    const { report, rules, pass, signal, isShelf } = this.#options
    const level = this.#stack.at(-1)
    const into = this.#into()
    const numbers = level?.numbers ?? this.#numbers
    const { name, made: file } = await underFreeName(met, rules, numbers, (free) => createFile(into.at(free)))
    try {
      await using _ = file
      await fillFile(file, source, pass, signal)
      await dressFile(file, met.facts, isShelf)
      this.#note(met, name, await file.stat())
      await into.check()
    } catch (thrown) {
      await into.guard()
      await unlink(into.at(name)).catch(() => undefined)
      throw thrown
    }
    if (level !== undefined) report.named(met.path, met.name, name)
    report.add('files')
    report.add('bytes', source.sizeBytes)
  }

  #note(met: MetFile, name: string, { dev, ino }: HeldFolder['identity']): void {
    const level = this.#stack.at(-1)
    if (level === undefined) this.#tops.add({ met, name, identity: { dev, ino } })
    if (met.node === undefined || this.#nodes.size >= mostNodes) return
    this.#nodes.set(met.node, { names: level?.names ?? [], name, identity: { dev, ino } })
  }

  /** False where there is no other name of it yet, or none that can be linked: then its bytes are written again. */
  async #linkToWritten(met: MetFile): Promise<boolean> {
    const known = met.node === undefined ? undefined : this.#nodes.get(met.node)
    if (known === undefined) return false
    const { rules, report } = this.#options
    const level = this.#stack.at(-1)
    const into = this.#into()
    try {
      await using from = await descend(this.#staging, known.names)
      const numbers = level?.numbers ?? this.#numbers
      const { name } = await underFreeName(met, rules, numbers, async (free) => {
        await link(from.at(known.name), into.at(free))
        if (isSame(await lstat(into.at(free)), known.identity)) return
        await unlink(into.at(free))
        throw new Failure('target-failed', 'Another file has the name')
      })
      if (level === undefined) this.#tops.add({ met, name, identity: known.identity })
      else report.named(met.path, met.name, name)
      report.add('files')
      return true
    } catch {
      return false
    }
  }
}

function asThrown(thrown: unknown): never {
  throw asTarget(thrown)
}
