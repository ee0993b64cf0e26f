import { Button, Group, Text } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Repository, S3Address } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { useTask } from '../parts/use-task.ts'
import { visible } from '../text/visible.ts'
import { RepositoryPlace } from './repository-place.tsx'
import { Section } from './repository-section.tsx'
import { credentialsOf, draftOfAddress } from './store-draft.ts'
import { CredentialFields } from './store-fields.tsx'
import { ProbeFindings } from './store-probe.tsx'

type Props = { readonly repository: Repository }

/** Where it lies, with whose account, what its store was seen to do, and what the 3-2-1 rule is told of it. */
export function RepositoryAccess({ repository }: Props): ReactNode {
  const { t } = useTranslation()
  const { address, probe } = repository
  return (
    <>
      <RepositoryPlace repository={repository} />
      {address.kind === 'folder' ? undefined : (
        <>
          <BucketFacts address={address} />
          <Section title={t('store.found')}>
            {probe === undefined ? <Text fz="sm">{t('store.foundNever')}</Text> : <ProbeFindings probe={probe} />}
          </Section>
          <Account repository={repository} />
        </>
      )}
    </>
  )
}

function BucketFacts({ address }: { readonly address: S3Address }): ReactNode {
  const { t } = useTranslation()
  const trust = address.fingerprint !== undefined ? 'fingerprint' : address.ca !== undefined ? 'ca' : 'system'
  return (
    <Section title={t('upkeep.address')}>
      <dl className="facts">
        <dt>{t('store.endpoint')}</dt>
        <dd>{address.endpoint === undefined ? t('upkeep.endpointAws') : visible(address.endpoint)}</dd>
        <dt>{t('store.bucket')}</dt>
        <dd>{address.bucket}</dd>
        {address.prefix === '' ? undefined : (
          <>
            <dt>{t('store.prefix')}</dt>
            <dd>{address.prefix}</dd>
          </>
        )}
        <dt>{t('store.region')}</dt>
        <dd>{address.region}</dd>
        <dt>{t('upkeep.style')}</dt>
        <dd>{t(address.pathStyle ? 'upkeep.styles.path' : 'upkeep.styles.host')}</dd>
        <dt>{t('store.trust')}</dt>
        <dd>{t(`store.trusts.${trust}`)}</dd>
      </dl>
    </Section>
  )
}

function Account({ repository }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories } = useConsole()
  const task = useTask()
  const [draft, setDraft] = useState(() => draftOfAddress(undefined))
  const [isDone, setDone] = useState(false)
  const credentials = credentialsOf(draft)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (credentials === undefined) return
    task.start(async (signal) => {
      setDone(false)
      await calls.setCredentials({ repositoryId: repository.id, credentials }, signal)
      setDraft(draftOfAddress(undefined))
      setDone(true)
      await repositories.refresh()
    })
  }
  return (
    <Section title={t('upkeep.account')}>
      <form onSubmit={submit} autoComplete="off" className="stack-s">
        <CredentialFields
          draft={draft}
          onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
          accountKnown={false}
        />
        <Text fz="xs" c="dimmed">
          {t('upkeep.accountText')}
        </Text>
        <Group>
          <Button
            type="submit"
            size="compact-sm"
            variant="default"
            disabled={credentials === undefined}
            loading={task.busy}
          >
            {t('upkeep.accountSet')}
          </Button>
          {isDone ? (
            <Text fz="sm" role="status" className="tone-good">
              {t('upkeep.accountDone')}
            </Text>
          ) : undefined}
        </Group>
        {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
      </form>
    </Section>
  )
}
