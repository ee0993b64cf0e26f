import { forEachParallel } from '../base/parallel.ts'
import { fromHex } from './format/bytes.ts'
import type { Manifest } from './format/manifest.ts'
import { isZeroId } from './format/map.ts'
import type { Parts } from './parts.ts'

const readsAtOnce = 4

/** The bytes of a small file that belongs to a point. Failures as those of a disk's read. */
export async function readAttachment(
  parts: Parts,
  reference: Manifest['attachments'][number],
  signal: AbortSignal,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(reference.sizeBytes)
  await forEachParallel(reference.chunks.entries(), readsAtOnce, async ([at, hex]) => {
    const id = fromHex(hex)
    if (!isZeroId(id)) bytes.set(await parts.reader.one(id, signal), at * parts.config.chunkBytes)
  })
  return bytes
}
