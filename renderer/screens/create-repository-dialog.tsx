import { PasswordInput, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { RecoveryWords } from './recovery-words.tsx'

/** Creates a repository, then shows its recovery words: they exist nowhere but on that sheet. */
export function CreateRepositoryDialog(props: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories } = useConsole()
  const task = useTask()
  const [folder, setFolder] = useState('')
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const [words, setWords] = useState<string>()
  const differs = again !== '' && !passphrase.startsWith(again)
  const create = (): void =>
    task.start(async (signal) => {
      const address = { kind: 'folder', folder: folder.trim() } as const
      const made = await calls.createRepository({ address, passphrase }, signal)
      setWords(made.recoveryWords)
      void repositories.refresh()
    })
  if (words !== undefined) return <RecoveryWords words={words} folder={folder.trim()} onClose={props.onClose} />
  return (
    <Dialog
      title={t('repositories.createTitle')}
      task={task}
      submit={t('repositories.createNow')}
      canSubmit={folder.trim() !== '' && passphrase !== '' && passphrase === again}
      onSubmit={create}
      onClose={props.onClose}
    >
      <TextInput
        data-autofocus
        label={t('repositories.folder')}
        description={`${t('common.engineFolder')} ${t('repositories.folderHint')}`}
        value={folder}
        onChange={(event) => setFolder(event.currentTarget.value)}
      />
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
