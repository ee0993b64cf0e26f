import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import type { EventName, EventValue } from '../../shared/contract.ts'
import { toWire } from '../../shared/failure.ts'
import type { About } from '../../shared/settings.ts'
import { type Message, type Served, serve } from '../../shared/wire.ts'
import { askedSealing, type SealingAnswer } from './asked-sealing.ts'
import { systemClock } from './base/clock.ts'
import { type Engine, startEngine } from './engine.ts'
import { openLog } from './log-file.ts'
import { fileSecrets, sealedSecrets } from './secrets.ts'

/**
 * The engine's thread: starts the engine in `workerData.home` and serves the contract over every port that arrives.
 * Says `ready`, or `refused` when it cannot start and trying again would change nothing.
 */
type Order =
  | { readonly kind: 'port'; readonly port: MessagePort }
  | { readonly kind: 'download'; readonly port: MessagePort; readonly ticket: string; readonly asksPicture: boolean }
  | { readonly kind: 'close' }
  | SealingAnswer

const { home, unattended, ...about } = workerData as About & { readonly unattended: boolean }
const served = new Set<Served>()
const log = openLog(home)

function emit<N extends EventName>(name: N, value: EventValue<N>): void {
  for (const each of served) each.emit(name, value)
}

function serveOn(port: MessagePort, engine: Engine): void {
  const own = serve(
    {
      post: (message) => port.postMessage(message),
      onMessage: (listener) => void port.on('message', (message: Message) => listener(message)),
    },
    engine.handlers,
    () => new AbortController(),
  )
  served.add(own)
  port.on('close', () => {
    served.delete(own)
    own.end()
  })
}

function take(order: Exclude<Order, SealingAnswer>, engine: Engine): void {
  if (order.kind === 'port') serveOn(order.port, engine)
  else if (order.kind === 'download') engine.download(order.port, order.ticket, order.asksPicture)
  else void close(engine)
}

async function close(engine: Engine): Promise<void> {
  try {
    await engine[Symbol.asyncDispose]()
  } catch (thrown) {
    log.error('The engine did not close cleanly', { problem: String(thrown) })
  }
  process.exit(0)
}

/** From source, the script lies with the build; bundled, beside this file. */
async function breakGlass(): Promise<Uint8Array<ArrayBuffer>> {
  const place = import.meta.url.endsWith('.ts') ? '../../build/break-glass/' : './'
  return new Uint8Array(await readFile(new URL(`${place}restore-without-us.mjs`, import.meta.url)))
}

/** Where this home's keys rest, by what the host said that it can do. */
function ownSecrets() {
  const folder = join(home, 'secrets')
  return about.secrets === 'files' ? fileSecrets(folder) : sealedSecrets(folder, sealing, log)
}

const sealing = askedSealing((question) => parentPort?.postMessage(question))
try {
  const starting = startEngine({
    home,
    about,
    unattended,
    clock: systemClock,
    log,
    emit,
    breakGlass,
    secrets: ownSecrets(),
  })
  // The engine may ask for keys before it is ready to serve.
  parentPort?.on('message', (order: Order) => {
    if (order.kind === 'secret') sealing.settle(order)
    else void starting.then((engine) => take(order, engine)).catch(() => undefined)
  })
  await starting
  parentPort?.postMessage({ kind: 'ready' })
  log.info('The engine is ready')
} catch (thrown) {
  log.error('The engine cannot start', { problem: String(thrown) })
  parentPort?.postMessage({ kind: 'refused', failure: toWire(thrown) })
  parentPort?.close()
}
