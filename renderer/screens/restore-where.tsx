import { Checkbox, Radio, Select, Stack, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { diskFormats, type Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { useList } from '../parts/console-context.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { visible } from '../text/visible.ts'
import { kindOf, makingHosts, type RestoreForm } from './restore-form.ts'

type Fields = { readonly form: RestoreForm; readonly onChange: (part: Partial<RestoreForm>) => void }
type Props = Fields & { readonly point: Point; readonly machine: Machine | undefined }

const kinds = ['new-machine', 'images', 'in-place'] as const
const words = { 'new-machine': 'newMachine', images: 'images', 'in-place': 'inPlace' } as const

/** Where to: a new machine first, because that harms nothing. What cannot be chosen says why. */
export function RestoreWhere(props: Props): ReactNode {
  const { t } = useTranslation()
  const { form, machine, point, onChange } = props
  const hosts = makingHosts(useList('hosts').items)
  const chosen = kindOf(form)
  const refusals = {
    'new-machine':
      form.disks !== undefined ? t('restore.chosenWhole') : hosts.length === 0 ? t('restore.noHost') : undefined,
    images: undefined,
    'in-place': machine === undefined ? t('restore.gone') : undefined,
  } as const
  const name = visible(machine?.name ?? point.machineName)
  return (
    <>
      <Radio.Group
        aria-label={t('restore.where')}
        value={chosen}
        onChange={(value) => onChange({ kind: kinds.find((kind) => kind === value) ?? form.kind })}
      >
        <Stack gap={10}>
          {kinds.map((kind) => (
            <Radio
              key={kind}
              value={kind}
              disabled={refusals[kind] !== undefined}
              label={t(`restore.${words[kind]}`)}
              description={refusals[kind] ?? t(`restore.${words[kind]}Text`, { name })}
            />
          ))}
        </Stack>
      </Radio.Group>
      {chosen === 'new-machine' ? <NewMachineFields form={form} onChange={onChange} /> : undefined}
      {chosen === 'images' ? <ImagesFields form={form} onChange={onChange} /> : undefined}
      {chosen === 'in-place' && machine !== undefined ? <InPlaceFields form={form} onChange={onChange} /> : undefined}
    </>
  )
}

function NewMachineFields({ form, onChange }: Fields): ReactNode {
  const { t } = useTranslation()
  const hosts = makingHosts(useList('hosts').items)
  const machines = useList('machines').items
  const isTaken = machines.some(({ name, hostId }) => name === form.name.trim() && hostId === form.hostId)
  if (hosts.length === 0) return undefined
  return (
    <Stack gap="sm" maw={560}>
      <TextInput
        label={t('restore.name')}
        value={form.name}
        maxLength={200}
        spellCheck={false}
        {...(isTaken ? { error: t('restore.nameTaken') } : {})}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        label={t('restore.host')}
        allowDeselect={false}
        value={form.hostId ?? null}
        onChange={(hostId) => onChange({ hostId: hostId ?? undefined })}
        data={hosts.map(({ id, name }) => ({ value: id, label: visible(name) }))}
      />
      <FolderField
        label={t('restore.storage')}
        description={t('restore.storageHint')}
        value={form.storage}
        onChange={(storage) => onChange({ storage })}
      />
      <Checkbox
        label={t('restore.startAfter')}
        description={t('restore.startAfterText')}
        checked={form.start}
        onChange={(event) => onChange({ start: event.currentTarget.checked })}
      />
    </Stack>
  )
}

function ImagesFields({ form, onChange }: Fields): ReactNode {
  const { t } = useTranslation()
  return (
    <Stack gap="sm" maw={560}>
      <FolderField
        label={t('restore.folder')}
        description={`${t('common.engineFolder')} ${t('restore.folderHint')}`}
        value={form.folder}
        onChange={(folder) => onChange({ folder })}
      />
      <Select
        w={180}
        label={t('restore.format')}
        allowDeselect={false}
        value={form.format}
        onChange={(value) => onChange({ format: diskFormats.find((format) => format === value) ?? form.format })}
        data={[...diskFormats]}
      />
    </Stack>
  )
}

function InPlaceFields({ form, onChange }: Fields): ReactNode {
  const { t } = useTranslation()
  return (
    <>
      <Checkbox
        label={t('restore.undoFirst')}
        description={t('restore.undoFirstText')}
        checked={form.undoFirst}
        onChange={(event) => onChange({ undoFirst: event.currentTarget.checked })}
      />
      {form.undoFirst ? undefined : (
        <Text fz="sm" c="var(--mantine-color-error)" role="status">
          {t('restore.undoWithout')}
        </Text>
      )}
    </>
  )
}
