import { Button, Group, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { StoreProbe } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { ProbeFindings } from './store-probe.tsx'
import type { Tested } from './store-test.tsx'
import type { StoreForm } from './use-store-draft.ts'

type Props = {
  readonly form: StoreForm
  /** Where a repository turns out to be there already. */
  readonly onOpenInstead?: () => void
}

/** Two tests of a bucket: what lies there, without writing; and what it really does, by doing it. */
export function S3Trials({ form, onOpenInstead }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const testing = useTask()
  const probing = useTask()
  const [tested, setTested] = useState<{ readonly key: string; readonly found: Tested }>()
  const [probed, setProbed] = useState<{ readonly key: string; readonly probe: StoreProbe }>()
  const { address, credentials, key } = form
  if (address?.kind !== 's3' || credentials === undefined) return undefined
  const test = (): void =>
    testing.start(async (signal) => setTested({ key, found: await calls.testStore({ address, credentials }, signal) }))
  const probe = (): void =>
    probing.start(async (signal) => setProbed({ key, probe: await calls.probeStore({ address, credentials }, signal) }))
  return (
    <>
      <Group gap="xs">
        <Button variant="default" loading={testing.busy} onClick={test}>
          {t('store.test')}
        </Button>
        <Button variant="default" loading={probing.busy} onClick={probe}>
          {t('store.probe')}
        </Button>
        <span className="store-hint">{t('store.probeHint')}</span>
      </Group>
      {testing.failure === undefined ? undefined : <FailureNote failure={testing.failure} />}
      {tested?.key === key ? <Holds found={tested.found} onOpenInstead={onOpenInstead} /> : undefined}
      {probing.failure === undefined ? undefined : <FailureNote failure={probing.failure} />}
      {probed?.key === key ? (
        <section aria-label={t('store.found')}>
          <ProbeFindings probe={probed.probe} />
        </section>
      ) : undefined}
    </>
  )
}

type HoldsProps = { readonly found: Tested; readonly onOpenInstead: (() => void) | undefined }

function Holds({ found: { holds }, onOpenInstead }: HoldsProps): ReactNode {
  const { t } = useTranslation()
  const words = {
    nothing: t('store.holdsNothing'),
    other: t('store.holdsOther'),
    repository: t('store.holdsRepository'),
  }
  return (
    <Text fz="sm" role="status" className={holds === 'nothing' ? 'tone-good' : 'tone-warn'}>
      {words[holds]}
      {holds === 'repository' && onOpenInstead !== undefined ? (
        <Button size="compact-xs" variant="default" ml={8} onClick={onOpenInstead}>
          {t('repositories.openThis')}
        </Button>
      ) : undefined}
    </Text>
  )
}
