import { PasswordInput, SegmentedControl, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { useTask } from '../parts/use-task.ts'

type Props = {
  /** The folder of a locked repository; empty to open one that this console does not know yet. */
  readonly folder?: string
  readonly onClose: () => void
}
type Kind = 'passphrase' | 'recovery-words'

export function OpenRepositoryDialog(props: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories, points } = useConsole()
  const task = useTask()
  const [folder, setFolder] = useState(props.folder ?? '')
  const [kind, setKind] = useState<Kind>('passphrase')
  const [passphrase, setPassphrase] = useState('')
  const [typedWords, setTypedWords] = useState('')
  const words = typedWords.trim().toLowerCase().split(/\s+/).join(' ')
  const open = (): void =>
    task.start(async (signal) => {
      const unlock = kind === 'passphrase' ? { kind, passphrase } : { kind, words }
      await calls.openRepository({ address: { kind: 'folder', folder: folder.trim() }, unlock }, signal)
      await Promise.all([repositories.refresh(), points.refresh()])
      props.onClose()
    })
  return (
    <Dialog
      title={t('repositories.openTitle')}
      task={task}
      submit={t('repositories.openNow')}
      canSubmit={folder.trim() !== '' && (kind === 'passphrase' ? passphrase : words) !== ''}
      onSubmit={open}
      onClose={props.onClose}
    >
      <FolderField
        label={t('repositories.folder')}
        description={t('common.engineFolder')}
        value={folder}
        onChange={setFolder}
      />
      <SegmentedControl
        fullWidth
        aria-label={t('repositories.unlockWith')}
        value={kind}
        onChange={(value) => setKind(value === 'passphrase' ? 'passphrase' : 'recovery-words')}
        data={[
          { value: 'passphrase', label: t('repositories.withPassphrase') },
          { value: 'recovery-words', label: t('repositories.withWords') },
        ]}
      />
      {kind === 'passphrase' ? (
        <PasswordInput
          label={t('repositories.passphrase')}
          autoComplete="off"
          value={passphrase}
          onChange={(event) => setPassphrase(event.currentTarget.value)}
        />
      ) : (
        <Textarea
          label={t('repositories.words')}
          description={t('repositories.wordsHint')}
          autosize
          minRows={3}
          spellCheck={false}
          value={typedWords}
          onChange={(event) => setTypedWords(event.currentTarget.value)}
        />
      )}
    </Dialog>
  )
}
