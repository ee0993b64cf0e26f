import { Alert, Anchor, Button, Group, Progress, Text, Title } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import type { Repository } from '../../shared/repository.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Moment } from '../parts/moment.tsx'
import { useTask } from '../parts/use-task.ts'
import { toFragment } from '../stores/navigation.ts'
import { percentOf } from '../text/amounts.ts'
import { PointLink } from './point-link.tsx'
import { VerifyPointDialog } from './verify-point-dialog.tsx'

type Props = { readonly repository: Repository }

/** How far the data is known to be whole: when it was read back last, how much of it, and what is damaged. */
export function RepositoryProof({ repository }: Props): ReactNode {
  const { t } = useTranslation()
  const { coverage, verifiedAt, points } = repository
  return (
    <section aria-label={t('repositories.verification')}>
      <Title order={3} fz="sm" mb={6}>
        {t('repositories.verification')}
      </Title>
      {coverage.damaged.length === 0 ? undefined : <Damaged pointIds={coverage.damaged} />}
      <dl className="facts">
        <dt>{t('repositories.verified')}</dt>
        <dd>{verifiedAt === undefined ? t('repositories.never') : <Moment at={verifiedAt} />}</dd>
        {points === 0 ? undefined : (
          <>
            <dt>{t('repositories.coverage')}</dt>
            <dd>
              {t('repositories.coverageOf', { verified: coverage.verified, points })}
              <Progress.Root size={6} mt={4} mb={2}>
                <Progress.Section
                  value={percentOf(coverage.verified, points)}
                  color="teal"
                  aria-label={t('repositories.coverageBar')}
                />
              </Progress.Root>
            </dd>
          </>
        )}
        {coverage.oldestAt === undefined ? undefined : (
          <>
            <dt>{t('repositories.oldest')}</dt>
            <dd>
              <Moment at={coverage.oldestAt} />
            </dd>
          </>
        )}
        {coverage.damaged.length > 0 || coverage.verified === 0 ? undefined : (
          <>
            <dt>{t('repositories.damaged')}</dt>
            <dd>{t('repositories.noneDamaged')}</dd>
          </>
        )}
      </dl>
      {repository.state === 'open' ? <Verify repository={repository} /> : undefined}
    </section>
  )
}

const shownPoints = 20

function Damaged({ pointIds }: { readonly pointIds: readonly string[] }): ReactNode {
  const { t } = useTranslation()
  return (
    <Alert
      role="alert"
      variant="light"
      color="red"
      p="sm"
      mb={10}
      icon={<IconAlertTriangle size={18} aria-hidden="true" />}
      title={`${t('repositories.damaged')} · ${pointIds.length}`}
    >
      <Text fz="sm">{t('repositories.damagedText')}</Text>
      <ul className="damaged">
        {pointIds.slice(0, shownPoints).map((pointId) => (
          <li key={pointId}>
            <PointLink pointId={pointId} />
          </li>
        ))}
        {pointIds.length > shownPoints ? <li>{`+ ${pointIds.length - shownPoints}`}</li> : undefined}
      </ul>
    </Alert>
  )
}

function Verify({ repository }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [choosing, setChoosing] = useState(false)
  const going = useList('runs').items.find((run) => isVerifying(run, repository.id))
  const verify = (): void =>
    task.start(async (signal) => {
      const { runId } = await calls.startVerify({ repositoryId: repository.id }, signal)
      goTo({ kind: 'activity', runId })
    })
  return (
    <>
      {going === undefined ? (
        <Group gap="xs" mt={10}>
          <Button size="compact-sm" variant="default" loading={task.busy} onClick={verify}>
            {t('repositories.verify')}
          </Button>
          {repository.points === 0 ? undefined : (
            <Button size="compact-sm" variant="default" onClick={() => setChoosing(true)}>
              {t('repositories.verifyOne')}
            </Button>
          )}
        </Group>
      ) : (
        <Text fz="sm" mt={10} role="status">
          {t('repositories.verifying')}{' '}
          <Anchor inherit href={toFragment({ kind: 'activity', runId: going.id })}>
            {t('repositories.showRun')}
          </Anchor>
        </Text>
      )}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
      {choosing ? <VerifyPointDialog repositoryId={repository.id} onClose={() => setChoosing(false)} /> : undefined}
    </>
  )
}

function isVerifying(run: Run, repositoryId: string): boolean {
  return run.kind === 'verify' && run.repositoryId === repositoryId && !isEnded(run.state)
}
