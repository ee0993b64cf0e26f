import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import type { Host, Machine } from '../../shared/machine.ts'
import type { ProtectionState } from '../../shared/protection.ts'
import type { LockTruth, Repository } from '../../shared/repository.ts'

export type Tone = 'good' | 'busy' | 'warn' | 'bad' | 'still'

const machineTones = { running: 'good', paused: 'warn', off: 'still', other: 'warn', gone: 'warn' } as const
const hostTones = { connected: 'good', connecting: 'busy', unreachable: 'bad' } as const
const repositoryTones = { open: 'good', locked: 'warn', unreachable: 'bad' } as const
export const protectionTones = { protected: 'good', 'at-risk': 'warn', unprotected: 'bad' } as const
const runTones = {
  queued: 'still',
  running: 'busy',
  cancelling: 'warn',
  done: 'good',
  failed: 'bad',
  cancelled: 'still',
} as const

/** A state is told by its word; the dot's colour and form only help the eye. */
export function StateMark(props: { readonly tone: Tone; readonly word: string }): ReactNode {
  return (
    <span className="state">
      <span className={`dot tone-${props.tone}${props.tone === 'still' ? ' hollow' : ''}`} aria-hidden="true" />
      {props.word}
    </span>
  )
}

export function MachineState(props: { readonly state: Machine['state'] | 'gone' }): ReactNode {
  const { t } = useTranslation()
  return <StateMark tone={machineTones[props.state]} word={t(`fact.machineState.${props.state}`)} />
}

export function ProtectionMark(props: { readonly state: ProtectionState }): ReactNode {
  const { t } = useTranslation()
  return <StateMark tone={protectionTones[props.state]} word={t(`fact.protection.${props.state}`)} />
}

export function HostState(props: { readonly state: Host['state'] }): ReactNode {
  const { t } = useTranslation()
  return <StateMark tone={hostTones[props.state]} word={t(`fact.hostState.${props.state}`)} />
}

export function RepositoryState(props: { readonly state: Repository['state'] }): ReactNode {
  const { t } = useTranslation()
  return <StateMark tone={repositoryTones[props.state]} word={t(`fact.repositoryState.${props.state}`)} />
}

/** A run that ended well but found damage, or has something to say, does not look as if all were well. */
export function RunState({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  if (hasFoundDamage(run)) return <StateMark tone="bad" word={t('activity.damageFound')} />
  if (run.state === 'done' && isGap(run.lock)) return <StateMark tone="bad" word={t('upkeep.lockGap')} />
  const tone = run.state === 'done' && run.warnings.length > 0 ? 'warn' : runTones[run.state]
  return <StateMark tone={tone} word={t(`fact.runState.${run.state}`)} />
}

/** Something that should withstand deletion would not. */
export function isGap(truth: LockTruth | undefined): boolean {
  return truth !== undefined && (truth.unlocked > 0 || truth.canary === 'deleted')
}

export function hasFoundDamage(run: Run): boolean {
  return run.state === 'done' && (run.report?.damaged.length ?? 0) > 0
}
