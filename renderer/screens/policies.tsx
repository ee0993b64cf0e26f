import { Button, Text } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Empty, OnlyPanel, ScreenHead } from '../parts/panel.tsx'
import { PoliciesTable } from './policies-table.tsx'
import { usePolicyAdding } from './use-policy-adding.ts'
import './policies.css'

const RunPolicyDialog = lazy(async () => ({ default: (await import('./policy-run-dialog.tsx')).RunPolicyDialog }))

/** Every policy with when it starts, how its last start went, and what keeps it from starting. */
export function PoliciesScreen(): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const policies = useList('policies')
  const adding = usePolicyAdding()
  const [running, setRunning] = useState<Policy>()
  const create = (
    <Button onClick={() => opened.open({ kind: 'protect', machineIds: [] })}>{t('policies.create')}</Button>
  )
  const isEmpty = policies.items.length === 0
  return (
    <div className="stack">
      <ScreenHead title={t('policies.title')} note={policies.items.length}>
        {isEmpty ? undefined : create}
      </ScreenHead>
      {policies.failure === undefined ? undefined : <FailureNote failure={policies.failure} />}
      {adding.failure === undefined ? undefined : <FailureNote failure={adding.failure} />}
      <Text role="status" fz="sm" className="said">
        {adding.said}
      </Text>
      <OnlyPanel label={t('policies.title')}>
        {isEmpty ? (
          <Empty text={policies.loaded ? t('policies.empty') : t('app.loading')}>{create}</Empty>
        ) : (
          <PoliciesTable policies={policies.items} onRun={setRunning} onAdd={adding.add} />
        )}
      </OnlyPanel>
      {running === undefined ? undefined : (
        <Suspense>
          <RunPolicyDialog policy={running} onClose={() => setRunning(undefined)} />
        </Suspense>
      )}
    </div>
  )
}
