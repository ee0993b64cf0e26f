import type { Run } from '../../shared/job.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import { addressText, type Repository } from '../../shared/repository.ts'
import type { Coverage } from '../stores/coverage.ts'
import type { Place } from '../stores/navigation.ts'
import type { Opened } from '../stores/opened.ts'

/** What choosing an entry does. */
export type Act =
  | { readonly kind: 'go'; readonly place: Place }
  | { readonly kind: 'open'; readonly dialog: Opened }
  | { readonly kind: 'find-files'; readonly query: string }
  | { readonly kind: 'language' }
  | { readonly kind: 'theme' }

export const entryKinds = ['machine', 'command', 'screen', 'policy', 'repository', 'run', 'point'] as const
export type EntryKind = (typeof entryKinds)[number]

export type Entry = {
  readonly id: string
  readonly kind: EntryKind
  /** What is read first; foreign text, to be shown as such. */
  readonly title: string
  /** What tells it from others of its title. */
  readonly note: string
  /** Lower case, what is looked through. */
  readonly text: string
  readonly act: Act
}

export function entry(kind: EntryKind, id: string, title: string, note: string, act: Act): Entry {
  return { id: `${kind}-${id}`, kind, title, note, text: `${title} ${note}`.toLowerCase(), act }
}

export function machineEntries(machines: readonly Coverage[]): readonly Entry[] {
  return machines.map(({ machineId, name, host }) =>
    entry('machine', machineId, name, host?.name ?? '', { kind: 'go', place: { kind: 'machine', machineId } }),
  )
}

export function policyEntries(policies: readonly Policy[]): readonly Entry[] {
  return policies.map(({ id, name }) =>
    entry('policy', id, name, '', { kind: 'go', place: { kind: 'policy', policyId: id } }),
  )
}

export function repositoryEntries(repositories: readonly Repository[]): readonly Entry[] {
  return repositories.map(({ id, address }) =>
    entry('repository', id, addressText(address), '', {
      kind: 'go',
      place: { kind: 'repositories', repositoryId: id },
    }),
  )
}

/** Newest first, as they come. `words` tells kind and state in the reader's language. */
export function runEntries(runs: readonly Run[], words: (run: Run) => string): readonly Entry[] {
  return runs.map((run) =>
    entry('run', run.id, run.machineName ?? words(run), `${words(run)} ${dateText(run.queuedAt)}`, {
      kind: 'go',
      place: { kind: 'activity', runId: run.id },
    }),
  )
}

/** Newest first. Choosing one shows it in its machine's lineage. */
export function pointEntries(points: readonly Point[]): readonly Entry[] {
  return points
    .toSorted((a, b) => b.createdAt - a.createdAt)
    .map(({ id, machineId, machineName, createdAt }) =>
      entry('point', id, machineName, dateText(createdAt), {
        kind: 'go',
        place: { kind: 'machine', machineId, pointId: id },
      }),
    )
}

/** `2026-11-22 07:30` in the reader's zone: what people type, the same in every language, and cheap for many. */
export function dateText(at: number): string {
  const day = new Date(at)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`
  return `${date} ${two(day.getHours())}:${two(day.getMinutes())}`
}
