import type { DownloadFacts, DownloadRange } from '../../../shared/download.ts'
import { Failure } from '../../../shared/failure.ts'
import type { FileRef } from '../../../shared/files.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { FileFacts, FileSystem, FolderEntry } from '../guest/guest.ts'
import type { OpenedFiles } from './opened.ts'
import { archive } from './out/archive.ts'
import { safeName } from './out/names.ts'
import { allPieces } from './out/pieces.ts'
import { takeAll } from './out/take.ts'
import { locate } from './path.ts'
import { pictureBytes, pictureOf } from './picture.ts'
import type { Ticketed } from './tickets.ts'

/** What a ticket opens; disposing lets go of the point. */
export type Download = AsyncDisposable & {
  readonly facts: DownloadFacts
  /** Fails where the file or the archive breaks off. */
  bytes(range: DownloadRange | undefined, signal: AbortSignal): AsyncIterable<Uint8Array>
}

type Held = Pick<OpenedFiles, 'hold' | 'use'>

/** Fails as opening the point and finding the file do. */
export async function openDownload(
  files: Held,
  ticketed: Ticketed,
  asksPicture: boolean,
  signal: AbortSignal,
): Promise<Download> {
  const { as, items } = ticketed
  const [only] = items
  if (as === 'file' && only !== undefined) return openFile(files, ticketed.name, only, asksPicture, signal)
  const kind = as === 'zip' ? 'zip' : 'tar'
  return {
    facts: { name: ticketed.name, sizeBytes: undefined, type: kind },
    bytes: (_, sending) =>
      archive(
        kind,
        (sink, report, both) =>
          takeAll(files, items, sink, { report, pass: async (now) => now.throwIfAborted() }, both),
        sending,
      ),
    async [Symbol.asyncDispose]() {},
  }
}

/** Fails with `invalid-argument` for what has no bytes of its own, and with `file-not-found`. */
export async function findFile(fileSystem: FileSystem, { path, stream }: FileRef, signal: AbortSignal): Promise<Found> {
  const entry = await locate(fileSystem, path, signal)
  const facts = needFile(entry, path)
  if (stream === undefined) return { ref: entry.ref, name: entry.name, sizeBytes: facts.sizeBytes }
  const found = facts.streams?.find(({ name }) => name === stream)
  if (found === undefined) throw new Failure('file-not-found', `${path} has no stream of the name ${stream}`)
  return { ref: entry.ref, name: `${entry.name}_${stream}`, sizeBytes: found.sizeBytes }
}

type Found = { readonly ref: string; readonly name: string; readonly sizeBytes: number }

function needFile({ facts, problem }: FolderEntry, path: string): FileFacts {
  if (facts === undefined) throw new Failure('file-system-damaged', `${path} cannot be read: ${problem}`)
  if (facts.kind !== 'file') throw new Failure('invalid-argument', `${path} is no file but a ${facts.kind}`)
  return facts
}

/** A name for people's own folders, whatever their system. */
export function downloadName(name: string): string {
  return safeName(name, 'windows')
}

async function openFile(
  files: Held,
  name: string,
  item: FileRef,
  asksPicture: boolean,
  signal: AbortSignal,
): Promise<Download> {
  await using cleanup = new AsyncDisposableStack()
  const { fileSystem } = cleanup.use(await files.hold(item.pointId, item.volumeId, signal))
  const { ref } = await findFile(fileSystem, item, signal)
  const file = cleanup.use(await fileSystem.open(ref, item.stream, signal))
  const picture = asksPicture ? await pictureIn(file, signal) : undefined
  const owned = cleanup.move()
  return {
    facts: { name, sizeBytes: file.sizeBytes, type: picture ?? 'file' },
    bytes: (range, sending) => allPieces(file, range ?? { start: 0, end: file.sizeBytes }, sending),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function pictureIn(file: ReadableDisk, signal: AbortSignal): Promise<ReturnType<typeof pictureOf>> {
  const head = new Uint8Array(Math.min(file.sizeBytes, pictureBytes))
  await file.read(0, head, signal)
  return pictureOf(head)
}
