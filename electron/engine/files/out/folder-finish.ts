import { lutimes, symlink } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import type { FileFacts } from '../../guest/guest.ts'
import { nameToBytes } from '../../guest/names.ts'
import { descend, type HeldFolder, isSame } from './held-folder.ts'
import type { NameRules } from './names.ts'
import type { Numbers } from './numbers.ts'
import type { Report } from './report.ts'
import { type Met, permissionsOf } from './sink.ts'
import { isCode, reasonToSkip, underFreeName } from './target-name.ts'
import { timeOf } from './write-file.ts'

/** A folder that waits for its links, or for those further down; in the order in which folders were left. */
export type Deferred = {
  /** From the staging folder down. */
  readonly names: readonly string[]
  readonly identity: HeldFolder['identity']
  readonly met: Met
  readonly numbers: Numbers
  readonly links: readonly Met[]
}

export type FinishOptions = { readonly report: Report; readonly rules: NameRules; readonly isShelf: boolean }

/** Makes the links of one folder and closes it off, but for what was chosen itself: that still moves. */
export async function makeLinks(staging: HeldFolder, deferred: Deferred, options: FinishOptions): Promise<void> {
  const { names, identity, met, numbers, links } = deferred
  await using folder = await descend(staging, names)
  if (!isSame(folder.identity, identity)) throw replaced(met)
  for (const link of links) await makeLink(folder, numbers, link, options)
  if (names.length > 1) await dressFolder(folder, met.facts, options.isShelf)
}

/** Answers its name; undefined where it was left out. */
export async function makeLink(
  folder: HeldFolder,
  numbers: Numbers,
  met: Met,
  { report, rules }: FinishOptions,
): Promise<string | undefined> {
  const target = Buffer.from(nameToBytes(met.facts.target ?? ''))
  try {
    await folder.guard()
    const { name } = await underFreeName(met, rules, numbers, (free) => symlink(target, folder.at(free)))
    const time = timeOf(met.facts.modifiedAt)
    if (time !== undefined) await lutimes(folder.at(name), time, time)
    report.named(met.path, met.name, name)
    report.add('links')
    return name
  } catch (thrown) {
    report.skip(met.path, isCode(thrown, 'EPERM') ? 'The target takes no links' : reasonToSkip(thrown))
    return undefined
  }
}

/** Permissions last: they may keep us out. */
export async function dressFolder(folder: HeldFolder, facts: FileFacts, isForOwner: boolean): Promise<void> {
  const time = timeOf(facts.modifiedAt)
  if (time !== undefined) await folder.setTimes(time)
  const mode = permissionsOf(facts) ?? 0o755
  await folder.setMode(isForOwner ? mode | 0o700 : mode)
}

export function replaced({ path }: Met): Failure {
  return new Failure('target-failed', `What was written of ${path} was replaced by somebody else`)
}
