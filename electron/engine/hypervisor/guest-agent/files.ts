import { Failure, isAbort } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { GuestFiles } from '../hypervisor.ts'
import { type AskAgent, readCommands } from './agent.ts'
import { createInPlace } from './plain.ts'
import { type RunScript, shellOf } from './shell.ts'
import { createFile, createLink, makeFolder } from './with-shell.ts'

const needed = ['guest-file-open', 'guest-file-write', 'guest-file-flush', 'guest-file-seek', 'guest-file-close']
const neededForShell = ['guest-exec', 'guest-exec-status']

/** The files of a guest by its agent; disposing leaves the agent to whoever asks it. Fails with `guest-refused`. */
export async function guestFiles(ask: AskAgent, clock: Clock, signal: AbortSignal): Promise<GuestFiles> {
  const commands = await readCommands(ask, signal)
  const missing = needed.filter((name) => !commands.has(name))
  if (missing.length > 0)
    throw new Failure('guest-refused', `The guest's agent does not allow ${missing.join(', ')}: no file can be written`)
  const run = await shellIn(ask, clock, commands, signal)
  return run === undefined ? withoutShell(ask) : withShell(ask, run)
}

/** Undefined where the agent may run nothing, or where there is no `/bin/sh` (Windows). */
async function shellIn(
  ask: AskAgent,
  clock: Clock,
  commands: ReadonlySet<string>,
  signal: AbortSignal,
): Promise<RunScript | undefined> {
  if (!neededForShell.every((name) => commands.has(name))) return undefined
  const run = shellOf(ask, clock)
  try {
    return (await run(':', [], signal)).exitCode === 0 ? run : undefined
  } catch (thrown) {
    if (isAbort(thrown) || !(thrown instanceof Failure) || thrown.code !== 'guest-refused') throw thrown
    return undefined
  }
}

function withShell(ask: AskAgent, run: RunScript): GuestFiles {
  return {
    hasFolders: true,
    makeFolder: (path, signal) => makeFolder(run, path, signal),
    createFile: (path, facts, signal) => createFile(ask, run, path, facts, signal),
    createLink: (path, target, signal) => createLink(run, path, target, signal),
    async [Symbol.asyncDispose]() {},
  }
}

function withoutShell(ask: AskAgent): GuestFiles {
  const refuse = async (path: string): Promise<never> => {
    throw new Failure('guest-refused', `${path} cannot be made: the guest's agent does not run a shell (guest-exec)`)
  }
  return {
    hasFolders: false,
    makeFolder: refuse,
    createFile: (path, _, signal) => createInPlace(ask, path, signal),
    createLink: refuse,
    async [Symbol.asyncDispose]() {},
  }
}
