import type { Protection } from '../../shared/protection.ts'
import type { Coverage } from '../stores/coverage.ts'
import type { Place } from '../stores/navigation.ts'
import type { Opened } from '../stores/opened.ts'

/** What helps a machine that is not as it should be. */
export type Fix =
  | { readonly kind: 'go'; readonly word: 'run' | 'repositories' | 'machine'; readonly place: Place }
  | { readonly kind: 'open'; readonly word: 'backUp' | 'protect'; readonly dialog: Opened }

/** Follows the weightiest reason. `lastRunId` is the machine's newest backup that has ended. */
export function fixOf({ machineId, machine }: Coverage, { reasons }: Protection, lastRunId: string | undefined): Fix {
  const machineIds = [machineId]
  const [reason] = reasons
  if (reason === 'nothing-can-be-read' || machine === undefined) {
    return reason === 'points-unreachable'
      ? { kind: 'go', word: 'repositories', place: { kind: 'repositories' } }
      : { kind: 'go', word: 'machine', place: { kind: 'machine', machineId } }
  }
  if (reason === 'points-unreachable') return { kind: 'go', word: 'repositories', place: { kind: 'repositories' } }
  const hasFailed = reasons.includes('last-failed') && lastRunId !== undefined
  if (hasFailed) return { kind: 'go', word: 'run', place: { kind: 'activity', runId: lastRunId } }
  if (reason === 'no-policy') return { kind: 'open', word: 'protect', dialog: { kind: 'protect', machineIds } }
  return { kind: 'open', word: 'backUp', dialog: { kind: 'back-up', machineIds } }
}
