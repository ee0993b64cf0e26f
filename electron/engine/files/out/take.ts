import type { FileRef } from '../../../../shared/files.ts'
import type { OpenedFiles } from '../opened.ts'
import type { Sink } from './sink.ts'
import { type Watch, walk } from './walk.ts'

/** Takes what was chosen, one after the other, out of its points to a sink. The same file twice is one. Fails as `walk` does. */
export async function takeAll(
  files: Pick<OpenedFiles, 'use'>,
  items: readonly FileRef[],
  sink: Sink,
  watch: Watch,
  signal: AbortSignal,
): Promise<void> {
  const met = new Set<string>()
  for (const { pointId, volumeId, path, stream } of items) {
    const key = JSON.stringify([pointId, volumeId, path, stream])
    if (met.has(key)) continue
    met.add(key)
    await files.use(pointId, volumeId, signal, ({ fileSystem }) =>
      walk({ pointId, volumeId, fileSystem, path, stream }, sink, watch, signal),
    )
  }
}
