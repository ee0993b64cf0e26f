import type { Policy, PolicyWish, Retention } from '../../shared/policy.ts'
import { draftsOf, mostRules, type RuleDraft, ruleLacks, rulesOf, templateRules } from './schedule-draft.ts'

export const backupSteps = ['machines', 'what', 'where', 'when', 'keep', 'summary'] as const
export type BackupStep = (typeof backupSteps)[number]

/** Everything the wizard holds, complete or not. */
export type BackupDraft = {
  /** Absent: the name that the window suggests. */
  readonly name: string | undefined
  readonly enabled: boolean
  readonly machineIds: readonly string[]
  readonly excluded: PolicyWish['excluded']
  readonly freeze: boolean
  readonly repositoryId: string | undefined
  /** Repositories to which each new point is copied. */
  readonly copies: readonly string[]
  /** Never when absent. */
  readonly verifyEveryDays: number | undefined
  readonly rules: readonly RuleDraft[]
  readonly retention: Retention
  /** What retention does not keep is deleted. */
  readonly enact: boolean
}

const firstRetention: Retention = { last: 7, hourly: 0, daily: 14, weekly: 8, monthly: 12, yearly: 0, minimum: 3 }

const firstUpkeep = { copies: [], verifyEveryDays: 30, enact: true } as const

/** Where the wizard begins: with what a policy says, or with what most people want. */
export function firstDraft(
  machineIds: readonly string[],
  policy: Policy | undefined,
  repositoryId: string | undefined,
): BackupDraft {
  if (policy === undefined) {
    const rules = draftsOf(templateRules({ kind: 'nightly' }))
    const usual = {
      name: undefined,
      enabled: true,
      excluded: [],
      freeze: true,
      retention: firstRetention,
      ...firstUpkeep,
    }
    return { ...usual, machineIds: [...new Set(machineIds)], repositoryId, rules }
  }
  const { name, enabled, excluded, freeze, retention, copies = [], enact = false, verifyEveryDays } = policy
  const all = [...new Set([...policy.machineIds, ...machineIds])]
  return {
    name,
    enabled,
    machineIds: all,
    excluded,
    freeze,
    repositoryId: policy.repositoryId,
    copies,
    verifyEveryDays,
    rules: draftsOf(policy.rules),
    retention,
    enact,
  }
}

export type Lack = 'no-machine' | 'no-disk' | 'no-repository' | 'rule' | 'too-many-rules' | 'no-name'

export type Known = {
  /** Names of all disks of the machines that are on a host now, by machine. */
  readonly disks: ReadonlyMap<string, readonly string[]>
  readonly suggestedName: string
}

/** The first thing that a step lacks; undefined when it is complete. */
export function lackOf(step: BackupStep, draft: BackupDraft, known: Known): Lack | undefined {
  return lacks[step](draft, known)
}

const lacks: Readonly<Record<BackupStep, (draft: BackupDraft, known: Known) => Lack | undefined>> = {
  machines: ({ machineIds }) => (machineIds.length === 0 ? 'no-machine' : undefined),
  what: (draft, { disks }) =>
    draft.machineIds.some((id) => isAllLeftOut(id, draft, disks.get(id))) ? 'no-disk' : undefined,
  where: ({ repositoryId }) => (repositoryId === undefined ? 'no-repository' : undefined),
  when: ({ rules }) => {
    if (rules.some((rule) => ruleLacks(rule) !== undefined)) return 'rule'
    return rulesOf(rules).length > mostRules ? 'too-many-rules' : undefined
  },
  keep: () => undefined,
  summary: ({ name }, { suggestedName }) => ((name ?? suggestedName).trim() === '' ? 'no-name' : undefined),
}

function isAllLeftOut(machineId: string, { excluded }: BackupDraft, disks: readonly string[] | undefined): boolean {
  if (disks === undefined || disks.length === 0) return false
  return disks.every((disk) => excluded.some((each) => each.machineId === machineId && each.disk === disk))
}

/** What to ask of the engine; undefined while a step lacks something. Disks of machines that were taken out are forgotten. */
export function wishOf(draft: BackupDraft, known: Known): PolicyWish | undefined {
  const { enabled, machineIds, freeze, repositoryId, retention, verifyEveryDays, enact } = draft
  const copies = draft.copies.filter((id) => id !== repositoryId)
  if (repositoryId === undefined || backupSteps.some((step) => lackOf(step, draft, known) !== undefined))
    return undefined
  return {
    name: (draft.name ?? known.suggestedName).trim(),
    enabled,
    machineIds: [...machineIds],
    excluded: draft.excluded.filter(({ machineId }) => machineIds.includes(machineId)),
    freeze,
    repositoryId,
    rules: [...rulesOf(draft.rules)],
    retention,
    ...(enact ? { enact } : {}),
    ...(copies.length === 0 ? {} : { copies }),
    ...(verifyEveryDays === undefined ? {} : { verifyEveryDays }),
  }
}

/** What every step of the wizard is given. */
export type StepProps = {
  readonly draft: BackupDraft
  readonly onChange: (part: Partial<BackupDraft>) => void
}
