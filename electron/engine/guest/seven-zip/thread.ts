import { Worker } from 'node:worker_threads'
import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { answers, blockAt, type Errand, type Exit, type Settings, sharedMemory, type Told, words } from './errand.ts'
import { compileProgram, workerEntry } from './program.ts'
import type { Program } from './web-assembly.ts'

/** What a run hands over before it ends; the thread waits when this is slow. */
export type Taker = (told: Extract<Told, { kind: 'items' | 'bytes' }>) => Promise<void> | void

/** The thread computes this long at a stretch without handing anything over, or it is taken to be caught in a loop. */
const patienceMs = 120_000
const scriptMemoryMiB = 192

/**
 * 7-Zip on one volume, in a thread of its own that begins with the first errand. Errands are carried out one after the other. What
 * crashes the thread, or holds it, fails with `file-system-damaged`; a new one is begun for the next errand.
 */
export class SevenZipThread implements AsyncDisposable {
  readonly #disk: ReadableDisk
  readonly #format: string
  readonly #patienceMs: number
  readonly #closed = new AbortController()
  #program: Promise<Program> | undefined
  #running: { readonly worker: Worker; readonly memory: SharedArrayBuffer } | undefined
  #last: Promise<unknown> = Promise.resolve()

  constructor(disk: ReadableDisk, format: string, waitMs = patienceMs) {
    this.#disk = disk
    this.#format = format
    this.#patienceMs = waitMs
  }

  /** Cancelled or closed, the run is ended at once. Fails as reading the disk does, and as `take` throws. */
  run(errand: Errand, take: Taker, signal: AbortSignal): Promise<Exit> {
    const done = this.#last.then(() => this.#carryOut(errand, take, AbortSignal.any([signal, this.#closed.signal])))
    this.#last = done.catch(() => undefined)
    return done
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed.abort(new Failure('cancelled', 'The volume was closed'))
    await this.#last
    await this.#stop()
  }

  async #carryOut(errand: Errand, take: Taker, signal: AbortSignal): Promise<Exit> {
    signal.throwIfAborted()
    const { worker, memory } = await this.#start()
    signal.throwIfAborted()
    const run = new Run({ disk: this.#disk, worker, memory, take, patienceMs: this.#patienceMs })
    try {
      return await run.end(errand, signal)
    } catch (thrown) {
      await this.#stop()
      throw thrown
    }
  }

  async #start() {
    this.#program ??= compileProgram()
    const program = await this.#program
    if (this.#running !== undefined) return this.#running
    const memory = sharedMemory()
    const settings: Settings = { program, format: this.#format, sizeBytes: this.#disk.sizeBytes, memory }
    const worker = new Worker(workerEntry, {
      name: '7-zip',
      workerData: settings,
      resourceLimits: { maxOldGenerationSizeMb: scriptMemoryMiB },
      // Nothing of ours reaches it: neither variables nor the streams of the process.
      env: {},
      stdin: false,
      stdout: true,
      stderr: true,
    })
    // Between two errands nobody else listens, and an error would end the engine.
    worker.on('error', () => {})
    worker.once('exit', () => {
      if (this.#running?.worker === worker) this.#running = undefined
    })
    this.#running = { worker, memory }
    return this.#running
  }

  async #stop(): Promise<void> {
    const running = this.#running
    this.#running = undefined
    await running?.worker.terminate()
  }
}

type RunParts = {
  readonly disk: ReadableDisk
  readonly worker: Worker
  readonly memory: SharedArrayBuffer
  readonly take: Taker
  readonly patienceMs: number
}

class Run {
  readonly #parts: RunParts
  readonly #words: Int32Array
  readonly #ended = Promise.withResolvers<Exit>()
  /** A thread that is ended may still have reads under way. */
  readonly #over = new AbortController()
  #chain: Promise<void> = Promise.resolve()
  #patience: NodeJS.Timeout | undefined
  #leftMs: number
  #countedFrom = 0
  #toAnswer = 0

  constructor(parts: RunParts) {
    this.#parts = parts
    this.#words = new Int32Array(parts.memory, 0, blockAt / 4)
    this.#leftMs = parts.patienceMs
  }

  async end(errand: Errand, signal: AbortSignal): Promise<Exit> {
    const { worker } = this.#parts
    const onTold = (told: Told): void => {
      this.#pause()
      this.#toAnswer++
      this.#chain = this.#chain.then(() => this.#answer(told)).catch((thrown) => this.#ended.reject(thrown))
    }
    const onError = (error: unknown): void => this.#ended.reject(damaged(`7-Zip's thread died: ${String(error)}`))
    const onExit = (): void => this.#ended.reject(damaged("7-Zip's thread ended"))
    const onAbort = (): void => this.#ended.reject(signal.reason)
    worker.on('message', onTold).on('error', onError).on('exit', onExit)
    signal.addEventListener('abort', onAbort)
    Atomics.store(this.#words, words.out, 0)
    worker.postMessage(errand)
    this.#count()
    try {
      return await this.#ended.promise
    } finally {
      this.#pause()
      this.#over.abort()
      signal.removeEventListener('abort', onAbort)
      worker.off('message', onTold).off('error', onError).off('exit', onExit)
    }
  }

  async #answer(told: Told): Promise<void> {
    if (this.#over.signal.aborted) return
    if (told.kind === 'ended') return this.#ended.resolve(told)
    if (told.kind === 'read') {
      await this.#read(told.offset, told.lengthBytes)
    } else {
      await this.#parts.take(told)
      this.#leftMs = this.#parts.patienceMs
      Atomics.sub(this.#words, words.out, 1)
      Atomics.notify(this.#words, words.out)
    }
    if (--this.#toAnswer === 0) this.#count()
  }

  async #read(offset: number, lengthBytes: number): Promise<void> {
    const bytes = new Uint8Array(lengthBytes)
    try {
      await this.#parts.disk.read(offset, bytes, this.#over.signal)
      new Uint8Array(this.#parts.memory, blockAt).set(bytes)
      Atomics.store(this.#words, words.answer, answers.read)
    } catch (thrown) {
      // 7-Zip would take it for damage of the volume and go on: what the disk said counts.
      this.#ended.reject(thrown)
      Atomics.store(this.#words, words.answer, answers.failed)
    }
    Atomics.notify(this.#words, words.answer)
  }

  /** Only time in which the thread computes is counted against it, not what it waits for us. */
  #count(): void {
    if (this.#over.signal.aborted) return
    this.#countedFrom = performance.now()
    this.#patience = setTimeout(() => this.#ended.reject(damaged('7-Zip comes to no end with it')), this.#leftMs)
  }

  #pause(): void {
    if (this.#patience === undefined) return
    clearTimeout(this.#patience)
    this.#patience = undefined
    this.#leftMs = Math.max(0, this.#leftMs - (performance.now() - this.#countedFrom))
  }
}

function damaged(why: string): Failure {
  return new Failure('file-system-damaged', why)
}
