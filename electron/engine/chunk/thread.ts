import { Worker } from 'node:worker_threads'
import { Failure, fromWire } from '../../../shared/failure.ts'
import type { Answer, Done, Errand, Notice, Order, PackMessage, WorkerSettings } from './errand.ts'

/** From source the thread runs this folder's entry; a bundle has the entry beside it under its own name. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './chunk-worker.js', import.meta.url)

export type ThreadEvents = {
  onPack(thread: Thread, pack: PackMessage): void
  /** The thread is gone; what it had to do has been rejected with this. */
  onEnd(thread: Thread, failure: Failure): void
}

/** One compute thread and what it has been asked to do, in order. */
export class Thread {
  readonly #worker: Worker
  readonly #asked = new Map<number, PromiseWithResolvers<Done>>()
  #lastNumber = 0
  #cause: unknown
  #stopping = false

  /** Finished packs of this thread that nobody has stored yet. */
  packsOut = 0

  constructor(settings: WorkerSettings, events: ThreadEvents) {
    this.#worker = new Worker(entry, { workerData: settings, name: 'chunk' })
    this.#worker.on('message', (answer: Answer) => {
      if (answer.kind === 'pack') events.onPack(this, answer)
      else this.#settle(answer)
    })
    this.#worker.on('error', (error) => {
      this.#cause = error
    })
    this.#worker.once('exit', (code) => events.onEnd(this, this.#end(code)))
  }

  /** Errands that it has not answered. */
  get busy(): number {
    return this.#asked.size
  }

  ask(errand: Errand, transfer: readonly ArrayBuffer[]): Promise<Done> {
    const number = ++this.#lastNumber
    const order: Order = { kind: 'order', number, errand }
    this.#worker.postMessage(order, transfer)
    const answer = Promise.withResolvers<Done>()
    this.#asked.set(number, answer)
    return answer.promise
  }

  tell(notice: Notice, transfer: readonly ArrayBuffer[]): void {
    this.#worker.postMessage(notice, transfer)
  }

  async stop(): Promise<void> {
    this.#stopping = true
    await this.#worker.terminate()
  }

  #settle(answer: Exclude<Answer, PackMessage>): void {
    const asked = this.#asked.get(answer.number)
    this.#asked.delete(answer.number)
    if (answer.kind === 'done') asked?.resolve(answer.done)
    else asked?.reject(fromWire(answer.failure))
  }

  #end(code: number): Failure {
    const failure = this.#stopping
      ? new Failure('cancelled', 'The pool was closed')
      : new Failure('engine-died', `A compute thread ended with ${code}`, { cause: this.#cause })
    for (const asked of this.#asked.values()) asked.reject(failure)
    this.#asked.clear()
    return failure
  }
}
