import { Anchor, List } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Run } from '../../shared/job.ts'
import { addressText } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Told } from '../parts/told.tsx'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { FilesReport } from './files-report.tsx'
import { PointLink } from './point-link.tsx'
import { RunReport } from './run-report.tsx'
import { RunUpkeepReport } from './run-upkeep-report.tsx'

/** What a run did and why, as far as it knows yet. */
export function RunFacts({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  return (
    <dl className="facts">
      <dt>{t('activity.started')}</dt>
      <dd>
        <Moment at={run.startedAt ?? run.queuedAt} />
      </dd>
      {run.endedAt === undefined ? undefined : (
        <>
          <dt>{t('activity.ended')}</dt>
          <dd>
            <Moment at={run.endedAt} />
          </dd>
        </>
      )}
      <Origin run={run} />
      <Result run={run} />
      {run.disks.length === 0 ? undefined : (
        <>
          <dt>{t('activity.disks')}</dt>
          <dd>
            {run.disks.map((disk) => (
              <div key={disk.name}>
                <Name text={disk.name} /> · {t(`fact.how.${disk.how}.word`)} · {t(`fact.cause.${disk.cause}`)}
              </div>
            ))}
          </dd>
        </>
      )}
      {run.report === undefined ? undefined : <RunReport report={run.report} />}
      <RunUpkeepReport run={run} />
      {run.files === undefined ? undefined : <FilesReport report={run.files} />}
      {run.warnings.length === 0 ? undefined : (
        <>
          <dt>{t('common.warning')}</dt>
          <dd>
            <List size="sm">
              {run.warnings.map((warning) => (
                <List.Item key={warning}>
                  <Told text={warning} />
                </List.Item>
              ))}
            </List>
          </dd>
        </>
      )}
    </dl>
  )
}

/** What it came from: the policy that started it, its repository, the point it reads. */
function Origin({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const policies = useList('policies').items
  const repositories = useList('repositories').items
  const policy = useMemo(() => policies.find(({ id }) => id === run.policyId), [policies, run.policyId])
  const repository = useMemo(() => repositories.find(({ id }) => id === run.repositoryId), [repositories, run])
  const source = useMemo(() => repositories.find(({ id }) => id === run.sourceId), [repositories, run])
  return (
    <>
      {policy === undefined ? undefined : (
        <>
          <dt>{t('activity.policy')}</dt>
          <dd>
            <Anchor inherit href={toFragment({ kind: 'policy', policyId: policy.id })}>
              <Name text={policy.name} />
            </Anchor>
          </dd>
        </>
      )}
      {repository === undefined ? undefined : (
        <>
          <dt>{t('activity.repository')}</dt>
          <dd>
            <Name text={addressText(repository.address)} />
          </dd>
        </>
      )}
      {source === undefined ? undefined : (
        <>
          <dt>{t('activity.copySource')}</dt>
          <dd>
            <Name text={addressText(source.address)} />
          </dd>
        </>
      )}
      {run.pointId === undefined || run.kind === 'backup' ? undefined : (
        <>
          <dt>{t('activity.point')}</dt>
          <dd>
            <PointLink pointId={run.pointId} />
          </dd>
        </>
      )}
      {run.snapshot === undefined ? undefined : (
        <>
          <dt>{t('activity.snapshot')}</dt>
          <dd>
            <Name text={run.snapshot} />
          </dd>
        </>
      )}
    </>
  )
}

/** What it makes: where a restore goes, and what came of it. */
function Result({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const to = run.targetKind === undefined ? undefined : t(`activity.to-${run.targetKind}`)
  return (
    <>
      {to === undefined ? undefined : (
        <>
          <dt>{t('activity.to')}</dt>
          <dd>{run.partial === true ? t('activity.someDisks', { to }) : to}</dd>
        </>
      )}
      {run.target === undefined || run.targetKind === 'in-place' ? undefined : (
        <>
          <dt>{t('activity.target')}</dt>
          <dd className="run-target">
            {run.target
              .split('\n')
              .map((line) => visible(line))
              .join('\n')}
          </dd>
        </>
      )}
      {run.kind !== 'backup' || run.pointId === undefined || run.state !== 'done' ? undefined : (
        <>
          <dt>{t('activity.target')}</dt>
          <dd>
            <PointLink pointId={run.pointId} />
          </dd>
        </>
      )}
    </>
  )
}
