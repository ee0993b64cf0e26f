import { Failure } from '../../../shared/failure.ts'

/** Where the following page goes on: in what is known of files, or in reading both points. */
export type DiffPlace =
  | { readonly kind: 'known'; readonly volume: number; readonly folder: number; readonly name: number }
  | { readonly kind: 'read'; readonly volumeId: string; readonly path: string | undefined }

export function cursorOf(place: DiffPlace): string {
  const parts =
    place.kind === 'known'
      ? [place.volume, place.folder, place.name]
      : [place.volumeId, place.path].filter((part) => part)
  return Buffer.from(JSON.stringify(parts)).toString('base64url')
}

/** Fails with `invalid-argument` for what `cursorOf` did not make. */
export function placeOf(cursor: string): DiffPlace {
  const [first, second, third, ...others] = partsOf(cursor)
  if (others.length === 0) {
    if (isNumber(first) && isNumber(second) && isNumber(third)) {
      return { kind: 'known', volume: first, folder: second, name: third }
    }
    const isRead = typeof first === 'string' && (second === undefined || typeof second === 'string')
    if (isRead && third === undefined) return { kind: 'read', volumeId: first, path: second }
  }
  throw new Failure('invalid-argument', 'This cursor was not told by a page before')
}

function isNumber(part: unknown): part is number {
  return typeof part === 'number'
}

function partsOf(cursor: string): readonly unknown[] {
  try {
    const found: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    return Array.isArray(found) ? found : []
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return []
    throw thrown
  }
}
