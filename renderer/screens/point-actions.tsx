import { Anchor, Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { toFragment } from '../stores/navigation.ts'

type Props = {
  readonly point: Point
  readonly pinned: boolean
  readonly repository: Repository | undefined
  readonly onDelete: () => void
}

/** Restore, browse, verify, pin, delete. All but pinning need the repository open; without it the way there stands in their place. */
export function PointActions({ point, pinned, repository, onDelete }: Props): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const isOpen = repository?.state === 'open'
  return (
    <>
      {isOpen ? undefined : <p className="lineage-refusal">{t('lineage.repositoryClosed')}</p>}
      <div className="lineage-actions">
        {isOpen ? (
          <>
            <Button onClick={() => opened.open({ kind: 'restore', pointId: point.id })}>{t('lineage.restore')}</Button>
            <Button
              component="a"
              variant="default"
              href={toFragment({ kind: 'folder', machineId: point.machineId, pointId: point.id })}
            >
              {t('files.browse')}
            </Button>
            <Verify pointId={point.id} />
          </>
        ) : (
          <Button component="a" href={toFragment({ kind: 'repositories' })}>
            {t('machine.toRepositories')}
          </Button>
        )}
        <Pin pointId={point.id} pinned={pinned} />
        {isOpen ? (
          <Button
            variant="default"
            disabled={pinned}
            {...(pinned ? { title: t('lineage.pinnedStays') } : {})}
            onClick={onDelete}
          >
            {t('lineage.deletePoint')}
          </Button>
        ) : undefined}
      </div>
    </>
  )
}

function Verify({ pointId }: { readonly pointId: string }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [runId, setRunId] = useState<string>()
  const start = (): void =>
    task.start(async (signal) => {
      const started = await calls.startVerify({ pointId }, signal)
      setRunId(started.runId)
    })
  return (
    <>
      <Button variant="default" loading={task.busy} onClick={start}>
        {t('lineage.verify')}
      </Button>
      {runId === undefined ? undefined : (
        <Anchor inherit href={toFragment({ kind: 'activity', runId })} className="lineage-said">
          {t('machine.showRun')}
        </Anchor>
      )}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}

function Pin({ pointId, pinned }: { readonly pointId: string; readonly pinned: boolean }): ReactNode {
  const { t } = useTranslation()
  const { calls, pins } = useConsole()
  const task = useTask()
  const change = (): void =>
    task.start(async (signal) => {
      await calls.pinPoint({ pointId, pinned: !pinned }, signal)
      await pins.refresh()
    })
  return (
    <>
      <Button variant="default" loading={task.busy} onClick={change} title={t('lineage.pinMeaning')}>
        {pinned ? t('lineage.unpin') : t('lineage.pin')}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </>
  )
}
