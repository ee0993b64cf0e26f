import { Alert, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { IconCircleCheck } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { FailureNote } from '../parts/failure-note.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { visible } from '../text/visible.ts'
import type { HostForm } from './host-form.ts'

/** Where a host is, and what its test said. */
export function HostFields({ form }: { readonly form: HostForm }): ReactNode {
  const { t } = useTranslation()
  const failure = form.adding.failure ?? form.testing.failure
  return (
    <Stack gap="sm">
      <SegmentedControl
        aria-label={t('hosts.kindLabel')}
        value={form.kind}
        onChange={(value) => form.setKind(value === 'libvirt' ? 'libvirt' : 'images')}
        data={[
          { value: 'libvirt', label: t('fact.hostKind.libvirt') },
          { value: 'images', label: t('fact.hostKind.images') },
        ]}
      />
      {form.kind === 'libvirt' ? (
        <TextInput
          label={t('hosts.uri')}
          description={t('hosts.uriHint')}
          spellCheck={false}
          value={form.text}
          onChange={(event) => form.setText(event.currentTarget.value)}
        />
      ) : (
        <FolderField
          label={t('hosts.folder')}
          description={t('hosts.folderHint')}
          value={form.text}
          onChange={form.setText}
        />
      )}
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {form.tested === undefined ? undefined : (
        <Good text={t('start.hostAnswers', { name: visible(form.tested.name), count: form.tested.machines })} />
      )}
    </Stack>
  )
}

/** A test that went well. */
export function Good({ text, children }: { readonly text: string; readonly children?: ReactNode }): ReactNode {
  return (
    <Alert role="status" variant="light" color="teal" p="xs" icon={<IconCircleCheck size={17} aria-hidden="true" />}>
      <Text fz="sm">{text}</Text>
      {children}
    </Alert>
  )
}
