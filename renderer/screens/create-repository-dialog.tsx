import { Button, PasswordInput, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { useTask } from '../parts/use-task.ts'
import { sizeText } from '../text/amounts.ts'
import { RecoveryWords } from './recovery-words.tsx'
import { type StoreTest, useStoreTest } from './use-store-test.ts'

type Props = {
  readonly onClose: () => void
  /** Told when the new repository's recovery words were kept. */
  readonly onCreated?: (repositoryId: string) => void
  /** Where the folder turns out to hold a repository; absent opens it over whatever is shown. */
  readonly onOpenInstead?: (folder: string) => void
}

/** Creates a repository, then shows its recovery words: they exist nowhere but on that sheet. */
export function CreateRepositoryDialog(props: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories, opened } = useConsole()
  const task = useTask()
  const [typedFolder, setFolder] = useState('')
  const folder = typedFolder.trim()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [made, setMade] = useState<{ readonly repositoryId: string; readonly recoveryWords: string }>()
  const test = useStoreTest(folder)
  const differs = again !== '' && !passphrase.startsWith(again)
  const openInstead = (): void => {
    if (props.onOpenInstead === undefined) {
      props.onClose()
      opened.open({ kind: 'open-repository', folder })
    } else props.onOpenInstead(folder)
  }
  const create = (): void =>
    task.start(async (signal) => {
      setMade(await calls.createRepository({ address: { kind: 'folder', folder }, passphrase }, signal))
      void repositories.refresh()
    })
  if (made !== undefined) {
    const close = (): void => {
      props.onCreated?.(made.repositoryId)
      props.onClose()
    }
    return <RecoveryWords words={made.recoveryWords} folder={folder} onClose={close} />
  }
  return (
    <Dialog
      title={t('repositories.createTitle')}
      task={task}
      submit={t('repositories.createNow')}
      canSubmit={folder !== '' && test?.found?.holds !== 'repository' && passphrase !== '' && passphrase === again}
      onSubmit={create}
      onClose={props.onClose}
    >
      <div>
        <FolderField
          autoFocus
          label={t('repositories.folder')}
          description={`${t('common.engineFolder')} ${t('repositories.folderHint')}`}
          value={typedFolder}
          onChange={setFolder}
        />
        {folder === '' ? undefined : <Finding test={test} onOpenInstead={openInstead} />}
      </div>
      <Secret
        label={t('repositories.passphrase')}
        description={t('repositories.passphraseHint')}
        value={passphrase}
        onChange={setPassphrase}
      />
      <Secret
        label={t('repositories.again')}
        value={again}
        onChange={setAgain}
        {...(differs ? { error: t('repositories.differs') } : {})}
      />
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

type SecretProps = {
  readonly label: string
  readonly description?: string
  readonly error?: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function Secret({ onChange, ...rest }: SecretProps): ReactNode {
  return (
    <PasswordInput autoComplete="new-password" {...rest} onChange={(event) => onChange(event.currentTarget.value)} />
  )
}
