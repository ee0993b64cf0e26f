import { Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type StoreAddress } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { SecretInput } from '../parts/secret-input.tsx'
import { useTask } from '../parts/use-task.ts'
import { sizeText } from '../text/amounts.ts'
import { LockRuleFields, useLockForm } from './lock-rule-fields.tsx'
import { RecoveryWords } from './recovery-words.tsx'
import { S3Trials } from './s3-trials.tsx'
import { StoreFields } from './store-fields.tsx'
import { useStoreDraft } from './use-store-draft.ts'
import { type StoreTest, useStoreTest } from './use-store-test.ts'

type Props = {
  readonly onClose: () => void
  /** Told when the new repository's recovery words were kept. */
  readonly onCreated?: (repositoryId: string) => void
  /** Where the place turns out to hold a repository; absent opens it over whatever is shown. */
  readonly onOpenInstead?: (address: StoreAddress) => void
}

/** Creates a repository, then shows its recovery words: they exist nowhere but on that sheet. */
export function CreateRepositoryDialog(props: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories, opened } = useConsole()
  const task = useTask()
  const form = useStoreDraft()
  const { draft, address, credentials } = form
  const bucket = draft.kind === 's3' ? draft.bucket.trim() : ''
  const lock = useLockForm(bucket)
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [made, setMade] = useState<{ readonly repositoryId: string; readonly recoveryWords: string }>()
  const folder = draft.kind === 'folder' ? draft.folder.trim() : ''
  const test = useStoreTest(folder)
  const isStoreReady =
    draft.kind === 's3' ? credentials !== undefined && lock.isReady : test?.found?.holds !== 'repository'
  const openInstead = (): void => {
    if (address === undefined) return
    if (props.onOpenInstead === undefined) {
      props.onClose()
      opened.open({ kind: 'open-repository', address })
    } else props.onOpenInstead(address)
  }
  const create = (): void =>
    task.start(async (signal) => {
      if (address === undefined) return
      const s3 = {
        ...(credentials === undefined ? {} : { credentials }),
        ...(lock.rule === undefined ? {} : { lock: lock.rule }),
      }
      setMade(await calls.createRepository({ address, passphrase, ...(draft.kind === 's3' ? s3 : {}) }, signal))
      void repositories.refresh()
    })
  if (made !== undefined && address !== undefined) {
    const close = (): void => {
      props.onCreated?.(made.repositoryId)
      props.onClose()
    }
    return <RecoveryWords words={made.recoveryWords} address={addressText(address)} onClose={close} />
  }
  return (
    <Dialog
      title={t('repositories.createTitle')}
      task={task}
      submit={t('repositories.createNow')}
      canSubmit={address !== undefined && isStoreReady && passphrase !== '' && passphrase === again}
      onSubmit={create}
      onClose={props.onClose}
    >
      <StoreFields form={form}>
        <div>
          <FolderField
            autoFocus
            label={t('repositories.folder')}
            description={`${t('common.engineFolder')} ${t('repositories.folderHint')}`}
            value={draft.folder}
            onChange={(to) => form.change({ folder: to })}
          />
          {folder === '' ? undefined : <Finding test={test} onOpenInstead={openInstead} />}
        </div>
      </StoreFields>
      {draft.kind === 's3' ? (
        <>
          <S3Trials form={form} onOpenInstead={openInstead} />
          <LockRuleFields form={lock} bucket={bucket} />
        </>
      ) : undefined}
      <Secrets passphrase={passphrase} again={again} onPassphrase={setPassphrase} onAgain={setAgain} />
    </Dialog>
  )
}

type FindingProps = { readonly test: StoreTest | undefined; readonly onOpenInstead: () => void }

/** What the folder holds and how much space there is, before anything is made in it. */
function Finding({ test, onOpenInstead }: FindingProps): ReactNode {
  const { t, i18n } = useTranslation()
  if (test?.failure !== undefined) return <FailureNote failure={test.failure} />
  const found = test?.found
  const size = (bytes: number): string => sizeText(bytes, i18n.language)
  const free =
    found?.freeBytes === undefined || found.totalBytes === undefined
      ? ''
      : t('repositories.freeThere', { free: size(found.freeBytes), total: size(found.totalBytes) })
  return (
    <Text fz="sm" mt={6} role="status" {...(found?.holds === 'repository' ? { className: 'tone-warn' } : {})}>
      {found === undefined ? t('repositories.testing') : undefined}
      {found?.holds === 'nothing' ? t('repositories.holdsNothing', { free }) : undefined}
      {found?.holds === 'other' ? t('repositories.holdsOther', { free }) : undefined}
      {found?.holds === 'repository' ? t('repositories.holdsRepository') : undefined}
      {found?.holds === 'repository' ? (
        <Button size="compact-xs" variant="default" ml={8} onClick={onOpenInstead}>
          {t('repositories.openThis')}
        </Button>
      ) : undefined}
    </Text>
  )
}

type SecretsProps = {
  readonly passphrase: string
  readonly again: string
  readonly onPassphrase: (value: string) => void
  readonly onAgain: (value: string) => void
}

/** A passphrase, twice: nobody can reset one that was mistyped. */
export function Secrets({ passphrase, again, onPassphrase, onAgain }: SecretsProps): ReactNode {
  const { t } = useTranslation()
  const differs = again !== '' && !passphrase.startsWith(again)
  return (
    <>
      <SecretInput
        label={t('repositories.passphrase')}
        description={t('repositories.passphraseHint')}
        autoComplete="new-password"
        value={passphrase}
        onChange={(event) => onPassphrase(event.currentTarget.value)}
      />
      <SecretInput
        label={t('repositories.again')}
        autoComplete="new-password"
        value={again}
        onChange={(event) => onAgain(event.currentTarget.value)}
        {...(differs ? { error: t('repositories.differs') } : {})}
      />
    </>
  )
}
