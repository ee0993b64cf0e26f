import { Failure } from '../../../../shared/failure.ts'
import { KiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { clip, cut, type Extent } from '../../disk/extents.ts'

const pieceBytes = 512 * KiB
/** Reads under way at once: enough to hide the way to a bucket, little to hold. */
const ahead = 4

export type Piece = { readonly offset: number; readonly bytes: Uint8Array }

/** What is allocated of a file, in order, read ahead. Holes are left out. Fails as reading does. */
export async function* allocatedPieces(file: ReadableDisk, signal: AbortSignal): AsyncGenerator<Piece> {
  needSize(file)
  yield* inOrder(file, cut(clip(await file.allocated(signal), file.sizeBytes), pieceBytes), signal)
}

/** Every byte of `[start, end)` in order, read ahead; holes are zeroes that nobody read, and nobody writes into. */
export async function* allPieces(
  file: ReadableDisk,
  { start, end }: Extent,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  needSize(file)
  const allocated = clip(await file.allocated(signal), end).filter((extent) => extent.end > start)
  const wanted = allocated.map((extent) => ({ start: Math.max(start, extent.start), end: extent.end }))
  let at = start
  for await (const { offset, bytes } of inOrder(file, cut(wanted, pieceBytes), signal)) {
    yield* zeroes(offset - at)
    yield bytes
    at = offset + bytes.length
  }
  yield* zeroes(end - at)
}

const zeroPiece: Uint8Array = new Uint8Array(pieceBytes)

function* zeroes(count: number): Generator<Uint8Array> {
  for (let left = count; left > 0; left -= pieceBytes) yield zeroPiece.subarray(0, Math.min(left, pieceBytes))
}

async function* inOrder(file: ReadableDisk, ranges: Iterable<Extent>, signal: AbortSignal): AsyncGenerator<Piece> {
  const source = ranges[Symbol.iterator]()
  const pending: Promise<Piece>[] = []
  const begin = (): void => {
    const { done, value } = source.next()
    if (done) return
    const reading = readPiece(file, value, signal)
    // Awaited in its turn; until then its failure is nobody's.
    reading.catch(() => undefined)
    pending.push(reading)
  }
  for (let count = 0; count < ahead; count++) begin()
  try {
    for (let next = pending.shift(); next !== undefined; next = pending.shift()) {
      const piece = await next
      begin()
      yield piece
    }
  } finally {
    await Promise.allSettled(pending)
  }
}

async function readPiece(file: ReadableDisk, { start, end }: Extent, signal: AbortSignal): Promise<Piece> {
  const bytes = new Uint8Array(end - start)
  await file.read(start, bytes, signal)
  return { offset: start, bytes }
}

/** A size that no file can have is damage, whoever says it. */
export function needSize({ sizeBytes }: ReadableDisk): void {
  if (Number.isSafeInteger(sizeBytes) && sizeBytes >= 0) return
  throw new Failure('file-system-damaged', `A file cannot have ${sizeBytes} bytes`)
}
