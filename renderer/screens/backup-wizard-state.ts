import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy, PolicyWish, Rule } from '../../shared/policy.ts'
import { useList, usePointsOf } from '../parts/console-context.tsx'
import {
  type BackupDraft,
  type BackupStep,
  backupSteps,
  firstDraft,
  type Known,
  type Lack,
  lackOf,
  wishOf,
} from './backup-draft.ts'
import { preferredRepository } from './backup-repository.ts'
import { rulesOf, templateOf } from './schedule-draft.ts'

export type DraftState = {
  readonly draft: BackupDraft
  readonly known: Known
  /** Something was entered. */
  readonly dirty: boolean
  readonly change: (part: Partial<BackupDraft>) => void
  readonly at: BackupStep
  readonly steps: readonly { readonly id: BackupStep; readonly state: 'open' | 'ready' | 'lacking' }[]
  /** What this step lacks, once somebody tried to leave it. */
  readonly lack: Lack | undefined
  readonly go: (step: BackupStep) => void
  /** To the next step, if this one lacks nothing. */
  readonly goOn: () => void
  /** Absent while a step lacks something. */
  readonly wish: PolicyWish | undefined
}

/** What was entered in the wizard, where the reader is in it, and what is still missing. */
export function useBackupDraft(machineIds: readonly string[], policy: Policy | undefined): DraftState {
  const [first] = useState(() => firstDraft(machineIds, policy, undefined))
  const [typed, setTyped] = useState(first)
  const [at, setAt] = useState<BackupStep>(policy === undefined && machineIds.length > 0 ? 'what' : 'machines')
  const [seen, setSeen] = useState<ReadonlySet<BackupStep>>(
    new Set(policy !== undefined ? backupSteps : machineIds.length > 0 ? ['machines'] : []),
  )
  const draft = useWithRepository(typed)
  const known = useKnown(rulesOf(draft.rules))
  const see = (...steps: readonly BackupStep[]): void => setSeen(new Set([...seen, ...steps]))
  const lack = lackOf(at, draft, known)
  const next = backupSteps[backupSteps.indexOf(at) + 1]
  const go = (step: BackupStep): void => {
    see(at, ...(step === 'summary' ? backupSteps : []))
    setAt(step)
  }
  return {
    draft,
    known,
    dirty: typed !== first,
    change: (part) => setTyped((before) => ({ ...before, ...part })),
    at,
    steps: backupSteps.map((id) => ({ id, state: seen.has(id) ? stateOf(lackOf(id, draft, known)) : 'open' })),
    lack: seen.has(at) ? lack : undefined,
    go,
    goOn: () => (next !== undefined && lack === undefined ? go(next) : see(at)),
    wish: wishOf(draft, known),
  }
}

function stateOf(lack: Lack | undefined): 'ready' | 'lacking' {
  return lack === undefined ? 'ready' : 'lacking'
}

/** Until somebody chooses a repository it is the one that fits the machines best. */
function useWithRepository(typed: BackupDraft): BackupDraft {
  const repositories = useList('repositories').items
  const pointsOf = usePointsOf()
  const { machineIds, repositoryId } = typed
  return useMemo(
    () => ({ ...typed, repositoryId: repositoryId ?? preferredRepository(machineIds, repositories, pointsOf) }),
    [typed, machineIds, repositoryId, repositories, pointsOf],
  )
}

function useKnown(rules: readonly Rule[]): Known {
  const machines = useList('machines').items
  const disks = useMemo(
    () => new Map(machines.map((machine) => [machine.id, machine.disks.map(({ name }) => name)])),
    [machines],
  )
  return { disks, suggestedName: useSuggestedName(rules) }
}

/** A name for a new policy by its rhythm, with a number where another policy has that name. */
function useSuggestedName(rules: readonly Rule[]): string {
  const { t } = useTranslation()
  const taken = new Set(useList('policies').items.map(({ name }) => name))
  const template = templateOf(rules)
  const name = ((): string => {
    switch (template?.kind) {
      case 'nightly':
        return t('backup.nameNightly')
      case 'hours':
        return template.hours === 1 ? t('backup.nameHour') : t('backup.nameHours', { count: template.hours })
      case 'by-hand':
        return t('backup.nameByHand')
      case undefined:
        return t('backup.nameOwn')
    }
  })()
  let free = name
  for (let number = 2; taken.has(free); number++) free = `${name} ${number}`
  return free
}
