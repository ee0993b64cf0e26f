import { Anchor, Button, SegmentedControl, Select, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { runKinds } from '../../shared/job.ts'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Empty, ScreenHead } from '../parts/panel.tsx'
import { toFragment } from '../stores/navigation.ts'
import { chooseRuns, everyRun, type RunChoice } from './run-choice.ts'
import { RunList } from './run-list.tsx'
import { useRunNames } from './run-name.ts'
import { RunPane } from './run-pane.tsx'
import './activity.css'

/** Every run, those at work first; the one the reader came for stands beside the list with all its details. */
export function ActivityScreen({ runId }: { readonly runId: string | undefined }): ReactNode {
  const { t } = useTranslation()
  const { items, loaded, failure } = useList('runs')
  const [choice, setChoice] = useState(everyRun)
  const nameOf = useRunNames()
  const rows = useMemo(() => chooseRuns(items, choice, nameOf), [items, choice, nameOf])
  return (
    <div className="split-screen">
      <ScreenHead title={t('activity.title')} note={items.length} />
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {items.length === 0 && runId === undefined ? (
        <section className="panel" aria-label={t('activity.title')}>
          <Empty text={loaded ? t('activity.empty') : t('app.loading')}>
            <Anchor href={toFragment({ kind: 'machines' })}>{t('activity.toMachines')}</Anchor>
          </Empty>
        </section>
      ) : (
        <>
          <Choice choice={choice} onChange={setChoice} />
          <div className="split" data-pane={runId !== undefined}>
            {rows.length > 0 ? (
              <RunList runs={rows} nameOf={nameOf} chosen={runId} />
            ) : (
              <section className="panel" aria-label={t('activity.runs')}>
                <Empty text={t('activity.noMatch')}>
                  <Button variant="default" onClick={() => setChoice(everyRun)}>
                    {t('activity.showAll')}
                  </Button>
                </Empty>
              </section>
            )}
            {runId === undefined ? undefined : <RunPane key={runId} runId={runId} />}
          </div>
        </>
      )}
    </div>
  )
}

type ChoiceProps = { readonly choice: RunChoice; readonly onChange: (choice: RunChoice) => void }
const whiches = ['all', 'live', 'failed'] as const

function Choice({ choice, onChange }: ChoiceProps): ReactNode {
  const { t } = useTranslation()
  return (
    <search className="run-choice">
      <SegmentedControl
        size="xs"
        aria-label={t('activity.which')}
        value={choice.which}
        onChange={(which) => onChange({ ...choice, which: whiches.find((each) => each === which) ?? 'all' })}
        data={whiches.map((value) => ({ value, label: t(`activity.${value}`) }))}
      />
      <Select
        size="xs"
        w={170}
        aria-label={t('activity.kind')}
        placeholder={t('activity.anyKind')}
        clearable
        clearButtonProps={{ 'aria-label': t('activity.anyKind') }}
        value={choice.kind ?? null}
        onChange={(value) => onChange({ ...choice, kind: runKinds.find((kind) => kind === value) })}
        data={runKinds.map((value) => ({ value, label: t(`fact.runKind.${value}`) }))}
      />
      <TextInput
        size="xs"
        w={220}
        type="search"
        aria-label={t('activity.filter')}
        placeholder={t('activity.filter')}
        leftSection={<IconSearch size={14} aria-hidden="true" />}
        value={choice.text}
        onChange={(event) => onChange({ ...choice, text: event.currentTarget.value })}
      />
    </search>
  )
}
