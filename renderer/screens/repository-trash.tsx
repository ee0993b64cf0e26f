import { Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import type { Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { Name } from '../parts/name.tsx'
import { type Task, useTask } from '../parts/use-task.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { Section } from './repository-section.tsx'
import { useAnswer } from './use-answer.ts'

const shownAtOnce = 50

/** Points that were deleted and can still be brought back. */
export function RepositoryTrash({ repository }: { readonly repository: Repository }): ReactNode {
  const { t } = useTranslation()
  const { calls, points, repositories } = useConsole()
  const task = useTask()
  const { answer, failure, ask } = useAnswer(
    (signal) => calls.listTrash({ repositoryId: repository.id }, signal),
    `${repository.id} ${repository.trashed ?? 0}`,
  )
  const recover = (pointIds: readonly string[]): void =>
    task.start(async (signal) => {
      await calls.recoverPoints({ repositoryId: repository.id, pointIds: [...pointIds] }, signal)
      ask()
      await Promise.all([points.refresh(), repositories.refresh()])
    })
  return (
    <Section title={t('upkeep.trash')}>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {answer === undefined && failure === undefined ? <Loading /> : undefined}
      {answer?.length === 0 ? <Text fz="sm">{t('upkeep.trashEmpty')}</Text> : undefined}
      {answer === undefined || answer.length === 0 ? undefined : (
        <TrashList rows={answer} task={task} onRecover={recover} />
      )}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </Section>
  )
}

type ListProps = {
  readonly rows: Result<'listTrash'>
  readonly task: Task
  readonly onRecover: (pointIds: readonly string[]) => void
}

function TrashList({ rows, task, onRecover }: ListProps): ReactNode {
  const { t } = useTranslation()
  const [shown, setShown] = useState(shownAtOnce)
  const more = rows.length - shown
  return (
    <>
      <Text fz="xs" c="dimmed">
        {t('upkeep.trashText')}
      </Text>
      <ul className="pane-rows">
        {rows.slice(0, shown).map((row) => (
          <TrashRow key={row.point.id} row={row} busy={task.busy} onRecover={onRecover} />
        ))}
      </ul>
      {more > 0 ? (
        <Button variant="subtle" onClick={() => setShown(rows.length)}>
          {t('upkeep.more', { count: more })}
        </Button>
      ) : undefined}
      {rows.length > 1 ? (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            loading={task.busy}
            onClick={() => onRecover(rows.map(({ point }) => point.id))}
          >
            {t('upkeep.recoverAll')}
          </Button>
        </div>
      ) : undefined}
    </>
  )
}

type RowProps = {
  readonly row: Result<'listTrash'>[number]
  readonly busy: boolean
  readonly onRecover: ListProps['onRecover']
}

function TrashRow({ row, busy, onRecover }: RowProps): ReactNode {
  const { t, i18n } = useTranslation()
  const { point, why, purgeAt } = row
  const moment = momentText(point.createdAt, i18n.language)
  return (
    <li>
      <div>
        <div>
          <Name text={point.machineName} /> · {moment}
        </div>
        <div className="dim">
          {t(`upkeep.whys.${why}`)} · {t('upkeep.until', { moment: momentText(purgeAt, i18n.language) })}
        </div>
      </div>
      <Button
        size="compact-xs"
        variant="default"
        disabled={busy}
        aria-label={t('upkeep.recoverNamed', { name: visible(point.machineName), moment })}
        onClick={() => onRecover([point.id])}
      >
        {t('upkeep.recover')}
      </Button>
    </li>
  )
}
