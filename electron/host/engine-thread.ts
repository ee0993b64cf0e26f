import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { events } from '../../shared/contract.ts'
import { Failure, toWire } from '../../shared/failure.ts'
import type { Message, Port } from '../../shared/wire.ts'
import { type Downloads, takeDownload } from './downloads.ts'
import { outsideArchive, ownVersion } from './place.ts'
import { answerSecret, type Sealer } from './sealer.ts'
import type { ThreadData, ThreadOrder, ThreadReport } from './thread-messages.ts'

export type EngineThreadOptions = {
  /** Folder of the engine's state. */
  readonly home: string
  /** What carries the engine; plain Node unless said otherwise. */
  readonly carrier?: ThreadData['carrier']
  /** Seals the keys that rest in the home; without one they are files that only their owner can read. */
  readonly sealer?: Sealer
  /** Starts what policies want when they want it, as it does unless told otherwise; a process that ends with its command must not. */
  readonly unattended?: boolean
  /** The thread's file; by default the engine that lies beside this host. */
  readonly entry?: URL
  readonly restartWaitMs?: number
  /** Hears when the engine is ready (undefined), and of every death and refusal. */
  readonly onLife?: (down: Failure | undefined) => void
}

/**
 * A port that outlives the engine's deaths: the calls that wait, and those made before the next engine is ready, fail with
 * `engine-died`; later ones reach that one.
 */
export type EnginePort = Port & Disposable

type Attached = {
  readonly listeners: Set<(message: Message) => void>
  readonly waiting: Set<number>
  port: MessagePort | undefined
}

/** How long a closing engine may take to cancel its runs and clean up before its thread is ended. */
const closeWaitMs = 30_000
const longestRestartWaitMs = 10_000
/** An engine that lived so long is no reason to wait when it dies. */
const calmMs = 60_000

/** Starts the engine in a thread of this process, starts it again when it dies, and hands out ports to it. */
export class EngineThread implements AsyncDisposable {
  readonly #options: EngineThreadOptions
  readonly #attached = new Set<Attached>()
  #worker: Worker | undefined
  /** Why calls fail now: the engine died and the next one is not ready yet, or it refused to start. */
  #down: Failure | undefined
  #refusal: Failure | undefined
  #deaths = 0
  #restart: NodeJS.Timeout | undefined
  #calm: NodeJS.Timeout | undefined
  #isClosing = false

  constructor(options: EngineThreadOptions) {
    this.#options = options
    this.#start()
  }

