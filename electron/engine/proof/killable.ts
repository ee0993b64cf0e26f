import assert from 'node:assert/strict'
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Argument, CallName, Result } from '../../../shared/contract.ts'
import { isEnded, type Run, type RunId } from '../../../shared/job.ts'
import type { VictimCall } from './victim.ts'

const victim = fileURLToPath(new URL('./victim.ts', import.meta.url))

/** The bound within which a new process must answer after whatever killed the last one. */
const readyWithinMs = 10_000
const pollMs = 20
const openTries = readyWithinMs / pollMs

/** The n-th call of a kind. Each thread and each kind has its own count. */
export type KillPoint = { readonly calls: string; readonly at: number }

/** A call of a kind that fails with an error of the system, as `strace` names it. */
export type FailPoint = KillPoint & { readonly errno: string; readonly isForEver: boolean }

type Answer = { readonly id: number; readonly value?: unknown; readonly failure?: unknown }

/** An engine in a process of its own. */
export class Killable implements AsyncDisposable {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #ready = Promise.withResolvers<void>()
  readonly exited: Promise<unknown>
  #calls = 0
  #isDead = false
  #strace: ChildProcess | undefined

  private constructor(home: string) {
    // One thread for files makes the order of system calls the same every time.
    const env = { ...process.env, UV_THREADPOOL_SIZE: '1' }
    this.#child = spawn(process.execPath, [victim, home], { stdio: ['pipe', 'pipe', 'inherit'], env })
    this.#child.stdin.on('error', () => {})
    createInterface({ input: this.#child.stdout }).on('line', (line) => this.#hear(line))
    this.exited = once(this.#child, 'exit').then(() => this.#died())
  }

  /** Fails when the engine does not answer a list of points within the bound, without anybody's help. */
  static async start(home: string): Promise<Killable> {
    const started = new Killable(home)
    const late = new AbortController()
    const answered = started.#ready.promise.then(() => started.call('listPoints', {}))
    const bound = delay(readyWithinMs, 'late', { signal: late.signal }).catch(() => 'stopped')
    const first = await Promise.race([answered, bound])
    late.abort()
    if (first === 'late') started.#child.kill('SIGKILL')
    assert.notEqual(first, 'late', 'the engine was not ready in time')
    return started
  }

  async call<N extends CallName>(name: N, argument: Argument<N>): Promise<Result<N>> {
    if (this.#isDead) throw new Death()
    const id = ++this.#calls
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    const call: VictimCall = { id, name, argument }
    this.#child.stdin.write(`${JSON.stringify(call)}\n`)
    return (await waiting.promise) as Result<N>
  }

  /** The id of the first repository, once all of them are open, which happens by itself. */
  async opened(): Promise<string> {
    for (let tries = 0; tries < openTries; tries++) {
      const all = await this.call('listRepositories', null)
      const isOpen = all.every(({ state, problem }) => state === 'open' && problem === undefined)
      if (isOpen && all[0] !== undefined) return all[0].id
      await delay(pollMs)
    }
    throw new assert.AssertionError({ message: 'the repositories did not open by themselves' })
  }

  /** False when the process died before the call was answered. */
  async survives(called: Promise<unknown>): Promise<boolean> {
    try {
      return (await called) !== undefined || !this.#isDead
    } catch (thrown) {
      if (thrown instanceof Death) return false
      throw thrown
    }
  }

  /** The run at its end; undefined when the process died before. */
  async ended(started: Promise<{ readonly runId: RunId }>): Promise<Run | undefined> {
    try {
      const { runId } = await started
      for (;;) {
        const run = await this.call('showRun', { runId })
        if (isEnded(run.state)) return run
        await delay(pollMs)
      }
    } catch (thrown) {
      if (thrown instanceof Death) return undefined
      throw thrown
    }
  }

  /** From now on the engine dies at the `at`-th such system call of any of its threads, before the call is done. */
  async killAt({ calls, at }: KillPoint): Promise<void> {
    this.#strace = await this.#inject(calls, `signal=KILL:when=${at}`)
  }

  /** From now on the `at`-th such system call of each thread fails with the error, or every one from there, until this is disposed. */
  async failAt({ calls, at, errno, isForEver }: FailPoint): Promise<AsyncDisposable> {
    const strace = await this.#inject(calls, `error=${errno}:when=${at}${isForEver ? '+' : ''}`)
    return { [Symbol.asyncDispose]: () => ended(strace) }
  }

  async #inject(calls: string, what: string): Promise<ChildProcess> {
    // Thread by thread instead of `-f`: its children are not to be hit.
    const threads = await readdir(`/proc/${this.#child.pid}/task`)
    const attach = threads.flatMap((thread) => ['-p', thread])
    const args = [...attach, '-o', '/dev/null', '-e', `trace=${calls}`, '-e', `inject=${calls}:${what}`]
    const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] })
    const attached = new Promise<string>((resolve) => {
      let said = ''
      strace.stderr.on('data', (part: Buffer) => {
        said += part.toString()
        if (said.split('attached').length > threads.length) resolve('attached')
      })
      strace.once('exit', () => resolve(said))
    })
    assert.equal(await attached, 'attached')
    return strace
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.exited
    if (this.#strace !== undefined) await ended(this.#strace)
  }

  #hear(line: string): void {
    const said = JSON.parse(line) as 'ready' | Answer
    if (said === 'ready') {
      this.#ready.resolve()
      return
    }
    const waiting = this.#waiting.get(said.id)
    this.#waiting.delete(said.id)
    if (said.failure === undefined) waiting?.resolve(said.value)
    else waiting?.reject(new Error(JSON.stringify(said.failure)))
  }

  #died(): void {
    this.#isDead = true
    this.#ready.reject(new Death())
    this.#ready.promise.catch(() => {})
    for (const waiting of this.#waiting.values()) waiting.reject(new Death())
    this.#waiting.clear()
  }
}

async function ended(strace: ChildProcess): Promise<void> {
  if (strace.exitCode !== null || strace.signalCode !== null) return
  const gone = once(strace, 'exit')
  strace.kill('SIGTERM')
  await gone
}

/** What calls fail with that nobody answers any more. */
class Death extends Error {}
