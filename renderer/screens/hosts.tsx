import { Button, Table, Text, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../shared/machine.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { Empty, OnlyPanel, ScreenHead } from '../parts/panel.tsx'
import { HostState } from '../parts/state.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { AddHostDialog } from './add-host-dialog.tsx'
import { SampleDialog } from './sample-dialog.tsx'

type Open = { readonly kind: 'add' } | { readonly kind: 'sample' } | { readonly kind: 'remove'; readonly host: Host }

/** Where machines run, and why a host that does not answer does not. */
export function HostsScreen(): ReactNode {
  const { t } = useTranslation()
  const hosts = useList('hosts')
  const [open, setOpen] = useState<Open>()
  const close = (): void => setOpen(undefined)
  const add = <Button onClick={() => setOpen({ kind: 'add' })}>{t('hosts.add')}</Button>
  return (
    <div className="stack">
      <ScreenHead title={t('hosts.title')} note={hosts.items.length}>
        <Button variant="default" onClick={() => setOpen({ kind: 'sample' })}>
          {t('start.makeSample')}
        </Button>
        {hosts.items.length === 0 ? undefined : add}
      </ScreenHead>
      {hosts.failure === undefined ? undefined : <FailureNote failure={hosts.failure} />}
      <OnlyPanel label={t('hosts.title')}>
        {hosts.items.length === 0 ? (
          <Empty text={hosts.loaded ? t('hosts.empty') : t('app.loading')}>{add}</Empty>
        ) : (
          <HostsTable hosts={hosts.items} onRemove={(host) => setOpen({ kind: 'remove', host })} />
        )}
      </OnlyPanel>
      {open?.kind === 'add' ? <AddHostDialog onClose={close} /> : undefined}
      {open?.kind === 'sample' ? <SampleDialog onClose={close} /> : undefined}
      {open?.kind === 'remove' ? <RemoveHostDialog host={open.host} onClose={close} /> : undefined}
    </div>
  )
}

type TableProps = { readonly hosts: readonly Host[]; readonly onRemove: (host: Host) => void }

function HostsTable({ hosts, onRemove }: TableProps): ReactNode {
  const { t } = useTranslation()
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('hosts.name')}</Table.Th>
          <Table.Th>{t('hosts.kind')}</Table.Th>
          <Table.Th className="wide">{t('hosts.address')}</Table.Th>
          <Table.Th>{t('hosts.state')}</Table.Th>
          <Table.Th className="number">{t('hosts.machines')}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {hosts.map((host) => (
          <HostRow key={host.id} host={host} onRemove={onRemove} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

function HostRow({ host, onRemove }: { readonly host: Host } & Pick<TableProps, 'onRemove'>): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines').items.filter(({ hostId }) => hostId === host.id)
  return (
    <Table.Tr className="row">
      <Table.Td maw={220}>
        <Name text={host.name} />
      </Table.Td>
      <Table.Td>{t(`fact.hostKind.${host.address.kind}`)}</Table.Td>
      <Table.Td className="wide">
        <Name text={host.address.kind === 'libvirt' ? host.address.uri : host.address.folder} />
        {host.problem === undefined ? undefined : (
          <Text fz="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
            {visible(host.problem)}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <HostState state={host.state} />
      </Table.Td>
      <Table.Td className="number">{machines.length}</Table.Td>
      <Table.Td className="number">
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t('hosts.removeNamed', { name: visible(host.name) })}
          onClick={() => onRemove(host)}
        >
          {t('hosts.remove')}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

function RemoveHostDialog({ host, onClose }: { readonly host: Host; readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts, machines } = useConsole()
  const task = useTask()
  const remove = (): void =>
    task.start(async (signal) => {
      await calls.removeHost({ hostId: host.id }, signal)
      await Promise.all([hosts.refresh(), machines.refresh()])
      onClose()
    })
  return (
    <Dialog
      title={t('hosts.removeTitle', { name: visible(host.name) })}
      task={task}
      submit={t('hosts.remove')}
      canSubmit
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <Text fz="sm">{t('hosts.removeText')}</Text>
    </Dialog>
  )
}
