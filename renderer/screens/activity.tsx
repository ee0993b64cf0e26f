import { Anchor } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Empty, OnlyPanel, ScreenHead } from '../parts/panel.tsx'
import { toFragment } from '../stores/navigation.ts'
import { RunCard } from './run-card.tsx'

/** Every run, newest first; the one the reader came for is open. */
export function ActivityScreen(props: { readonly runId: string | undefined }): ReactNode {
  const { t } = useTranslation()
  const runs = useList('runs')
  return (
    <div className="stack">
      <ScreenHead title={t('activity.title')} note={runs.items.length} />
      {runs.failure === undefined ? undefined : <FailureNote failure={runs.failure} />}
      <OnlyPanel label={t('activity.title')}>
        {runs.items.length === 0 ? (
          <Empty text={runs.loaded ? t('activity.empty') : t('app.loading')}>
            <Anchor href={toFragment({ kind: 'machines' })}>{t('activity.toMachines')}</Anchor>
          </Empty>
        ) : (
          runs.items.map((run) => <RunCard key={run.id} run={run} chosen={run.id === props.runId} />)
        )}
      </OnlyPanel>
    </div>
  )
}
