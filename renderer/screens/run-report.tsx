import { List } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { VerifyReport } from '../../shared/job.ts'
import { visible } from '../text/visible.ts'
import { PointLink } from './point-link.tsx'

const shownPoints = 50

/** What a verification read and found: damaged objects, and the points that need them by machine and moment. */
export function RunReport({ report }: { readonly report: VerifyReport }): ReactNode {
  const { t } = useTranslation()
  const { points, objects, chunks, damaged } = report
  const lost = [...new Set(damaged.flatMap((each) => each.points))]
  return (
    <>
      <dt>{t('activity.verified')}</dt>
      <dd>
        {points === undefined
          ? t('activity.verifiedCounts', { objects, chunks })
          : t('activity.verifiedPoints', { points, objects, chunks })}
      </dd>
      <dt>{t('activity.damaged')}</dt>
      <dd>
        {damaged.length === 0 ? (
          t('activity.nothingDamaged')
        ) : (
          <List size="sm">
            {damaged.map(({ object, problem, points: needing }) => (
              <List.Item key={`${object} ${problem}`}>
                {visible(t('activity.damagedObject', { object, problem, count: needing.length }))}
              </List.Item>
            ))}
          </List>
        )}
      </dd>
      {lost.length === 0 ? undefined : (
        <>
          <dt>{t('activity.damagedPoints')}</dt>
          <dd>
            {lost.slice(0, shownPoints).map((pointId) => (
              <div key={pointId}>
                <PointLink pointId={pointId} />
              </div>
            ))}
            {lost.length > shownPoints ? `+ ${lost.length - shownPoints}` : undefined}
          </dd>
        </>
      )}
    </>
  )
}
