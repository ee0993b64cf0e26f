import { entryBytes, roleOf } from './entries.ts'
import type { FolderPiece } from './folder.ts'
import { LongName, shortName } from './names.ts'

/** The short entry of a file or folder, its place on the volume, and what it is called. */
export type NamedEntry = {
  readonly raw: Buffer
  readonly at: number
  /** The long name where there is one. */
  readonly name: string
  readonly short: string
}

/** What a folder's bytes name, without what was deleted and without the folder itself and the one above; piece by piece. */
export async function* namedEntries(pieces: AsyncIterable<FolderPiece>): AsyncGenerator<readonly NamedEntry[]> {
  const long = new LongName()
  for await (const piece of pieces) {
    const { named, isEnd } = namedIn(piece, long)
    if (named.length > 0) yield named
    if (isEnd) return
  }
}

function namedIn(
  { bytes, at }: FolderPiece,
  long: LongName,
): { readonly named: readonly NamedEntry[]; readonly isEnd: boolean } {
  const all: NamedEntry[] = []
  for (let place = 0; place + entryBytes <= bytes.length; place += entryBytes) {
    const raw = bytes.subarray(place, place + entryBytes)
    if (roleOf(raw) === 'end') return { named: all, isEnd: true }
    const named = nameOf(raw, long)
    if (named !== undefined) all.push({ raw, at: at + place, ...named })
  }
  return { named: all, isEnd: false }
}

function nameOf(raw: Buffer, long: LongName): Pick<NamedEntry, 'name' | 'short'> | undefined {
  const role = roleOf(raw)
  if (role === 'long') long.add(raw)
  else if (role !== 'short') long.forget()
  if (role !== 'short') return undefined
  const short = shortName(raw)
  const name = long.take(raw) ?? short
  return short === '.' || short === '..' ? undefined : { name, short }
}
