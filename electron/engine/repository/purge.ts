import { appendEntry } from './append.ts'
import { type Cycle, isOlder } from './cycle.ts'
import { entryName } from './format/entry.ts'
import type { LedgerPoint } from './ledger-state.ts'

/**
 * Points that were in the trash for long enough end, by the store's clock and by that of whoever dropped them: a clock that
 * is wrong only keeps them longer. Pinned ones stay. Answers the names of their manifests.
 */
export async function purgeTrash(cycle: Cycle): Promise<readonly string[]> {
  const { fence, parts, report, signal } = cycle
  const due = await dueOf(cycle)
  if (due.length === 0) return []
  let purged: readonly LedgerPoint[] = []
  const body = () => {
    parts.leases.need(fence)
    purged = due.filter((point) => isStillDue(cycle, point))
    return { kind: 'purge', pointIds: purged.map(({ id }) => id), fence } as const
  }
  await parts.turns.run(() => appendEntry(parts, body, signal))
  report.purged += purged.length
  return purged.map(({ manifest }) => manifest)
}

async function dueOf(cycle: Cycle): Promise<readonly LedgerPoint[]> {
  const { options, parts } = cycle
  const due: LedgerPoint[] = []
  const isOver = new Map<number, boolean>()
  for (const point of parts.ledger.state.points.values()) {
    const { dropped } = point
    if (dropped === undefined || !isStillDue(cycle, point)) continue
    if (parts.clock.now() - dropped.at < options.trashMs) continue
    const over = isOver.get(dropped.number) ?? (await isOlder(cycle, entryName(dropped.number), options.trashMs))
    isOver.set(dropped.number, over)
    if (over) due.push(point)
  }
  return due
}

/** Somebody may have recovered or pinned it meanwhile. */
function isStillDue({ parts }: Cycle, { dropped, id }: LedgerPoint): boolean {
  const { notes, points } = parts.ledger.state
  return points.get(id)?.dropped?.number === dropped?.number && notes.get(id)?.pinned !== true
}
