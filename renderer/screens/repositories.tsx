import { Button, Group, Table, Text, VisuallyHidden } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Repository } from '../../shared/repository.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Empty, OnlyPanel, ScreenHead } from '../parts/panel.tsx'
import { RepositoryState } from '../parts/state.tsx'
import { type Task, useTask } from '../parts/use-task.ts'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { CreateRepositoryDialog } from './create-repository-dialog.tsx'
import { OpenRepositoryDialog } from './open-repository-dialog.tsx'

type Open = { readonly kind: 'create' } | { readonly kind: 'open'; readonly folder?: string }

/** Where points are kept, whether each place can be used now, and when its data was last read back whole. */
export function RepositoriesScreen(): ReactNode {
  const { t } = useTranslation()
  const repositories = useList('repositories')
  const task = useTask()
  const [open, setOpen] = useState<Open>()
  const failure = task.failure ?? repositories.failure
  const close = (): void => setOpen(undefined)
  const create = <Button onClick={() => setOpen({ kind: 'create' })}>{t('repositories.create')}</Button>
  return (
    <div className="stack">
      <ScreenHead title={t('repositories.title')} note={repositories.items.length}>
        <Button variant="default" onClick={() => setOpen({ kind: 'open' })}>
          {t('repositories.openOther')}
        </Button>
        {repositories.items.length === 0 ? undefined : create}
      </ScreenHead>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      <OnlyPanel label={t('repositories.title')}>
        {repositories.items.length === 0 ? (
          <Empty text={repositories.loaded ? t('repositories.empty') : t('app.loading')}>{create}</Empty>
        ) : (
          <RepositoriesTable
            rows={repositories.items}
            task={task}
            onOpen={(folder) => setOpen({ kind: 'open', folder })}
          />
        )}
      </OnlyPanel>
      {open?.kind === 'create' ? <CreateRepositoryDialog onClose={close} /> : undefined}
      {open?.kind === 'open' ? (
        <OpenRepositoryDialog {...(open.folder === undefined ? {} : { folder: open.folder })} onClose={close} />
      ) : undefined}
    </div>
  )
}

type TableProps = {
  readonly rows: readonly Repository[]
  readonly task: Task
  readonly onOpen: (folder: string) => void
}

function RepositoriesTable(props: TableProps): ReactNode {
  const { t } = useTranslation()
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th className="wide">{t('repositories.folder')}</Table.Th>
          <Table.Th>{t('repositories.state')}</Table.Th>
          <Table.Th className="number">{t('repositories.points')}</Table.Th>
          <Table.Th className="number">{t('repositories.stored')}</Table.Th>
          <Table.Th>{t('repositories.verified')}</Table.Th>
          <Table.Th>
            <VisuallyHidden>{t('common.actions')}</VisuallyHidden>
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {props.rows.map((row) => (
          <RepositoryRow key={row.id} row={row} task={props.task} onOpen={props.onOpen} />
        ))}
      </Table.Tbody>
    </Table>
  )
}

type RowProps = { readonly row: Repository } & Omit<TableProps, 'rows'>

function RepositoryRow({ row, task, onOpen }: RowProps): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <Table.Tr className="row">
      <Table.Td className="wide">
        <Name text={row.address.folder} />
        {row.problem === undefined ? undefined : (
          <Text fz="xs" c="dimmed" style={{ whiteSpace: 'normal' }}>
            {visible(row.problem)}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <RepositoryState state={row.state} />
      </Table.Td>
      <Table.Td className="number">{row.points}</Table.Td>
      <Table.Td className="number">
        {row.storedBytes === undefined ? t('common.none') : sizeText(row.storedBytes, i18n.language)}
      </Table.Td>
      <Table.Td>{row.verifiedAt === undefined ? t('common.never') : <Moment at={row.verifiedAt} short />}</Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap" justify="flex-end">
          <RowAction row={row} task={task} onOpen={onOpen} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

function RowAction({ row, task, onOpen }: RowProps): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const name = visible(row.address.folder)
  const verify = (): void =>
    task.start(async (signal) => {
      const { runId } = await calls.startVerify({ repositoryId: row.id }, signal)
      goTo({ kind: 'activity', runId })
    })
  if (row.state !== 'open') {
    return (
      <Button
        size="compact-xs"
        variant="default"
        aria-label={t('repositories.openNamed', { name })}
        onClick={() => onOpen(row.address.folder)}
      >
        {t('repositories.open')}
      </Button>
    )
  }
  return (
    <Button
      size="compact-xs"
      variant="default"
      disabled={task.busy}
      aria-label={t('repositories.verifyNamed', { name })}
      onClick={verify}
    >
      {t('repositories.verify')}
    </Button>
  )
}
