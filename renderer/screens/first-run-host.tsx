import { Button, Divider, Group, Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { FoundHosts } from './found-hosts.tsx'
import { HostFields } from './host-fields.tsx'
import { useHostForm } from './host-form.ts'
import { TestedHosts } from './tested-hosts.tsx'

/** A host found, typed, or made for trying. */
export function HostStep({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation()
  const hosts = useList('hosts').items
  const form = useHostForm('images', onDone)
  return (
    <Stack gap="md">
      {hosts.length === 0 ? undefined : <TestedHosts hosts={hosts} />}
      <FoundHosts onAdded={onDone} />
      <Divider />
      <section aria-label={t('start.otherHost')}>
        <Text fz="sm" fw={600} mb={6}>
          {t('start.otherHost')}
        </Text>
        <HostFields form={form} />
        <Group gap="xs" mt="sm">
          <Button
            variant="default"
            disabled={form.address === undefined}
            loading={form.testing.busy}
            onClick={form.test}
          >
            {t('start.test')}
          </Button>
          <Button disabled={form.address === undefined} loading={form.adding.busy} onClick={form.add}>
            {t('hosts.addHost')}
          </Button>
        </Group>
      </section>
      <Divider />
      <Sample onDone={onDone} />
    </Stack>
  )
}

function Sample({ onDone }: { readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, hosts, machines } = useConsole()
  const task = useTask()
  const make = (): void =>
    task.start(async (signal) => {
      await calls.createSample({}, signal)
      await Promise.all([hosts.refresh(), machines.refresh()])
      onDone()
    })
  return (
    <section aria-label={t('start.sampleAsk')}>
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fz="sm" fw={600}>
            {t('start.sampleAsk')}
          </Text>
          <Text fz="sm" c="dimmed">
            {t('start.sampleText')}
          </Text>
        </div>
        <Button variant="default" loading={task.busy} onClick={make} style={{ flex: 'none' }}>
          {t('start.makeSample')}
        </Button>
      </Group>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </section>
  )
}
