import type { BackupPlan } from '../../shared/plan.ts'

/** A sum over all machines of a plan, and how many of them each basis told. */
export function totalsOf(plan: BackupPlan): {
  readonly bytesRead: number
  readonly bytesStored: number
  readonly bases: Readonly<Record<BackupPlan['machines'][number]['basis'], number>>
} {
  const count = (basis: string): number => plan.machines.filter((machine) => machine.basis === basis).length
  return {
    bytesRead: plan.machines.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
    bytesStored: plan.machines.reduce((sum, { bytesStored }) => sum + bytesStored, 0),
    bases: { first: count('first'), history: count('history'), unknown: count('unknown') },
  }
}
