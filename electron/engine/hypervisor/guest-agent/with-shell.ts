import { randomBytes } from 'node:crypto'
import { Failure } from '../../../../shared/failure.ts'
import type { GuestFile, GuestFileFacts } from '../hypervisor.ts'
import { type AskAgent, needTellable } from './agent.ts'
import { Handle } from './handle.ts'
import type { RunScript } from './shell.ts'

/** What scripts of ours end with where a name is taken. */
const taken = 17
const refuseTaken = `if [ -e "$1" ] || [ -L "$1" ]; then exit ${taken}; fi`

/** `set -C` makes `>` create a file or fail (POSIX.1-2024, 2.7.2): nothing is followed, nothing written over. */
const begin = `${refuseTaken}; umask 077; set -C; : > "$2"`

/**
 * A hard link is the one way of giving a name that never takes another's; where a file system has none, `mv -n`. A `touch` that
 * knows no fractions gets whole seconds.
 */
const finish = `
if [ -n "$3" ]; then chmod "$3" "$2" || exit 1; else chmod 644 "$2" || exit 1; fi
if [ -n "$4" ]; then touch -d "@$4" "$2" 2>/dev/null || touch -d "@\${4%.*}" "$2" || :; fi
${refuseTaken}
if ln "$2" "$1" 2>/dev/null; then rm -f "$2"; exit; fi
mv -n "$2" "$1" || exit 1
if [ -e "$2" ]; then exit ${taken}; fi`

/** With the folders above it. */
export async function makeFolder(run: RunScript, path: string, signal: AbortSignal): Promise<void> {
  await needDone(run, 'mkdir -p "$1"', [needTellable(path)], signal)
}

export async function createLink(run: RunScript, path: string, target: string, signal: AbortSignal): Promise<void> {
  await needDone(run, `${refuseTaken}; ln -s -- "$2" "$1"`, [needTellable(path), needTellable(target)], signal)
}

/** The bytes go to a hidden file beside it until they are whole. */
export async function createFile(
  ask: AskAgent,
  run: RunScript,
  path: string,
  facts: GuestFileFacts,
  signal: AbortSignal,
): Promise<GuestFile> {
  const folder = needTellable(path).slice(0, path.lastIndexOf('/') + 1)
  const partial = `${folder}.stillpoint-${randomBytes(8).toString('hex')}.partial`
  await needDone(run, begin, [path, partial], signal)
  try {
    return new PartialFile(await Handle.open(ask, partial, 'r+', signal), run, { path, partial, facts })
  } catch (thrown) {
    await remove(run, partial)
    throw thrown
  }
}

type Names = { readonly path: string; readonly partial: string; readonly facts: GuestFileFacts }

class PartialFile implements GuestFile {
  readonly #handle: Handle
  readonly #run: RunScript
  readonly #names: Names
  #isOpen = true
  #isFinished = false

  constructor(handle: Handle, run: RunScript, names: Names) {
    this.#handle = handle
    this.#run = run
    this.#names = names
  }

  write(bytes: Uint8Array, signal: AbortSignal): Promise<void> {
    return this.#handle.write(bytes, signal)
  }

  async finish(signal: AbortSignal): Promise<void> {
    const { path, partial, facts } = this.#names
    await this.#handle.flush(signal)
    await this.#handle.close(signal)
    this.#isOpen = false
    await needDone(this.#run, finish, [path, partial, modeOf(facts.mode), secondsOf(facts.modifiedAt)], signal)
    this.#isFinished = true
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isFinished) return
    if (this.#isOpen) await this.#handle.close(AbortSignal.timeout(lastWordMs)).catch(() => undefined)
    await remove(this.#run, this.#names.partial)
  }
}

const lastWordMs = 10_000

/** Nobody can be told when this fails: the file is hidden, and its name says whose it is. */
async function remove(run: RunScript, partial: string): Promise<void> {
  await run('rm -f "$1"', [partial], AbortSignal.timeout(lastWordMs)).catch(() => undefined)
}

function modeOf(mode: number | undefined): string {
  return mode === undefined ? '' : (mode & 0o777).toString(8)
}

/** A decimal number of seconds, which is how `touch` reads it before 1970 too. */
function secondsOf(time: bigint | undefined): string {
  if (time === undefined) return ''
  const [sign, away] = time < 0n ? ['-', -time] : ['', time]
  return `${sign}${away / billion}.${String(away % billion).padStart(9, '0')}`
}

const billion = 1_000_000_000n

async function needDone(run: RunScript, script: string, words: readonly string[], signal: AbortSignal): Promise<void> {
  const { exitCode, said } = await run(script, words, signal)
  if (exitCode === 0) return
  if (exitCode === taken) throw new Failure('target-exists', `The guest has ${words[0]} already`)
  throw new Failure('guest-refused', `${words[0]}: ${said || `the guest's shell ended with ${exitCode}`}`)
}
