import { lstat, mkdir, rename, rm, rmdir, unlink } from 'node:fs/promises'
import { appear } from '../../base/partial.ts'
import { removeFolder } from './empty-folder.ts'
import { dressFolder, type FinishOptions, makeLink, replaced } from './folder-finish.ts'
import { type HeldFolder, isSame } from './held-folder.ts'
import { Numbers } from './numbers.ts'
import type { Met } from './sink.ts'
import { isCode, underFreeName } from './target-name.ts'

/** Something that was chosen, built under a name in the staging folder. */
type Top = { readonly met: Met; readonly name: string; readonly identity: HeldFolder['identity'] }

type Appeared = { readonly name: string; readonly isFolder: boolean; readonly identity: HeldFolder['identity'] }

type TopsOptions = FinishOptions & { readonly target: HeldFolder; readonly signal: AbortSignal }

/** What was chosen, on its way from the staging folder to its names in the target: all of it or nothing. */
export class Tops {
  readonly #options: TopsOptions
  readonly #staging: HeldFolder
  readonly #tops: Top[] = []
  readonly #numbers = new Numbers()
  readonly #appeared: Appeared[] = []

  constructor(options: TopsOptions, staging: HeldFolder) {
    this.#options = options
    this.#staging = staging
  }

  add(top: Top): void {
    this.#tops.push(top)
  }

  names(): readonly string[] {
    return this.#appeared.map(({ name }) => name)
  }

  async appear(): Promise<void> {
    const { target, rules, signal, report } = this.#options
    await target.check()
    for (const top of this.#tops) {
      signal.throwIfAborted()
      await target.guard()
      const { met } = top
      const isFolder = met.facts.kind === 'folder'
      const move = isFolder ? moveFolder : moveFile
      const { name } = await underFreeName(met, rules, this.#numbers, async (free) => {
        await move(this.#staging, top.name, target, free)
        this.#appeared.push({ name: free, isFolder, identity: top.identity })
      })
      if (isFolder) await this.#dress(top, name)
      else if (!isSame(await lstat(target.at(name)), top.identity)) throw replaced(met)
      report.named(met.path, met.name, name)
    }
  }

  /** Links that were chosen themselves. */
  async makeLinks(links: readonly Met[]): Promise<void> {
    const { target } = this.#options
    for (const link of links) {
      const name = await makeLink(target, this.#numbers, link, this.#options)
      if (name === undefined) continue
      const { dev, ino } = await lstat(target.at(name))
      this.#appeared.push({ name, isFolder: false, identity: { dev, ino } })
    }
  }

  /** Takes away again what has appeared, where it is still ours. */
  async undo(): Promise<void> {
    const { target } = this.#options
    for (const { name, isFolder, identity } of this.#appeared.splice(0).toReversed()) {
      // Somebody has put something else in its place: then it is not ours to take away.
      if (!(await isThere(target))) return
      if (isFolder) await removeFolder(target, name, identity).catch(() => undefined)
      else await removeFile(target, name, identity).catch(() => undefined)
    }
  }

  async #dress({ met, identity }: Top, name: string): Promise<void> {
    await using folder = await this.#options.target.folder(name)
    if (!isSame(folder.identity, identity)) throw replaced(met)
    await dressFolder(folder, met.facts, this.#options.isShelf)
  }
}

type Move = (from: HeldFolder, name: string, to: HeldFolder, free: string) => Promise<void>

const moveFile: Move = async (from, name, to, free) => {
  await appear(from.at(name), to.at(free))
  await rm(from.at(name), { force: true })
}

/**
 * A folder cannot be linked, and renaming replaces an empty one: so a new one takes the name first, exclusively. Where somebody
 * puts something in its place meanwhile, the name counts as taken. Windows never replaces a folder.
 */
const moveFolder: Move = async (from, name, to, free) => {
  if (process.platform === 'win32') {
    const isThere = (await lstat(to.at(free)).catch(() => undefined)) !== undefined
    if (isThere) throw taken
    return rename(from.at(name), to.at(free))
  }
  await mkdir(to.at(free), 0o700)
  try {
    await rename(from.at(name), to.at(free))
  } catch (thrown) {
    await rmdir(to.at(free)).catch(() => undefined)
    throw isCode(thrown, 'ENOTEMPTY', 'ENOTDIR') ? taken : thrown
  }
}

const taken = Object.assign(new Error('The name is taken'), { code: 'EEXIST' })

function isThere(folder: HeldFolder): Promise<boolean> {
  return folder.guard().then(
    () => true,
    () => false,
  )
}

async function removeFile(folder: HeldFolder, name: string, identity: HeldFolder['identity']): Promise<void> {
  if (isSame(await lstat(folder.at(name)), identity)) await unlink(folder.at(name))
}
