import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { RestorePlan } from '../../shared/plan.ts'
import { sizeText } from '../text/amounts.ts'
import { kindOf, type RestoreForm } from './restore-form.ts'

type Props = { readonly plan: RestorePlan; readonly form: RestoreForm }

/** What the restore takes, and how to go back. */
export function PlanFacts({ plan, form }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const isInPlace = kindOf(form) === 'in-place'
  const isLost = isInPlace && !form.undoFirst
  return (
    <dl className="facts">
      <dt>{t('restore.bytes')}</dt>
      <dd>
        {sizeText(plan.bytes, i18n.language)}
        {isInPlace ? ` · ${t('restore.inPlaceBytes')}` : ''}
      </dd>
      <dt>{t('restore.expected')}</dt>
      <dd>{expectedText(plan.seconds, t)}</dd>
      {isInPlace ? undefined : (
        <>
          <dt>{t('restore.free')}</dt>
          <dd>{plan.freeBytes === undefined ? t('restore.unknown') : sizeText(plan.freeBytes, i18n.language)}</dd>
        </>
      )}
      <dt>{t('restore.undo')}</dt>
      <dd>{isLost ? t('restore.undoNever') : t(`restore.undo-${plan.undo}`)}</dd>
    </dl>
  )
}

function expectedText(seconds: number | undefined, t: TFunction): string {
  if (seconds === undefined) return t('restore.notMeasured')
  if (seconds < 60) return t('restore.underMinute')
  const minutes = Math.ceil(seconds / 60)
  if (minutes < 60) return t('restore.minutes', { minutes })
  return t('restore.hours', { hours: Math.floor(minutes / 60), minutes: minutes % 60 })
}
