import { Button, Select, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import { addressText } from '../../shared/repository.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Panel } from '../parts/panel.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { SettingRow } from './settings-row.tsx'

/** What this machine knows of points can be lost and had again. */
export function CatalogPanel(): ReactNode {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [rebuilt, setRebuilt] = useState<Result<'rebuildCatalog'>>()
  return (
    <Panel title={t('settings.catalog')}>
      <SettingRow label={t('settings.catalog')} text={t('settings.catalogText')}>
        <Button variant="default" onClick={() => setOpen(true)}>
          {t('settings.rebuild')}
        </Button>
      </SettingRow>
      {rebuilt === undefined ? undefined : (
        <Text fz="sm" role="status" className="tone-good settings-lead">
          {t('settings.rebuilt', rebuilt)}
        </Text>
      )}
      {open ? <RebuildDialog onDone={setRebuilt} onClose={() => setOpen(false)} /> : undefined}
    </Panel>
  )
}

type Props = { readonly onDone: (rebuilt: Result<'rebuildCatalog'>) => void; readonly onClose: () => void }

function RebuildDialog({ onDone, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, points, policies, hosts, repositories } = useConsole()
  const task = useTask()
  const open = useList('repositories').items.filter(({ state }) => state === 'open')
  const [from, setFrom] = useState<string>()
  const rebuild = (): void =>
    task.start(async (signal) => {
      onDone(await calls.rebuildCatalog(from === undefined ? {} : { restoreFrom: from }, signal))
      await Promise.all([points, policies, hosts, repositories].map((list) => list.refresh()))
      onClose()
    })
  return (
    <Dialog
      title={t('settings.rebuildTitle')}
      task={task}
      submit={t('settings.rebuildStart')}
      canSubmit
      onSubmit={rebuild}
      onClose={onClose}
    >
      <Text fz="sm">{t('settings.rebuildText')}</Text>
      <Select
        label={t('settings.rebuildFrom')}
        description={t('settings.rebuildFromHint')}
        placeholder={t('settings.rebuildFromNone')}
        clearable
        clearButtonProps={{ 'aria-label': t('settings.rebuildFromNone') }}
        value={from ?? null}
        onChange={(value) => setFrom(value ?? undefined)}
        data={open.map(({ id, address }) => ({ value: id, label: visible(addressText(address)) }))}
      />
    </Dialog>
  )
}
