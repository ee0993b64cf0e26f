import { Radio, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'

type Props = { readonly machine: Machine; readonly onClose: () => void }

const longestName = 200

/** Takes a snapshot on the machine's own host, and goes where its progress is. */
export function SnapshotCreateDialog({ machine, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [name, setName] = useState('')
  const [description, setDescription] = useState('')
  const canKeepMemory = machine.state === 'running' || machine.state === 'paused'
  const [memory, setMemory] = useState(canKeepMemory)
  const wanted = name.trim()
  const isTaken = machine.snapshots.some((snapshot) => snapshot.name === wanted)
  const start = (): void =>
    task.start(async (signal) => {
      const told = description.trim() === '' ? {} : { description: description.trim() }
      const { runId } = await calls.createSnapshot(
        { machineId: machine.id, name: wanted, memory: memory && canKeepMemory, ...told },
        signal,
      )
      onClose()
      goTo({ kind: 'activity', runId })
    })
  return (
    <Dialog
      title={t('snapshot.takeTitle', { name: visible(machine.name) })}
      task={task}
      submit={t('snapshot.takeSubmit')}
      canSubmit={wanted !== '' && !isTaken}
      onSubmit={start}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        label={t('snapshot.name')}
        maxLength={longestName}
        value={name}
        error={isTaken ? t('snapshot.nameTaken') : undefined}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea
        label={t('snapshot.description')}
        rows={2}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Contents canKeepMemory={canKeepMemory} memory={memory} onMemory={setMemory} />
      <Text fz="sm" c="dimmed">
        {t('snapshot.increments')} {t('snapshot.whatFor')}
      </Text>
    </Dialog>
  )
}

type ContentsProps = {
  readonly canKeepMemory: boolean
  readonly memory: boolean
  readonly onMemory: (memory: boolean) => void
}

function Contents({ canKeepMemory, memory, onMemory }: ContentsProps): ReactNode {
  const { t } = useTranslation()
  if (!canKeepMemory) return <Text fz="sm">{t('snapshot.withoutMemoryOff')}</Text>
  return (
    <Radio.Group
      label={t('snapshot.contents')}
      value={memory ? 'memory' : 'disks'}
      onChange={(value) => onMemory(value === 'memory')}
    >
      <Stack gap={8} mt={6}>
        <Radio value="memory" label={t('snapshot.withMemory')} description={t('snapshot.withMemoryMeaning')} />
        <Radio value="disks" label={t('snapshot.withoutMemory')} description={t('snapshot.withoutMemoryRunning')} />
      </Stack>
    </Radio.Group>
  )
}
