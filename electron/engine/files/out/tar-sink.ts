import type { FileFacts } from '../../guest/guest.ts'
import { ArchiveLinks } from './archive-links.ts'
import { ArchiveNames } from './archive-names.ts'
import { brokenOff } from './broken-off.ts'
import { allPieces } from './pieces.ts'
import type { Report } from './report.ts'
import { isOfSource, type Met, type MetFile, permissionsOf, type Sink } from './sink.ts'
import { padding, type TarEntry, tarEnd, tarHeader } from './tar-header.ts'

/** Resolves when there is room for more. */
export type Put = (bytes: Uint8Array) => Promise<void>

const mostNodes = 500_000

/** Files and folders as a tar, written as they come. A file that breaks off ends the archive with its failure. */
export class TarSink implements Sink {
  readonly #put: Put
  readonly #report: Report
  readonly #signal: AbortSignal
  readonly #names: ArchiveNames
  readonly #links: ArchiveLinks
  readonly #nodes = new Map<string, string>()

  constructor(put: Put, report: Report, signal: AbortSignal) {
    this.#put = put
    this.#report = report
    this.#signal = signal
    this.#names = new ArchiveNames('unix', report)
    this.#links = new ArchiveLinks(report)
  }

  async enter(met: Met): Promise<boolean> {
    const path = this.#names.take(met)
    await this.#put(tarHeader({ ...entryOf(met.facts), kind: 'folder', path }))
    this.#names.enter(path)
    this.#report.add('folders')
    return true
  }

  async leave(): Promise<void> {
    this.#names.leave()
  }

  async file(met: MetFile): Promise<void> {
    const first = met.node === undefined ? undefined : this.#nodes.get(met.node)
    if (first === undefined) return this.#whole(met)
    const path = this.#names.take(met)
    await this.#put(tarHeader({ ...entryOf(met.facts), kind: 'hard-link', path, target: first }))
    this.#report.add('files')
  }

  async link(met: Met): Promise<void> {
    this.#links.add(met, this.#names.depth, () => this.#names.take(met))
  }

  async finish(extra: Met | undefined, text: string): Promise<void> {
    for (const { path, target, met } of this.#links.all()) {
      await this.#put(tarHeader({ ...entryOf(met.facts), kind: 'link', path, target, mode: 0o777 }))
      this.#report.add('links')
    }
    if (extra !== undefined) await this.#text(extra, text)
    await this.#put(tarEnd)
  }

  /** The first piece is read before anything is written: most of what is damaged shows there. */
  async #whole(met: MetFile): Promise<void> {
    try {
      await using source = await met.open()
      const pieces = allPieces(source, { start: 0, end: source.sizeBytes }, this.#signal)
      const first = await pieces.next()
      const path = this.#names.take(met)
      await this.#content(met, path, source.sizeBytes, first, pieces)
    } catch (thrown) {
      if (!isOfSource(thrown)) throw thrown
      this.#report.skip(met.path, thrown.message)
    }
  }

  async #content(
    met: MetFile,
    path: string,
    sizeBytes: number,
    first: IteratorResult<Uint8Array, void>,
    pieces: AsyncGenerator<Uint8Array>,
  ): Promise<void> {
    if (met.node !== undefined && this.#nodes.size < mostNodes) this.#nodes.set(met.node, path)
    await this.#put(tarHeader({ ...entryOf(met.facts), kind: 'file', path, sizeBytes }))
    if (!first.done) await this.#put(first.value)
    for await (const bytes of brokenOff(met.path, pieces)) await this.#put(bytes)
    await this.#put(padding(sizeBytes))
    this.#report.add('files')
    this.#report.add('bytes', sizeBytes)
  }

  async #text(met: Met, text: string): Promise<void> {
    const bytes = Buffer.from(text)
    const path = this.#names.take(met)
    await this.#put(tarHeader({ ...entryOf(met.facts), kind: 'file', path, sizeBytes: bytes.length }))
    await this.#put(bytes)
    await this.#put(padding(bytes.length))
  }
}

function entryOf(facts: FileFacts): Omit<TarEntry, 'kind' | 'path'> {
  const { uid, gid, modifiedAt, kind } = facts
  return { sizeBytes: 0, mode: permissionsOf(facts) ?? (kind === 'folder' ? 0o755 : 0o644), uid, gid, modifiedAt }
}
