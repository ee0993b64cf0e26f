import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { LockTruth } from '../../shared/repository.ts'
import { StateMark } from '../parts/state.tsx'
import { momentText } from '../text/amounts.ts'

const canaryTones = { refused: 'good', deleted: 'bad', untried: 'still' } as const

/** What a look at every object showed. One that is not locked outweighs all that are. */
export function LockFacts({ truth }: { readonly truth: LockTruth }): ReactNode {
  const { t, i18n } = useTranslation()
  const count = new Intl.NumberFormat(i18n.language)
  return (
    <>
      <dt>{t('upkeep.lockUntil')}</dt>
      <dd>
        <Earliest truth={truth} />
      </dd>
      <dt>{t('upkeep.lockObjects')}</dt>
      <dd>{count.format(truth.objects)}</dd>
      <dt>{t('upkeep.lockUnlocked')}</dt>
      <dd>
        <StateMark tone={truth.unlocked === 0 ? 'good' : 'bad'} word={count.format(truth.unlocked)} />
      </dd>
      <dt>{t('upkeep.canary')}</dt>
      <dd>
        <StateMark tone={canaryTones[truth.canary]} word={t(`upkeep.canaries.${truth.canary}`)} />
      </dd>
      <dt>{t('upkeep.lockChecked')}</dt>
      <dd>{momentText(truth.at, i18n.language)}</dd>
    </>
  )
}

function Earliest({ truth: { until, unlocked, canary } }: { readonly truth: LockTruth }): ReactNode {
  const { t, i18n } = useTranslation()
  if (unlocked > 0) return <StateMark tone="bad" word={t('upkeep.lockNow', { count: unlocked })} />
  if (until === undefined) return t('upkeep.lockUntold')
  return <StateMark tone={canary === 'deleted' ? 'bad' : 'good'} word={momentText(until, i18n.language)} />
}
