import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../shared/machine.ts'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Empty, OnlyPanel, ScreenHead } from '../parts/panel.tsx'
import { AddHostDialog } from './add-host-dialog.tsx'
import { HostPane } from './host-pane.tsx'
import { HostsTable } from './hosts-table.tsx'
import { RemoveHostDialog } from './remove-host-dialog.tsx'
import { SampleDialog } from './sample-dialog.tsx'

type Open = { readonly kind: 'add' } | { readonly kind: 'sample' } | { readonly kind: 'remove'; readonly host: Host }

/** Where machines run, and why a host that does not answer does not. */
export function HostsScreen(): ReactNode {
  const { t } = useTranslation()
  const hosts = useList('hosts')
  const [chosenId, setChosenId] = useState<string>()
  const [open, setOpen] = useState<Open>()
  const close = (): void => setOpen(undefined)
  const chosen = hosts.items.find(({ id }) => id === chosenId)
  const add = <Button onClick={() => setOpen({ kind: 'add' })}>{t('hosts.add')}</Button>
  return (
    <div className="stack">
      <ScreenHead title={t('hosts.title')} note={hosts.items.length}>
        <Button variant="default" onClick={() => setOpen({ kind: 'sample' })}>
          {t('hosts.sample')}
        </Button>
        {hosts.items.length === 0 ? undefined : add}
      </ScreenHead>
      {hosts.failure === undefined ? undefined : <FailureNote failure={hosts.failure} />}
      <div className="beside">
        <OnlyPanel label={t('hosts.title')}>
          {hosts.items.length === 0 ? (
            <Empty text={hosts.loaded ? t('hosts.empty') : t('app.loading')}>{add}</Empty>
          ) : (
            <HostsTable hosts={hosts.items} chosenId={chosenId} onChoose={setChosenId} />
          )}
        </OnlyPanel>
        {chosen === undefined ? undefined : (
          <HostPane
            key={chosen.id}
            host={chosen}
            onRemove={() => setOpen({ kind: 'remove', host: chosen })}
            onClose={() => setChosenId(undefined)}
          />
        )}
      </div>
      {open?.kind === 'add' ? <AddHostDialog onClose={close} /> : undefined}
      {open?.kind === 'sample' ? <SampleDialog onClose={close} /> : undefined}
      {open?.kind === 'remove' ? <RemoveHostDialog host={open.host} onClose={close} /> : undefined}
    </div>
  )
}
