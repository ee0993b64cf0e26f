import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { access, constants } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { Failure } from '../../../shared/failure.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { systemClock } from './clock.ts'

/** More output than this is no answer but an accident. */
const outputLimitBytes = 16 * MiB
const tailLength = 4 * KiB
const stopMs = 5_000

export type Exit = { readonly exitCode: number | undefined; readonly signal: string | undefined }

/** A program that was started and did not end well. */
export class RunError extends Error {
  readonly program: string
  /** Undefined when a signal ended it. */
  readonly exitCode: number | undefined
  /** The end of what it wrote to stderr. */
  readonly stderr: string

  constructor(program: string, exit: Exit, stderr: string) {
    super(`${program} ended with ${exit.exitCode ?? exit.signal}: ${stderr.trim() || 'it said nothing'}`)
    this.name = 'RunError'
    this.program = program
    this.exitCode = exit.exitCode
    this.stderr = stderr
  }
}

/** A program under way. Disposing asks it to end (SIGTERM), then ends it (SIGKILL), and resolves when it is gone. */
export type Child = AsyncDisposable & {
  readonly pid: number
  /** Resolves when the program is gone; never rejects. */
  readonly exited: Promise<Exit>
  /** The end of what it has written to stderr so far. */
  stderr(): string
}

/**
 * Runs a program to its end. Arguments reach it as they are, no shell sees them; where one could be taken for an option, the
 * caller writes `--` first. Fails with `tool-missing`, with `RunError` when it ends otherwise than with 0 or says more than
 * 16 MiB, and by the signal.
 */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly input?: string | Uint8Array; readonly timeoutMs?: number },
  signal: AbortSignal,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  signal.throwIfAborted()
  const child = await launch(await needProgram(program), args, {
    stdio: 'pipe',
    killSignal: 'SIGKILL',
    ...(options.timeoutMs === undefined ? {} : { timeout: options.timeoutMs }),
    signal,
  })
  const [stdout, stderr] = [collect(child, child.stdout), collect(child, child.stderr)]
  child.stdin?.on('error', () => {}).end(options.input)
  const exit = await ended(child)
  signal.throwIfAborted()
  if (exit.exitCode !== 0) throw new RunError(program, exit, stderr().slice(-tailLength))
  return { stdout: stdout(), stderr: stderr() }
}

/**
 * Starts a program that runs on beside us. On Linux it gets SIGTERM when the thread that started it ends, even by SIGKILL
 * (`setpriv --pdeathsig` of util-linux, where it is installed). Fails with `tool-missing`. `signal` ends the start only.
 */
export async function start(program: string, args: readonly string[], signal: AbortSignal): Promise<Child> {
  signal.throwIfAborted()
  const found = await needProgram(program)
  const leash = process.platform === 'linux' ? await findProgram('setpriv') : undefined
  const options: SpawnOptions = { stdio: ['ignore', 'ignore', 'pipe'] }
  const child =
    leash === undefined
      ? await launch(found, args, options)
      : await launch(leash, ['--pdeathsig', 'TERM', '--', found, ...args], options)
  const exited = ended(child)
  let tail = ''
  child.stderr?.on('data', (bytes: Buffer) => {
    tail = (tail + bytes.toString('utf8')).slice(-tailLength)
  })
  return {
    pid: child.pid ?? 0,
    exited,
    stderr: () => tail,
    [Symbol.asyncDispose]: () => end(child, exited),
  }
}

async function launch(file: string, args: readonly string[], options: SpawnOptions): Promise<ChildProcess> {
  const child = spawn(file, args, options)
  // An error after the start is a signal that could not be sent or an abort that has been: both show in the exit.
  child.on('error', () => {})
  await once(child, 'spawn')
  return child
}

function ended(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve) => {
    child.once('close', (code: number | null, signal: string | null) => {
      resolve({ exitCode: code ?? undefined, signal: signal ?? undefined })
    })
  })
}

function collect(child: ChildProcess, stream: Readable | null): () => string {
  const pieces: Buffer[] = []
  let sizeBytes = 0
  stream?.on('data', (bytes: Buffer) => {
    pieces.push(bytes)
    sizeBytes += bytes.length
    if (sizeBytes > outputLimitBytes) child.kill('SIGKILL')
  })
  return () => Buffer.concat(pieces).toString('utf8')
}

async function end(child: ChildProcess, exited: Promise<Exit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  const patience = new AbortController()
  const impatient = systemClock.sleep(stopMs, patience.signal).then(
    () => child.kill('SIGKILL'),
    () => false,
  )
  await exited
  patience.abort()
  await impatient
}

export async function hasProgram(program: string): Promise<boolean> {
  return (await findProgram(program)) !== undefined
}

async function needProgram(program: string): Promise<string> {
  const found = await findProgram(program)
  if (found === undefined) throw new Failure('tool-missing', `${program} is not installed`)
  return found
}

/** Looks along PATH and in the system folders that a desktop session's PATH may lack. A path is taken as it is. */
async function findProgram(program: string): Promise<string | undefined> {
  const folders = [...(process.env['PATH'] ?? '').split(path.delimiter), '/usr/sbin', '/sbin', '/usr/local/bin']
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program]
  const files = path.isAbsolute(program)
    ? [program]
    : folders.filter(path.isAbsolute).flatMap((folder) => names.map((name) => path.join(folder, name)))
  for (const file of files) {
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    )
    if (runs) return file
  }
  return undefined
}
