import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { ZipFile } from 'yazl'
import { Failure } from '../../../../shared/failure.ts'
import type { FileFacts, GuestTime } from '../../guest/guest.ts'
import { nameToBytes } from '../../guest/names.ts'
import { ArchiveLinks } from './archive-links.ts'
import { ArchiveNames } from './archive-names.ts'
import { brokenOff } from './broken-off.ts'
import { allPieces } from './pieces.ts'
import type { Report } from './report.ts'
import { isOfSource, type Met, type MetFile, permissionsOf, type Sink } from './sink.ts'

/** What the writer of zips holds of each, and looks through, grows with their number. */
const mostEntries = 200_000

const types = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const

/** Files and folders as a zip (with zip64 where needed), written as they come. Names of one file become files of their own. */
export class ZipSink implements Sink {
  readonly zip = new ZipFile()
  readonly #room: () => Promise<void>
  readonly #report: Report
  readonly #signal: AbortSignal
  readonly #names: ArchiveNames
  readonly #links: ArchiveLinks
  #entries = 0

  /** `room` resolves when what was written has been taken, or nearly so. */
  constructor(room: () => Promise<void>, report: Report, signal: AbortSignal) {
    this.#room = room
    this.#report = report
    this.#signal = signal
    this.#names = new ArchiveNames('windows', report)
    this.#links = new ArchiveLinks(report)
  }

  async enter(met: Met): Promise<boolean> {
    await this.#count()
    const path = this.#names.take(met)
    this.zip.addEmptyDirectory(path, optionsOf(met.facts, 'folder'))
    this.#names.enter(path)
    this.#report.add('folders')
    return true
  }

  async leave(): Promise<void> {
    this.#names.leave()
  }

  async file(met: MetFile): Promise<void> {
    await this.#count()
    try {
      await using source = await met.open()
      const pieces = allPieces(source, { start: 0, end: source.sizeBytes }, this.#signal)
      const first = await pieces.next()
      await this.#content(met, source.sizeBytes, withFirst(first, brokenOff(met.path, pieces)))
    } catch (thrown) {
      if (!isOfSource(thrown)) throw thrown
      this.#report.skip(met.path, thrown.message)
    }
  }

  async link(met: Met): Promise<void> {
    this.#links.add(met, this.#names.depth, () => this.#names.take(met))
  }

  async finish(extra: Met | undefined, text: string): Promise<void> {
    for (const { path, target, met } of this.#links.all()) {
      await this.#count()
      this.zip.addBuffer(Buffer.from(nameToBytes(target)), path, { ...optionsOf(met.facts, 'link'), compress: false })
      this.#report.add('links')
    }
    if (extra !== undefined)
      this.zip.addBuffer(Buffer.from(text), this.#names.take(extra), optionsOf(extra.facts, 'file'))
    this.zip.end()
  }

  /** Resolves when its last byte was handed on. */
  async #content(met: MetFile, sizeBytes: number, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const stream = Readable.from(bytes, { objectMode: false })
    this.zip.addReadStream(stream, this.#names.take(met), {
      ...optionsOf(met.facts, 'file'),
      size: sizeBytes,
      compressionLevel: 1,
    })
    await finished(stream, { signal: this.#signal })
    this.#report.add('files')
    this.#report.add('bytes', sizeBytes)
  }

  async #count(): Promise<void> {
    if (++this.#entries > mostEntries) {
      throw new Failure(
        'invalid-argument',
        `A zip takes at most ${mostEntries} files and folders here; a tar takes all`,
      )
    }
    await this.#room()
  }
}

async function* withFirst(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  if (!first.done) yield first.value
  yield* rest
}

type Options = { readonly mtime: Date; readonly mode: number }

function optionsOf(facts: FileFacts, kind: keyof typeof types): Options {
  const permissions = permissionsOf(facts) ?? (kind === 'folder' ? 0o755 : 0o644)
  return { mtime: zipTime(facts.modifiedAt), mode: types[kind] | permissions }
}

/** Zip begins in 1980, and its seconds since 1970 end in 2038. */
const earliestMs = Date.UTC(1980, 0, 2)
const latestMs = 0x7fffffff * 1000

function zipTime(time: GuestTime | undefined): Date {
  const ms = time === undefined ? earliestMs : Number(time) / 1e6
  return new Date(Math.min(Math.max(ms, earliestMs), latestMs))
}
