import { ActionIcon, Button, Group, Loader, Title } from '@mantine/core'
import { IconArrowBackUp, IconX } from '@tabler/icons-react'
import { lazy, type ReactNode, Suspense, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isEnded, type Run } from '../../shared/job.ts'
import { goTo, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { RunBody } from './run-body.tsx'
import { RunControls } from './run-controls.tsx'
import { RunIcon, RunMark } from './run-mark.tsx'
import { useRunNames } from './run-name.ts'
import { useRun } from './use-run.ts'

const RestoreWizard = lazy(async () => ({ default: (await import('./restore-wizard.tsx')).RestoreWizard }))

/** One run beside the list of all. */
export function RunPane({ runId }: { readonly runId: string }): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const { run, failure } = useRun(runId)
  return (
    <aside className="pane" aria-labelledby={id}>
      <div className="pane-head">
        {run === undefined ? undefined : <RunIcon kind={run.kind} />}
        <Title order={2} id={id} fz="md" className="pane-title">
          {run === undefined ? t('activity.title') : <RunTitle run={run} />}
        </Title>
        {run === undefined ? undefined : <RunMark run={run} />}
        <ActionIcon aria-label={t('common.close')} onClick={() => goTo({ kind: 'activity' })}>
          <IconX size={16} aria-hidden="true" />
        </ActionIcon>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard */}
      <section className="pane-body" aria-label={t('common.details')} tabIndex={0}>
        {failure === undefined ? undefined : <FailureNote failure={failure} />}
        {run === undefined && failure === undefined ? <Loader size="sm" /> : undefined}
        {run === undefined ? undefined : (
          <>
            <RunBody run={run} />
            <RunActions run={run} />
          </>
        )}
      </section>
    </aside>
  )
}

function RunTitle({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const name = useRunNames()(run)
  return (
    <>
      {t(`fact.runKind.${run.kind}`)} <Name text={name} />
    </>
  )
}

/** What can be done about a run: hold it up, undo it, look at what it is about. */
function RunActions({ run }: { readonly run: Run }): ReactNode {
  const { t } = useTranslation()
  const name = useRunNames()(run)
  const [undoing, setUndoing] = useState(false)
  const machineId = run.machineId
  const points = useList('points').items
  const canUndo = isEnded(run.state) && points.some(({ id }) => id === run.undoPointId)
  const isNew = run.targetKind === 'new-machine' && run.state === 'done'
  return (
    <Group gap="xs">
      <RunControls run={run} name={name} />
      {canUndo ? (
        <Button
          size="compact-xs"
          variant="default"
          leftSection={<IconArrowBackUp size={13} aria-hidden="true" />}
          onClick={() => setUndoing(true)}
        >
          {t('activity.undo')}
        </Button>
      ) : undefined}
      {machineId === undefined ? undefined : (
        <Button size="compact-xs" variant="default" onClick={() => goTo({ kind: 'machine', machineId })}>
          {isNew ? t('activity.toNewMachine') : t('activity.toMachine')}
        </Button>
      )}
      {undoing && run.undoPointId !== undefined ? (
        <Suspense>
          <RestoreWizard pointId={run.undoPointId} inPlace onClose={() => setUndoing(false)} />
        </Suspense>
      ) : undefined}
    </Group>
  )
}
