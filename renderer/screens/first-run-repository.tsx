import { Button, Group, Stack, Text } from '@mantine/core'
import type { TFunction } from 'i18next'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type Repository, type StoreAddress } from '../../shared/repository.ts'
import { useConsole, useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { Name } from '../parts/name.tsx'
import { SecretInput } from '../parts/secret-input.tsx'
import { RepositoryState } from '../parts/state.tsx'
import { useTask } from '../parts/use-task.ts'
import { sizeText } from '../text/amounts.ts'
import { strengthOf } from '../text/passphrase.ts'
import { visible } from '../text/visible.ts'
import { Good } from './host-fields.tsx'
import { LockRuleFields } from './lock-rule-fields.tsx'
import { type NewRepository, useNewRepository } from './new-repository-form.ts'
import { RecoveryWords } from './recovery-words.tsx'
import { S3Trials } from './s3-trials.tsx'
import { StoreFields } from './store-fields.tsx'
import { StoreTest, type Tested } from './store-test.tsx'

type StepProps = {
  /** The step stays from here on: the repository is there before its recovery words have been kept. */
  readonly onStart: () => void
  readonly onDone: () => void
}

/** A new repository, or one that is there already. Its recovery words are shown before the way goes on. */
export function RepositoryStep({ onStart, onDone }: StepProps): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const repositories = useList('repositories').items
  const form = useNewRepository()
  const openExisting = (address?: StoreAddress): void =>
    opened.open({ kind: 'open-repository', ...(address === undefined ? {} : { address }) })
  const create = (): void => {
    onStart()
    form.create()
  }
  if (form.made !== undefined)
    return <RecoveryWords words={form.made.words} address={form.made.address} onClose={onDone} />
  return (
    <Stack gap="md">
      {repositories.length === 0 ? undefined : (
        <ul className="plain-rows">
          {repositories.map((repository) => (
            <KnownRepository key={repository.id} repository={repository} onOpen={openExisting} />
          ))}
        </ul>
      )}
      <StoreFields form={form.store}>
        <FolderField
          label={t('start.folder')}
          description={t('start.folderHint')}
          value={form.folder}
          onChange={form.setFolder}
          readOnly={form.isSuggesting}
        />
      </StoreFields>
      {form.isBucket ? (
        <>
          <S3Trials form={form.store} onOpenInstead={() => openExisting(form.address)} />
          <LockRuleFields form={form.lock} bucket={form.bucket} />
        </>
      ) : (
        <StoreResult form={form} onOpen={() => openExisting(form.address)} />
      )}
      <Passphrases form={form} />
      {form.creating.failure === undefined ? undefined : <FailureNote failure={form.creating.failure} />}
      <Group gap="xs">
        {form.isBucket ? undefined : (
          <Button
            variant="default"
            disabled={form.address === undefined}
            loading={form.testing.busy}
            onClick={form.test}
          >
            {t('start.test')}
          </Button>
        )}
        <Button disabled={!form.isReady} loading={form.creating.busy} onClick={create}>
          {t('start.create')}
        </Button>
        <Button variant="subtle" onClick={() => openExisting()}>
          {t('start.openOther')}
        </Button>
      </Group>
    </Stack>
  )
}

function StoreResult({ form, onOpen }: { readonly form: NewRepository; readonly onOpen: () => void }): ReactNode {
  const { t } = useTranslation()
  if (form.testing.failure !== undefined) return <FailureNote failure={form.testing.failure} />
  if (form.tested === undefined) return undefined
  return (
    <StoreTest tested={form.tested}>
      <Button mt={6} size="compact-xs" variant="default" onClick={onOpen}>
        {t('start.openExisting')}
      </Button>
    </StoreTest>
  )
}

function Passphrases({ form }: { readonly form: NewRepository }): ReactNode {
  const { t } = useTranslation()
  const strength = strengthOf(form.passphrase)
  const differs = form.again !== '' && !form.passphrase.startsWith(form.again)
  return (
    <>
      <div className="pair">
        <SecretInput
          label={t('start.passphrase')}
          description={t('start.passphraseHint')}
          autoComplete="new-password"
          value={form.passphrase}
          onChange={(event) => form.setPassphrase(event.currentTarget.value)}
        />
        <SecretInput
          label={t('start.again')}
          inputWrapperOrder={['label', 'input', 'error']}
          className="at-end"
          autoComplete="new-password"
          value={form.again}
          onChange={(event) => form.setAgain(event.currentTarget.value)}
          {...(differs ? { error: t('start.differs') } : {})}
        />
      </div>
      {form.passphrase === '' ? undefined : (
        <Text
          fz="sm"
          role="status"
          className={strength === 'good' || strength === 'strong' ? 'tone-good' : 'tone-warn'}
        >
          {t(`start.strength.${strength}`)}
        </Text>
      )}
    </>
  )
}

type KnownProps = { readonly repository: Repository; readonly onOpen: (address: StoreAddress) => void }

function KnownRepository({ repository, onOpen }: KnownProps): ReactNode {
  const { t, i18n } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [tested, setTested] = useState<Tested>()
  const { address, state } = repository
  const name = visible(addressText(address))
  const test = (): void =>
    task.start(async (signal) => {
      setTested(undefined)
      setTested(await calls.testStore({ address }, signal))
    })
  return (
    <li className="wrapping">
      <RepositoryState state={state} />
      <Text span fz="sm" fw={600} miw={0} style={{ flex: 1 }}>
        <Name text={addressText(address)} />
      </Text>
      {state === 'locked' ? <Button onClick={() => onOpen(address)}>{t('repositories.open')}</Button> : undefined}
      <Button variant="default" loading={task.busy} aria-label={t('start.testNamed', { name })} onClick={test}>
        {t('start.test')}
      </Button>
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
      {tested === undefined ? undefined : (
        <Good text={[t('start.repositoryWorks'), roomText(tested, t, i18n.language)].filter(Boolean).join(' ')} />
      )}
    </li>
  )
}

function roomText({ freeBytes, totalBytes }: Tested, t: TFunction, language: string): string | undefined {
  if (freeBytes === undefined || totalBytes === undefined) return undefined
  return t('start.free', { free: sizeText(freeBytes, language), total: sizeText(totalBytes, language) })
}
