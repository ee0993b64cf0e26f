import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import type { Policy } from '../../shared/policy.ts'
import { Moment } from '../parts/moment.tsx'
import { StateMark } from '../parts/state.tsx'
import { lastStart } from './policy-starts.ts'

const outcomes = [
  { key: 'failed', tone: 'bad' },
  { key: 'live', tone: 'busy' },
  { key: 'done', tone: 'good' },
  { key: 'cancelled', tone: 'still' },
] as const

/** When a policy started something last, by its rules or by hand, and how that went. `runs` are its own, newest first. */
export function LastStart({ policy, runs }: { readonly policy: Policy; readonly runs: readonly Run[] }): ReactNode {
  const { t } = useTranslation()
  const last = lastStart(runs)
  const at = last?.at ?? policy.lastAt
  if (at === undefined) return <span className="dimmed">{t('policies.notRun')}</span>
  return (
    <>
      <Moment at={at} short />
      {last === undefined ? undefined : (
        <div className="outcomes">
          {outcomes
            .filter(({ key }) => last[key] > 0)
            .map(({ key, tone }) => (
              <StateMark key={key} tone={tone} word={t(`policies.${key}`, { count: last[key] })} />
            ))}
        </div>
      )}
    </>
  )
}
