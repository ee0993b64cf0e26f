import { Button, Divider } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from '../parts/dialog.tsx'
import { FoundHosts } from './found-hosts.tsx'
import { HostFields } from './host-fields.tsx'
import { useHostForm } from './host-form.ts'

/** Adds a host: one that answers on this machine, or one that is typed and, if wanted, tested first. */
export function AddHostDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const form = useHostForm('libvirt', onClose)
  return (
    <Dialog
      title={t('hosts.addTitle')}
      task={{ ...form.adding, failure: undefined }}
      submit={t('hosts.addNow')}
      canSubmit={form.address !== undefined}
      onSubmit={form.add}
      onClose={onClose}
      extra={
        <Button variant="default" disabled={form.address === undefined} loading={form.testing.busy} onClick={form.test}>
          {t('start.test')}
        </Button>
      }
    >
      <FoundHosts onAdded={onClose} />
      <Divider />
      <HostFields form={form} />
    </Dialog>
  )
}
