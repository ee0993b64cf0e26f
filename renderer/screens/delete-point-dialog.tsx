import { Button, Checkbox, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { addressText } from '../../shared/repository.ts'
import { useConsole, useList, usePointsOf } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { holdersOf } from '../stores/copies.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

type Props = { readonly point: Point; readonly onClose: () => void }

/** Where a deleted point lies now, and until when it can be brought back from there. */
type Trashed = { readonly repositoryIds: readonly string[]; readonly until: number | undefined }

/** To the trash of the repositories that are chosen, after the machine's name was typed; then the way back is shown. */
export function DeletePointDialog({ point, onClose }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const { calls, points, repositories } = useConsole()
  const task = useTask()
  const [typed, setTyped] = useState('')
  const [from, setFrom] = useState<readonly string[]>([point.repositoryId])
  const [trashed, setTrashed] = useState<Trashed>()
  const isOnly = (usePointsOf().get(point.machineId)?.length ?? 0) <= 1
  const remove = (): void =>
    task.start(async (signal) => {
      for (const repositoryId of from) await calls.deletePoints({ repositoryId, pointIds: [point.id] }, signal)
      const found = await Promise.all(from.map((repositoryId) => calls.listTrash({ repositoryId }, signal)))
      const times = found.flat().flatMap((each) => (each.point.id === point.id ? each.purgeAt : []))
      setTrashed({ repositoryIds: from, until: times.length === 0 ? undefined : Math.min(...times) })
    })
  if (trashed !== undefined) {
    const leave = (): void => {
      onClose()
      void points.refresh()
      void repositories.refresh()
    }
    return <InTrash point={point} trashed={trashed} onClose={leave} />
  }
  return (
    <Dialog
      title={t('lineage.deleteTitle', { moment: momentText(point.createdAt, i18n.language) })}
      task={task}
      submit={t('lineage.deleteNow')}
      canSubmit={from.length > 0 && (typed === point.machineName || typed === visible(point.machineName))}
      danger
      onSubmit={remove}
      onClose={onClose}
    >
      <Holders point={point} chosen={from} onChoose={setFrom} />
      <List size="sm">
        <List.Item>{t('lineage.deleteText')}</List.Item>
        <List.Item>{t('lineage.deleteShares')}</List.Item>
        {isOnly ? (
          <List.Item>
            <span className="tone-warn">{t('lineage.deleteLast')}</span>
          </List.Item>
        ) : undefined}
      </List>
      <TextInput
        data-autofocus
        label={t('lineage.deleteConfirm')}
        description={visible(point.machineName)}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
    </Dialog>
  )
}

type HoldersProps = {
  readonly point: Point
  readonly chosen: readonly string[]
  readonly onChoose: (repositoryIds: readonly string[]) => void
}

/** Each copy is a decision of its own; only that in the first repository is chosen at the beginning. */
function Holders({ point, chosen, onChoose }: HoldersProps): ReactNode {
  const { t } = useTranslation()
  const repositories = useList('repositories').items
  const holders = repositories.filter(({ id }) => holdersOf(point).includes(id))
  if (holders.length < 2) return undefined
  return (
    <Checkbox.Group label={t('lineage.deleteFrom')} value={[...chosen]} onChange={onChoose}>
      <div className="stack-s">
        {holders.map(({ id, address, state }) => (
          <Checkbox key={id} value={id} disabled={state !== 'open'} label={visible(addressText(address))} />
        ))}
      </div>
    </Checkbox.Group>
  )
}

type TrashProps = { readonly point: Point; readonly trashed: Trashed; readonly onClose: () => void }

function InTrash({ point, trashed, onClose }: TrashProps): ReactNode {
  const { t, i18n } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const recover = (): void =>
    task.start(async (signal) => {
      for (const repositoryId of trashed.repositoryIds)
        await calls.recoverPoints({ repositoryId, pointIds: [point.id] }, signal)
      onClose()
    })
  return (
    <Modal opened onClose={onClose} title={t('lineage.deleted')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack gap="md">
        <Text fz="sm" role="status">
          {trashed.until === undefined
            ? t('lineage.deletedThere')
            : `${t('lineage.deletedUntil', { moment: momentText(trashed.until, i18n.language) })} ${t('lineage.deletedThere')}`}
        </Text>
        {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" loading={task.busy} onClick={recover}>
            {t('upkeep.recover')}
          </Button>
          <Button onClick={onClose}>{t('common.close')}</Button>
        </Group>
      </Stack>
    </Modal>
  )
}
