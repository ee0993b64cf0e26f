import { Alert, Text } from '@mantine/core'
import { IconInfoCircle } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { usePointsOf } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { momentText } from '../text/amounts.ts'
import { effectOf } from './run-effect.ts'

/** How a run that did not end well is told: cause and next step, and what it means for the machine and its points. */
export function RunOutcome({ run }: { readonly run: Run }): ReactNode {
  return (
    <>
      {run.failure === undefined || run.state === 'cancelled' ? undefined : (
        <FailureNote failure={run.failure} context={`${run.kind} ${run.id}`} />
      )}
      <Effect run={run} />
    </>
  )
}

function Effect({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  const points = usePointsOf().get(run.machineId ?? '') ?? []
  const effect = effectOf(run, (pointId) => points.some(({ id }) => id === pointId))
  if (effect === undefined) return undefined
  const newest = points[0]
  const isMixture = effect === 'mixture' || effect === 'mixture-undo'
  return (
    <Alert
      variant="light"
      color={isMixture ? 'red' : 'gray'}
      p="sm"
      icon={<IconInfoCircle size={18} aria-hidden="true" />}
      title={t('activity.effect')}
    >
      <Text fz="sm">
        {t(`activity.effects.${effect}`)}
        {effect !== 'no-point' || run.machineId === undefined
          ? undefined
          : ` ${newest === undefined ? t('activity.noGood') : t('activity.lastGood', { moment: momentText(newest.createdAt, i18n.language) })}`}
      </Text>
    </Alert>
  )
}
