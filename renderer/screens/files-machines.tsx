import { Button, Switch, Table, TextInput } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { FileIndex } from '../../shared/files.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { useTask } from '../parts/use-task.ts'
import type { Coverage } from '../stores/coverage.ts'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'

const stepMachines = 40

/** Machines that have points, the one backed up last first; how much of each can be searched. */
export function FilesMachines({ machines }: { readonly machines: readonly Coverage[] }): ReactNode {
  const { t } = useTranslation()
  const indexes = useList('fileIndexes').items
  const [text, setText] = useState('')
  const [most, setMost] = useState(stepMachines)
  const indexOf = useMemo(() => new Map(indexes.map((index) => [index.machineId, index])), [indexes])
  const wanted = text.trim().toLowerCase()
  const shown = useMemo(
    () =>
      machines
        .filter(({ name }) => name.toLowerCase().includes(wanted))
        .toSorted((a, b) => (b.points[0]?.createdAt ?? 0) - (a.points[0]?.createdAt ?? 0)),
    [machines, wanted],
  )
  return (
    <Panel
      title={t('files.machines')}
      action={
        <TextInput
          size="xs"
          aria-label={t('files.machinesFilter')}
          placeholder={t('files.machinesFilter')}
          spellCheck={false}
          autoComplete="off"
          value={text}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
      }
    >
      {shown.length === 0 ? <p className="files-hint file-found">{t('files.noMachineFits')}</p> : undefined}
      <Table aria-label={t('files.machines')}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('files.machine')}</Table.Th>
            <Table.Th>{t('files.newestPoint')}</Table.Th>
            <Table.Th className="wide">{t('files.index')}</Table.Th>
            <Table.Th>{t('common.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {shown.slice(0, most).map((row) => (
            <MachineLine key={`${row.machineId} ${row.host?.id}`} row={row} index={indexOf.get(row.machineId)} />
          ))}
        </Table.Tbody>
      </Table>
      {shown.length > most ? (
        <div className="files-more">
          <span className="files-hint">{t('files.shelfMore', { count: shown.length - most })}</span>
          <Button size="compact-sm" variant="default" onClick={() => setMost(most + stepMachines)}>
            {t('files.showMore')}
          </Button>
        </div>
      ) : undefined}
    </Panel>
  )
}

type LineProps = { readonly row: Coverage; readonly index: FileIndex | undefined }

function MachineLine({ row, index }: LineProps): ReactNode {
  const { t } = useTranslation()
  const [newest] = row.points
  if (newest === undefined) return undefined
  const place = { kind: 'folder', machineId: row.machineId, pointId: newest.id } as const
  return (
    <Table.Tr>
      <Table.Td className="files-machine-name">
        <a className="link" href={toFragment(place)}>
          <Name text={row.name} />
        </a>
      </Table.Td>
      <Table.Td>
        <Moment at={newest.createdAt} />
      </Table.Td>
      <Table.Td className="wide">
        {index === undefined ? t('common.none') : <IndexCell row={row} index={index} />}
      </Table.Td>
      <Table.Td>
        <Button component="a" size="compact-sm" variant="default" href={toFragment(place)}>
          {t('files.browse')}
        </Button>
      </Table.Td>
    </Table.Tr>
  )
}

/** Switched off, the names are forgotten; switched on, they come with the next backup or when they are asked for. */
function IndexCell({ row, index }: { readonly row: Coverage; readonly index: FileIndex }): ReactNode {
  const { t, i18n } = useTranslation()
  const { calls, fileIndexes } = useConsole()
  const task = useTask()
  const { machineId, enabled, points, indexed, entries, skipped } = index
  const number = new Intl.NumberFormat(i18n.language)
  const name = visible(row.name)
  const change = (): void =>
    task.start(async (signal) => {
      await calls.setFileIndex({ machineId, enabled: !enabled }, signal)
      await fileIndexes.refresh()
    })
  const read = (anew: boolean): void =>
    task.start(async (signal) => {
      await calls.startFileIndex({ machineId, ...(anew ? { anew } : {}) }, signal)
    })
  return (
    <div className="index-cell">
      <Switch size="xs" aria-label={t('files.indexSwitch', { name })} checked={enabled} onChange={change} />
      <span className="index-told">
        {enabled ? t('files.indexOf', { indexed, points, entries: number.format(entries) }) : t('files.indexOff')}
        {enabled && skipped > 0 ? ` · ${t('files.indexSkipped', { count: skipped })}` : undefined}
      </span>
      {enabled ? (
        <Button
          size="compact-xs"
          variant="default"
          loading={task.busy}
          {...(indexed < points ? {} : { 'aria-label': t('files.indexAnewOf', { name }) })}
          onClick={() => read(indexed >= points)}
        >
          {indexed < points ? t('files.indexNow') : t('files.indexAnew')}
        </Button>
      ) : undefined}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </div>
  )
}
