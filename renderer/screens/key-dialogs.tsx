import { Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { addressText, type Repository } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { Secrets } from './create-repository-dialog.tsx'
import { RecoveryKeyFile } from './recovery-key-file.tsx'
import { RecoveryWords } from './recovery-words.tsx'

export const keyActs = ['changePassphrase', 'addPassphrase', 'renewWords', 'addKey', 'epoch'] as const
export type KeyAct = (typeof keyActs)[number]

type Props = { readonly repository: Repository; readonly onClose: () => void }

/** One dialog for each thing that can be done to the keys; each says what it means before it is done. */
export function KeyDialog({ act, ...rest }: Props & { readonly act: KeyAct }): ReactNode {
  switch (act) {
    case 'changePassphrase':
    case 'addPassphrase':
      return <PassphraseDialog act={act} {...rest} />
    case 'renewWords':
      return <WordsDialog {...rest} />
    case 'addKey':
      return <KeyFileDialog {...rest} />
    case 'epoch':
      return <EpochDialog {...rest} />
  }
}

type PassphraseProps = Props & { readonly act: 'changePassphrase' | 'addPassphrase' }

function PassphraseDialog({ act, repository, onClose }: PassphraseProps): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [passphrase, setPassphrase] = useState('')
  const [again, setAgain] = useState('')
  const save = (): void =>
    task.start(async (signal) => {
      await calls[act]({ repositoryId: repository.id, passphrase }, signal)
      onClose()
    })
  return (
    <Dialog
      title={t(`upkeep.${act}`).replace('…', '')}
      task={task}
      submit={t('upkeep.save')}
      canSubmit={passphrase !== '' && passphrase === again}
      onSubmit={save}
      onClose={onClose}
    >
      <Text fz="sm">{t(`upkeep.${act}Text`)}</Text>
      <Secrets passphrase={passphrase} again={again} onPassphrase={setPassphrase} onAgain={setAgain} />
    </Dialog>
  )
}

function WordsDialog({ repository, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [words, setWords] = useState<string>()
  if (words !== undefined)
    return <RecoveryWords words={words} address={addressText(repository.address)} onClose={onClose} />
  const renew = (): void =>
    task.start(async (signal) => {
      const made = await calls.renewRecoveryWords({ repositoryId: repository.id }, signal)
      setWords(made.recoveryWords)
    })
  return (
    <Dialog
      title={t('upkeep.renewWords').replace('…', '')}
      task={task}
      submit={t('upkeep.renewWordsStart')}
      canSubmit
      onSubmit={renew}
      onClose={onClose}
    >
      <Text fz="sm">{t('upkeep.renewWordsText')}</Text>
    </Dialog>
  )
}

function KeyFileDialog({ repository, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [secret, setSecret] = useState<string>()
  if (secret !== undefined) return <RecoveryKeyFile secret={secret} repositoryId={repository.id} onClose={onClose} />
  const make = (): void =>
    task.start(async (signal) => {
      const made = await calls.addRecoveryKey({ repositoryId: repository.id }, signal)
      setSecret(made.secret)
    })
  return (
    <Dialog
      title={t('upkeep.addKey').replace('…', '')}
      task={task}
      submit={t('upkeep.addKeyStart')}
      canSubmit
      onSubmit={make}
      onClose={onClose}
    >
      <Text fz="sm">{t('upkeep.addKeyText')}</Text>
    </Dialog>
  )
}

function EpochDialog({ repository, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories } = useConsole()
  const task = useTask()
  const renew = (): void =>
    task.start(async (signal) => {
      await calls.renewEpoch({ repositoryId: repository.id }, signal)
      await repositories.refresh()
      onClose()
    })
  return (
    <Dialog
      title={t('upkeep.epoch').replace('…', '')}
      task={task}
      submit={t('upkeep.epochStart')}
      canSubmit
      onSubmit={renew}
      onClose={onClose}
    >
      <Text fz="sm">{t('upkeep.epochText')}</Text>
    </Dialog>
  )
}
