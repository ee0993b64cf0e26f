import { Alert, List, Select, Text, TextInput } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { diskFormats, type Host, type Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { Name } from '../parts/name.tsx'
import { momentText, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import type { RestoreForm } from './restore-form.ts'

type Fields = { readonly form: RestoreForm; readonly onChange: (part: Partial<RestoreForm>) => void }

export function NewMachineFields(props: Fields & { readonly hosts: readonly Host[] }): ReactNode {
  const { t } = useTranslation()
  const { form, onChange } = props
  if (props.hosts.length === 0) return <Text fz="sm">{t('restore.noHost')}</Text>
  return (
    <>
      <TextInput
        label={t('restore.name')}
        value={form.name}
        maxLength={200}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
      />
      <Select
        label={t('restore.host')}
        allowDeselect={false}
        value={form.hostId ?? null}
        onChange={(hostId) => onChange({ hostId: hostId ?? undefined })}
        data={props.hosts.map(({ id, name }) => ({ value: id, label: visible(name) }))}
      />
      <TextInput
        label={t('restore.storage')}
        description={t('restore.storageHint')}
        value={form.storage}
        onChange={(event) => onChange({ storage: event.currentTarget.value })}
      />
    </>
  )
}

/** Stands for "all disks"; no disk has an empty name. */
const allDisks = ''

export function ImagesFields({ form, point, onChange }: Fields & { readonly point: Point }): ReactNode {
  const { t } = useTranslation()
  const disks = point.disks.map(({ name }) => ({ value: name, label: visible(name) }))
  return (
    <>
      <TextInput
        label={t('restore.folder')}
        description={`${t('common.engineFolder')} ${t('restore.folderHint')}`}
        value={form.folder}
        onChange={(event) => onChange({ folder: event.currentTarget.value })}
      />
      <Select
        label={t('restore.format')}
        allowDeselect={false}
        value={form.format}
        onChange={(value) => onChange({ format: diskFormats.find((format) => format === value) ?? form.format })}
        data={[...diskFormats]}
      />
      <Select
        label={t('restore.disk')}
        allowDeselect={false}
        value={form.disk ?? allDisks}
        onChange={(value) => onChange({ disk: value === allDisks ? undefined : (value ?? undefined) })}
        data={[{ value: allDisks, label: t('restore.allDisks') }, ...disks]}
      />
    </>
  )
}

type InPlace = Fields & { readonly point: Point; readonly machine: Machine | undefined }

export function InPlaceFields({ form, point, machine, onChange }: InPlace): ReactNode {
  const { t, i18n } = useTranslation()
  if (machine === undefined) return <Text fz="sm">{t('restore.machineGone')}</Text>
  if (machine.state !== 'off') return <Text fz="sm">{t('restore.machineRuns')}</Text>
  return (
    <>
      <Alert variant="light" color="red" title={t('restore.overwriteTitle')} p="sm">
        <List size="sm" mb={6}>
          {point.disks.map((disk) => (
            <List.Item key={disk.name}>
              <Name text={disk.name} /> · {sizeText(disk.sizeBytes, i18n.language)}
            </List.Item>
          ))}
        </List>
        <Text fz="sm">{t('restore.overwriteText', { moment: momentText(point.createdAt, i18n.language) })}</Text>
      </Alert>
      <TextInput
        label={t('restore.typeName')}
        description={t('restore.expected', { name: visible(machine.name) })}
        value={form.confirmation}
        onChange={(event) => onChange({ confirmation: event.currentTarget.value })}
      />
    </>
  )
}
