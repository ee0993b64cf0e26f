import type { MessagePort } from 'node:worker_threads'
import { type DownloadAsk, type DownloadRange, type DownloadTold, roomBytes } from '../../../shared/download.ts'
import { toWire, type WireFailure } from '../../../shared/failure.ts'
import { KiB } from '../../../shared/units.ts'
import { orAborted } from '../base/or-aborted.ts'
import type { Download } from './download.ts'

const sliceBytes = 256 * KiB

/**
 * Answers one request of the host over its port, no faster than the host takes it. Ends when the host closes the port, or with
 * `end` or `failed`, after which the host closes it. Never rejects; answers why it failed, when that was not the host's going.
 */
export async function serveDownload(
  port: MessagePort,
  open: (signal: AbortSignal) => Promise<Download | undefined>,
  closing: AbortSignal,
): Promise<WireFailure | undefined> {
  const gone = new AbortController()
  const signal = AbortSignal.any([gone.signal, closing])
  const room = new Room()
  const asked = Promise.withResolvers<DownloadRange | undefined>()
  const tell = (told: DownloadTold): void => port.postMessage(told)
  port.on('close', () => gone.abort())
  port.on('message', (ask: DownloadAsk) => {
    if (ask.kind === 'send') asked.resolve(ask.range)
    else room.give(ask.bytes)
  })
  try {
    await using download = await open(signal)
    if (download === undefined) {
      tell({ kind: 'none' })
      return undefined
    }
    tell({ kind: 'found', ...download.facts })
    const range = await orAborted(asked.promise, signal)
    await send(download.bytes(range, signal), room, tell, signal)
    tell({ kind: 'end' })
    return undefined
  } catch (thrown) {
    const failure = toWire(thrown)
    tell({ kind: 'failed', failure })
    return signal.aborted ? undefined : failure
  }
}

async function send(
  pieces: AsyncIterable<Uint8Array>,
  room: Room,
  tell: (told: DownloadTold) => void,
  signal: AbortSignal,
): Promise<void> {
  for await (const piece of pieces) {
    for (let at = 0; at < piece.length; at += sliceBytes) {
      const bytes = piece.slice(at, at + sliceBytes)
      await room.take(bytes.length, signal)
      tell({ kind: 'bytes', bytes })
    }
  }
}

/** What the host still has room for. */
class Room {
  #bytes = roomBytes
  #more = Promise.withResolvers<void>()

  give(bytes: number): void {
    this.#bytes += bytes
    this.#more.resolve()
    this.#more = Promise.withResolvers()
  }

  async take(bytes: number, signal: AbortSignal): Promise<void> {
    while (this.#bytes < bytes) await orAborted(this.#more.promise, signal)
    this.#bytes -= bytes
  }
}
