import type { Log } from '../base/log.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Repository } from '../repository/repository.ts'

/** Makes the catalog's cache equal to what the repository says of its points; answers whether anything changed. */
export function learnFrom({ points, notes }: Pick<Catalog, 'points' | 'notes'>, repository: Repository): boolean {
  const hasPoints = points.replace(repository.id, repository.points())
  const hasNotes = notes.replace(repository.id, repository.notes())
  return hasPoints || hasNotes
}

/**
 * Pins of before they stood in ledgers are written there, each into the first repository that is opened with its point.
 * Never fails: what could not be written is tried again at the next opening. Answers whether anything was written.
 */
export async function pushPins(
  { pins }: Pick<Catalog, 'pins'>,
  repository: Repository,
  log: Log,
  signal: AbortSignal,
): Promise<boolean> {
  let hasWritten = false
  const held = new Set(repository.points().map(({ id }) => id))
  try {
    for (const id of pins.list().filter((each) => held.has(each))) {
      const note = repository.notes().get(id) ?? { pinned: false, labels: [] }
      if (!note.pinned) await repository.note(id, { ...note, pinned: true }, signal)
      pins.remove(id)
      hasWritten = true
    }
  } catch (thrown) {
    if (!signal.aborted) log.warn('Pins could not be written to their repository', { problem: String(thrown) })
  }
  return hasWritten
}
