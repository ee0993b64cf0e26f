import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { MiB } from '../../../../shared/units.ts'
import { BrokenOff } from './broken-off.ts'
import { Report } from './report.ts'
import type { Met, Sink } from './sink.ts'
import { TarSink } from './tar-sink.ts'
import { ZipSink } from './zip-sink.ts'

export type ArchiveKind = 'tar' | 'zip'

/** Brings files to a sink; `report` hears what was left out. */
export type Take = (sink: Sink, report: Report, signal: AbortSignal) => Promise<void>

/** What may wait to be taken. */
const waitingBytes = MiB

/**
 * An archive, made while it is read and no faster. Whatever was left out or named otherwise stands in a last file of its own.
 * Fails where it cannot be finished; who stops reading ends the making of it.
 */
export async function* archive(kind: ArchiveKind, take: Take, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const abort = new AbortController()
  const both = AbortSignal.any([signal, abort.signal])
  const out = new PassThrough({ highWaterMark: waitingBytes })
  const making = (kind === 'tar' ? makeTar : makeZip)(out, take, both).catch((thrown: unknown) => {
    out.destroy(thrown instanceof BrokenOff ? thrown.failure : (thrown as Error))
  })
  try {
    yield* out
  } finally {
    abort.abort()
    out.destroy()
    await making
  }
}

async function makeTar(out: PassThrough, take: Take, signal: AbortSignal): Promise<void> {
  const report = new Report()
  const put = async (bytes: Uint8Array): Promise<void> => {
    signal.throwIfAborted()
    if (bytes.length > 0 && !out.write(bytes)) await once(out, 'drain', { signal })
  }
  const sink = new TarSink(put, report, signal)
  await take(sink, report, signal)
  await sink.finish(extraOf(report), textOf(report))
  out.end()
}

async function makeZip(out: PassThrough, take: Take, signal: AbortSignal): Promise<void> {
  const report = new Report()
  const room = async (): Promise<void> => {
    signal.throwIfAborted()
    if (out.writableNeedDrain) await once(out, 'drain', { signal })
  }
  const sink = new ZipSink(room, report, signal)
  const broken = Promise.withResolvers<never>()
  sink.zip.on('error', broken.reject)
  broken.promise.catch(() => undefined)
  sink.zip.outputStream.pipe(out)
  await Promise.race([take(sink, report, signal), broken.promise])
  await sink.finish(extraOf(report), textOf(report))
}

/** The file that tells of what is not in the archive as it was; none where there is nothing to tell. */
function extraOf(report: Report): Met | undefined {
  const { renamed, skipped } = report.value()
  if (renamed.length + skipped.length === 0) return undefined
  return { path: '/', name: 'stillpoint-report.json', facts: { kind: 'file', sizeBytes: 0 } }
}

/** JSON shows a name's control characters without doing what they say. */
function textOf(report: Report): string {
  return `${JSON.stringify(report.value(), undefined, 2)}\n`
}
