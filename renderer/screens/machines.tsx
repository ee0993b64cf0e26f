import { Button, CloseButton, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useDeferredValue, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Empty, OnlyPanel, ScreenHead } from '../parts/panel.tsx'
import { type Coverage, coverageOf } from '../stores/coverage.ts'
import { BackupDialog } from './backup-dialog.tsx'
import { MachinesTable } from './machines-table.tsx'
import { StartPanel } from './start-panel.tsx'

/** Every machine of every host with what protects it; until there is a first point, the way to it stands above. */
export function MachinesScreen(): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines')
  const hosts = useList('hosts')
  const points = useList('points')
  const [filter, setFilter] = useState('')
  const [chosen, setChosen] = useState<Coverage>()
  const wanted = useDeferredValue(filter.trim().toLocaleLowerCase())
  const rows = coverageOf(machines.items, hosts.items, points.items)
  const shown = rows.filter((row) => fits(row, wanted))
  const failure = machines.failure ?? hosts.failure
  const fresh = hosts.loaded && points.loaded && points.items.length === 0
  return (
    <div className="stack">
      <ScreenHead
        title={t('machines.title')}
        {...(rows.length === 0 ? {} : { note: t('machines.count', { shown: shown.length, all: rows.length }) })}
      >
        {rows.length === 0 ? undefined : <Filter value={filter} onChange={setFilter} />}
      </ScreenHead>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {fresh ? <StartPanel first={rows.find((row) => row.machine !== undefined)} onBackUp={setChosen} /> : undefined}
      {rows.length > 0 ? (
        <OnlyPanel label={t('machines.title')}>
          <Rows shown={shown} onBackUp={setChosen} onClear={() => setFilter('')} />
        </OnlyPanel>
      ) : undefined}
      {rows.length === 0 && hosts.items.length > 0 && machines.loaded ? (
        <Text c="dimmed">{t('machines.empty')}</Text>
      ) : undefined}
      {chosen?.machine === undefined ? undefined : (
        <BackupDialog machine={chosen.machine} onClose={() => setChosen(undefined)} />
      )}
    </div>
  )
}

type RowsProps = {
  readonly shown: readonly Coverage[]
  readonly onBackUp: (row: Coverage) => void
  readonly onClear: () => void
}

function Rows({ shown, onBackUp, onClear }: RowsProps): ReactNode {
  const { t } = useTranslation()
  if (shown.length > 0) return <MachinesTable rows={shown} onBackUp={onBackUp} />
  return (
    <Empty text={t('machines.nothingFits')}>
      <Button variant="default" onClick={onClear}>
        {t('machines.clearFilter')}
      </Button>
    </Empty>
  )
}

function fits(row: Coverage, wanted: string): boolean {
  return [row.name, row.host?.name ?? '', row.machineId].some((text) => text.toLocaleLowerCase().includes(wanted))
}

function Filter(props: { readonly value: string; readonly onChange: (value: string) => void }): ReactNode {
  const { t } = useTranslation()
  return (
    <TextInput
      w={280}
      size="xs"
      aria-label={t('machines.filter')}
      placeholder={t('machines.filter')}
      value={props.value}
      onChange={(event) => props.onChange(event.currentTarget.value)}
      leftSection={<IconSearch size={15} aria-hidden="true" />}
      rightSection={
        props.value === '' ? undefined : (
          <CloseButton size="sm" aria-label={t('machines.clearFilter')} onClick={() => props.onChange('')} />
        )
      }
    />
  )
}
