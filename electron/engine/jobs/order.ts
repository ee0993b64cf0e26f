import type { Run, RunId } from '../../../shared/job.ts'
import type { HostId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Owner } from './owner.ts'
import type { Step } from './step.ts'

/** What a job adds to its run's record when it ends well. */
export type Outcome = Partial<Pick<Run, 'machineId' | 'pointId' | 'target' | 'count'>>

type OrderedFacts = Pick<
  Run,
  | 'kind'
  | 'machineId'
  | 'machineName'
  | 'repositoryId'
  | 'sourceId'
  | 'pointId'
  | 'snapshot'
  | 'targetKind'
  | 'partial'
  | 'policyId'
>

export type Order = OrderedFacts & {
  /** The host that the run works on; it is not let go meanwhile. */
  readonly hostId?: HostId
  /** Id of the point to be made: what it left on a host is no leftover while the run lives. */
  readonly draftPoint?: PointId
  /** Runs that share a key never run at the same time; the later one waits. */
  readonly keys: readonly string[]
  work(step: Step): Promise<Outcome>
}

/** Runs that touch one machine's disks share this key, so that they never overlap. */
export function machineKey(machineId: string): string {
  return `machine ${machineId}`
}

/** A run that has not ended; `hostId` is known of this engine's own. */
export type UnderWay = { readonly run: Run; readonly hostId: HostId | undefined }

type RunRecord = { readonly run: Run; readonly owner: Owner; readonly draftPoint: PointId | undefined }

/** Where run records live. `put` is durable when it returns. */
export type RunRecords = {
  get(id: RunId): Run | undefined
  list(limit: number): readonly Run[]
  put(record: RunRecord): void
  underWay(): readonly RunRecord[]
}
