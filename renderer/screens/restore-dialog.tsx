import { Radio, Stack, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { goTo, useConsole, useList } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { Moment } from '../parts/moment.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { ImagesFields, InPlaceFields, NewMachineFields } from './restore-fields.tsx'
import { type RestoreForm, targetOf } from './restore-form.ts'

type Props = { readonly point: Point; readonly machine: Machine | undefined; readonly onClose: () => void }

const kinds = ['new-machine', 'images', 'in-place'] as const

/** Chooses where a point goes: a new machine first, because that harms nothing; in place only after typing the name. */
export function RestoreDialog({ point, machine, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const hosts = useList('hosts').items.filter(
    ({ address, state }) => address.kind === 'libvirt' && state === 'connected',
  )
  const [form, setForm] = useState<RestoreForm>({
    kind: hosts.length > 0 ? 'new-machine' : 'images',
    name: t('restore.suggestedName', { name: point.machineName }),
    hostId: (hosts.find(({ id }) => id === machine?.hostId) ?? hosts[0])?.id,
    storage: '',
    folder: '',
    format: 'qcow2',
    disk: undefined,
    confirmation: '',
  })
  const change = (part: Partial<RestoreForm>): void => setForm({ ...form, ...part })
  const target = targetOf(form, machine)
  const start = (): void =>
    task.start(async (signal) => {
      if (target === undefined) return
      const { runId } = await calls.startRestore({ pointId: point.id, target }, signal)
      onClose()
      goTo({ kind: 'activity', runId })
    })
  return (
    <Dialog
      title={t('restore.title', { name: visible(point.machineName) })}
      task={task}
      submit={form.kind === 'in-place' ? t('restore.startInPlace') : t('restore.start')}
      canSubmit={target !== undefined}
      danger={form.kind === 'in-place'}
      onSubmit={start}
      onClose={onClose}
    >
      <Text fz="sm">
        {t('restore.moment')}: <Moment at={point.createdAt} />
      </Text>
      <TargetChoice kind={form.kind} onChange={(kind) => change({ kind })} />
      {form.kind === 'new-machine' ? <NewMachineFields form={form} hosts={hosts} onChange={change} /> : undefined}
      {form.kind === 'images' ? <ImagesFields form={form} point={point} onChange={change} /> : undefined}
      {form.kind === 'in-place' ? (
        <InPlaceFields form={form} point={point} machine={machine} onChange={change} />
      ) : undefined}
    </Dialog>
  )
}

const words = { 'new-machine': 'newMachine', images: 'images', 'in-place': 'inPlace' } as const

type ChoiceProps = { readonly kind: RestoreForm['kind']; readonly onChange: (kind: RestoreForm['kind']) => void }

function TargetChoice({ kind, onChange }: ChoiceProps): ReactNode {
  const { t } = useTranslation()
  const choose = (value: string): void => onChange(kinds.find((each) => each === value) ?? kind)
  return (
    <Radio.Group label={t('restore.where')} value={kind} onChange={choose}>
      <Stack gap={10} mt={8}>
        {kinds.map((value) => (
          <Radio
            key={value}
            value={value}
            label={t(`restore.${words[value]}`)}
            description={t(`restore.${words[value]}Text`)}
          />
        ))}
      </Stack>
    </Radio.Group>
  )
}