  attach(): EnginePort {
    const attached: Attached = { listeners: new Set(), waiting: new Set(), port: undefined }
    this.#attached.add(attached)
    if (this.#worker !== undefined) this.#open(attached, this.#worker)
    return {
      post: (message) => this.#post(attached, message),
      onMessage: (listener) => void attached.listeners.add(listener),
      [Symbol.dispose]: () => {
        this.#attached.delete(attached)
        attached.port?.close()
      },
    }
  }

  /** What a ticket opens. Fails with `engine-died` where there is no engine now, and as opening does. */
  download: Downloads = async (ticket, asksPicture, signal) => {
    const worker = this.#worker
    if (this.#down !== undefined || worker === undefined) {
      throw this.#down ?? new Failure('engine-died', 'The engine has ended')
    }
    const { port1, port2 } = new MessageChannel()
    this.#order(worker, { kind: 'download', port: port2, ticket, asksPicture })
    return await takeDownload(port1, signal)
  }

  /** Lets the engine cancel its runs and clean up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosing = true
    clearTimeout(this.#restart)
    const worker = this.#worker
    if (worker === undefined) return
    const exited = new Promise((resolve) => worker.once('exit', resolve))
    this.#order(worker, { kind: 'close' })
    const late = setTimeout(() => void worker.terminate(), closeWaitMs)
    await exited
    clearTimeout(late)
  }

  #start(): void {
    const worker = new Worker(this.#options.entry ?? ownEntry(), { workerData: this.#data() })
    this.#worker = worker
    let cause: unknown
    worker.on('message', (report: ThreadReport) => this.#hear(worker, report))
    worker.on('error', (thrown) => {
      cause = thrown
    })
    worker.on('exit', () => this.#died(worker, cause))
    for (const attached of this.#attached) this.#open(attached, worker)
  }

  #data(): ThreadData {
    const { home, carrier = 'node', sealer, unattended = true } = this.#options
    return { home, version: ownVersion(), carrier, secrets: sealer?.kind ?? 'files', unattended }
  }

  #hear(worker: Worker, report: ThreadReport): void {
    switch (report.kind) {
      case 'secret':
        return void answerSecret(this.#options.sealer, report).then((order) => this.#order(worker, order))
      case 'refused':
        this.#refusal = new Failure(report.failure.code, report.failure.message)
        this.#down = this.#refusal
        return
      case 'ready':
        this.#down = undefined
        if (this.#deaths > 0) this.#sayAllChanged()
        this.#calm = setTimeout(() => this.#forgive(), calmMs).unref()
        this.#options.onLife?.(undefined)
    }
  }

  #forgive(): void {
    this.#deaths = 0
  }

  /** After a restart everything may have changed: the events that carry nothing but this. */
  #sayAllChanged(): void {
    const names = Object.entries(events).flatMap(([name, value]) => (value.safeParse(null).success ? [name] : []))
    for (const attached of this.#attached) {
      for (const name of names) deliver(attached, { kind: 'event', name, value: null })
    }
  }

  #died(worker: Worker, cause: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    clearTimeout(this.#calm)
    const down = this.#refusal ?? deathOf(cause)
    this.#down = down
    for (const attached of this.#attached) this.#failWaiting(attached, down)
    if (this.#isClosing) return
    this.#options.onLife?.(down)
    if (this.#refusal !== undefined) return
    const waitMs = Math.min((this.#options.restartWaitMs ?? 100) * 2 ** this.#deaths++, longestRestartWaitMs)
    this.#restart = setTimeout(() => this.#start(), waitMs)
  }

  #failWaiting(attached: Attached, failure: Failure): void {
    attached.port?.close()
    attached.port = undefined
    for (const id of attached.waiting) deliver(attached, { kind: 'failed', id, failure: toWire(failure) })
    attached.waiting.clear()
  }

  #post(attached: Attached, message: Message): void {
    if (message.kind === 'call' && this.#down !== undefined) {
      const failed = { kind: 'failed', id: message.id, failure: toWire(this.#down) } as const
      queueMicrotask(() => deliver(attached, failed))
      return
    }
    if (message.kind === 'call') attached.waiting.add(message.id)
    attached.port?.postMessage(message)
  }

  /** Messages wait in the channel until the thread is ready for them. */
  #open(attached: Attached, worker: Worker): void {
    const { port1, port2 } = new MessageChannel()
    port1.on('message', (message: Message) => {
      if (message.kind === 'done' || message.kind === 'failed') attached.waiting.delete(message.id)
      deliver(attached, message)
    })
    attached.port = port1
    this.#order(worker, { kind: 'port', port: port2 })
  }

  #order(worker: Worker, order: ThreadOrder): void {
    worker.postMessage(order, 'port' in order ? [order.port] : [])
  }
}

function deathOf(cause: unknown): Failure {
  return new Failure('engine-died', cause === undefined ? 'The engine ended' : `The engine died: ${String(cause)}`)
}

function deliver(attached: Attached, message: Message): void {
  for (const listener of attached.listeners) listener(message)
}

/** From source, the engine lies in its own folder; bundled, everything lies side by side. */
function ownEntry(): URL {
  const entry = import.meta.url.endsWith('.ts') ? '../engine/thread.ts' : './thread.js'
  return outsideArchive(new URL(entry, import.meta.url))
}
