import type { DayResult } from '../../shared/history.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { type Protection, protectionStates } from '../../shared/protection.ts'
import type { Repository } from '../../shared/repository.ts'
import type { Coverage } from '../stores/coverage.ts'
import type { MachinesFilter } from '../stores/filter.ts'

/** A machine as its row tells it. */
export type MachineRow = {
  /** One machine may be seen on two hosts: each is a row. */
  readonly key: string
  readonly coverage: Coverage
  readonly protection: Protection | undefined
  /** The newest point in which no verification found damage. */
  readonly lastGood: Point | undefined
  /** What a filter looks through, in lower case. */
  readonly words: string
}

type Facts = {
  readonly coverage: readonly Coverage[]
  readonly protection: ReadonlyMap<string, Protection>
  readonly policies: readonly Policy[]
  readonly repositories: readonly Repository[]
}

/** In the order of `coverage`, which is by name as people read it. */
export function machineRows({ coverage, protection, policies, repositories }: Facts): readonly MachineRow[] {
  const damaged = new Set(repositories.flatMap((repository) => repository.coverage.damaged))
  const namesOf = new Map<string, string[]>()
  for (const { name, machineIds } of policies) {
    for (const id of machineIds) namesOf.set(id, [...(namesOf.get(id) ?? []), name])
  }
  return coverage.map((each) => ({
    key: `${each.machineId} ${each.host?.id ?? ''}`,
    coverage: each,
    protection: protection.get(each.machineId),
    lastGood: each.points.find(({ id }) => !damaged.has(id)),
    words: [each.name, each.host?.name ?? '', each.machineId, ...(namesOf.get(each.machineId) ?? [])]
      .join('\n')
      .toLocaleLowerCase(),
  }))
}

export function fits(row: MachineRow, filter: MachinesFilter): boolean {
  if (filter.protection !== undefined && row.protection?.state !== filter.protection) return false
  if (filter.hostId !== undefined && row.coverage.machine?.hostId !== filter.hostId) return false
  return row.words.includes(filter.text.trim().toLocaleLowerCase())
}

export const sortable = ['name', 'state', 'host', 'protection', 'lastPoint', 'size', 'points'] as const
export type Sortable = (typeof sortable)[number]
export type Order = { readonly column: Sortable; readonly down: boolean }

const keyOf: Readonly<Record<Sortable, (row: MachineRow) => string | number>> = {
  name: () => 0,
  state: ({ coverage }) => coverage.machine?.state ?? 'gone',
  host: ({ coverage }) => coverage.host?.name ?? '',
  protection: ({ protection }) => (protection === undefined ? -1 : protectionStates.indexOf(protection.state)),
  lastPoint: ({ lastGood }) => lastGood?.createdAt ?? 0,
  size: ({ coverage }) => coverage.sizeBytes,
  points: ({ coverage }) => coverage.points.length,
}

/** Stable on top of the order by name; `down` turns everything round. */
export function inOrder(rows: readonly MachineRow[], { column, down }: Order): readonly MachineRow[] {
  const key = keyOf[column]
  const sorted = rows.toSorted((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
  return down ? sorted.reverse() : sorted
}

/** How many days went how. */
export function countDays(days: readonly DayResult[]): Readonly<Record<DayResult, number>> {
  const count = { none: 0, good: 0, warning: 0, failed: 0 }
  for (const day of days) count[day]++
  return count
}
