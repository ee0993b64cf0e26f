import { Anchor, List, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { Name } from '../parts/name.tsx'
import { toFragment } from '../stores/navigation.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

/** What a run did and why, as far as it knows yet. */
export function RunDetails({ run }: { readonly run: Run }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <div className="run-details">
      <dl className="facts">
        <dt>{t('activity.started')}</dt>
        <dd>{momentText(run.queuedAt, i18n.language)}</dd>
        {run.target === undefined ? undefined : (
          <>
            <dt>{t('activity.target')}</dt>
            <dd>{visible(run.target)}</dd>
          </>
        )}
        {run.disks.length === 0 ? undefined : (
          <>
            <dt>{t('activity.disks')}</dt>
            <dd>
              {run.disks.map((disk) => (
                <div key={disk.name}>
                  <Name text={disk.name} />: {t(`fact.how.${disk.how}.word`)}. {t(`fact.cause.${disk.cause}`)}
                </div>
              ))}
            </dd>
          </>
        )}
        <Report run={run} />
        {run.warnings.length === 0 ? undefined : (
          <>
            <dt>{t('common.warning')}</dt>
            <dd>
              <Sentences sentences={run.warnings} />
            </dd>
          </>
        )}
      </dl>
      <Text fz="sm" c="dimmed" mt={8}>
        {isEnded(run.state) ? undefined : t('activity.safeToClose')}
        {run.machineId !== undefined && run.state === 'done' ? (
          <Anchor inherit href={toFragment({ kind: 'machine', machineId: run.machineId })}>
            {t('activity.toMachine')}
          </Anchor>
        ) : undefined}
      </Text>
    </div>
  )
}

/** What a verification found: nothing is said in red unless something is damaged. */
function Report({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  if (run.report === undefined) return undefined
  const { objects, chunks, damaged } = run.report
  return (
    <>
      <dt>{t('activity.verified')}</dt>
      <dd>{t('activity.verifiedCounts', { objects, chunks })}</dd>
      <dt>{t('activity.damaged')}</dt>
      <dd>
        {damaged.length === 0 ? (
          t('activity.nothingDamaged')
        ) : (
          <Sentences
            sentences={damaged.map(({ object, problem, points }) =>
              t('activity.damagedObject', { object, problem, count: points.length }),
            )}
          />
        )}
      </dd>
    </>
  )
}

function Sentences(props: { readonly sentences: readonly string[] }): ReactNode {
  return (
    <List size="sm">
      {props.sentences.map((sentence) => (
        <List.Item key={sentence}>{visible(sentence)}</List.Item>
      ))}
    </List>
  )
}
