import { mkdir, rmdir, stat } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import { syncFolder } from '../../base/durable-file.ts'
import type { Log } from '../../base/log.ts'
import { partialName, removeLeftovers } from '../../base/partial.ts'
import { run } from '../../base/run.ts'
import { FolderSink } from './folder-sink.ts'
import { canHold, HeldFolder } from './held-folder.ts'
import type { NameRules } from './names.ts'
import type { Report } from './report.ts'
import type { Sink } from './sink.ts'
import { asTarget } from './target-name.ts'

export type FolderWish = {
  /** Made where it is missing. */
  readonly folder: string
  readonly isShelf: boolean
  readonly report: Report
  readonly log: Log
  pass(wroteBytes: number): Promise<void>
  /** False keeps the way of systems without `/proc`. */
  readonly holds?: boolean
}

/**
 * What `take` brings, into a folder of this machine; answers the paths of what was chosen. Either everything that could be read
 * is there, under names that nothing had, and would survive a power cut, or nothing is. Fails with `target-failed`, `no-space`
 * and `target-exists`, and as `take` does.
 */
export async function toFolder(
  wish: FolderWish,
  take: (sink: Sink) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { folder, holds = canHold } = wish
  const made = await makeFolder(folder)
  try {
    await using target = await HeldFolder.open(folder, holds).catch(asThrown)
    return await fill(target, wish, take, signal)
  } catch (thrown) {
    // Refused unless it is empty.
    if (made) await rmdir(folder).catch(() => undefined)
    throw thrown
  }
}

async function fill(
  target: HeldFolder,
  { folder, isShelf, report, log, pass }: FolderWish,
  take: (sink: Sink) => Promise<void>,
  signal: AbortSignal,
): Promise<readonly string[]> {
  await removeLeftovers(folder).catch(asThrown)
  const settle = (): Promise<void> => writeOut(folder, signal)
  const options = {
    target,
    staging: partialName(),
    rules: rulesHere(isShelf),
    isShelf,
    report,
    log,
    signal,
    pass,
    settle,
  }
  await using sink = await FolderSink.create(options).catch(asThrown)
  await take(sink)
  const names = await sink.finish()
  syncFolder(folder)
  return names.map((name) => target.pathOf(name))
}

/** A shelf's paths travel as text. */
function rulesHere(isShelf: boolean): NameRules {
  if (process.platform === 'win32') return 'windows'
  return process.platform === 'linux' && !isShelf ? 'unix' : 'text'
}

/** Linux writes out a whole file system at once (sync(1) of coreutils); elsewhere each file is. */
async function writeOut(folder: string, signal: AbortSignal): Promise<void> {
  if (process.platform !== 'linux') return
  await run('sync', ['-f', '--', folder], {}, signal).catch((thrown: unknown) => {
    signal.throwIfAborted()
    throw new Failure('target-failed', `What was written could not be made to last: ${String(thrown)}`, {
      cause: thrown,
    })
  })
}

/** Answers whether there was none. */
async function makeFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() === false) throw new Failure('target-failed', `${folder} is not a folder`)
  return (await mkdir(folder, { recursive: true }).catch(asThrown)) !== undefined
}

function asThrown(thrown: unknown): never {
  throw asTarget(thrown)
}
