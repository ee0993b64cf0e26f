import { Anchor, Radio, Select, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import { type Method, methods } from '../../shared/point.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'

/** The usual choice first. */
const shownMethods = ['incremental', 'differential', 'full'] as const

type Props = { readonly machine: Machine; readonly onClose: () => void }

/** Starts one backup and goes where its progress is. */
export function BackupDialog({ machine, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const open = useList('repositories').items.filter((repository) => repository.state === 'open')
  const last = useList('points').items.findLast((point) => point.machineId === machine.id)
  const [chosen, setChosen] = useState<string | null>(null)
  const [method, setMethod] = useState<Method>('incremental')
  const repositoryId = chosen ?? (open.find(({ id }) => id === last?.repositoryId) ?? open[0])?.id
  const start = (): void =>
    task.start(async (signal) => {
      if (repositoryId === undefined) return
      const { runId } = await calls.startBackup({ machineId: machine.id, repositoryId, method }, signal)
      onClose()
      goTo({ kind: 'activity', runId })
    })
  return (
    <Dialog
      title={t('backup.title', { name: visible(machine.name) })}
      task={task}
      submit={t('backup.start')}
      canSubmit={repositoryId !== undefined}
      onSubmit={start}
      onClose={onClose}
    >
      {open.length === 0 ? (
        <Text fz="sm">
          {t('backup.noRepository')}{' '}
          <Anchor inherit href={toFragment({ kind: 'repositories' })} onClick={onClose}>
            {t('backup.toRepositories')}
          </Anchor>
        </Text>
      ) : (
        <Select
          data-autofocus
          label={t('backup.repository')}
          allowDeselect={false}
          value={repositoryId ?? null}
          onChange={setChosen}
          data={open.map(({ id, address }) => ({ value: id, label: visible(address.folder) }))}
        />
      )}
      <Radio.Group label={t('backup.method')} value={method} onChange={(value) => setMethod(toMethod(value))}>
        <Stack gap={8} mt={6}>
          {shownMethods.map((value) => (
            <Radio
              key={value}
              value={value}
              label={t(`fact.method.${value}.word`)}
              description={t(`fact.method.${value}.meaning`)}
            />
          ))}
        </Stack>
      </Radio.Group>
    </Dialog>
  )
}

function toMethod(value: string): Method {
  return methods.find((method) => method === value) ?? 'incremental'
}
