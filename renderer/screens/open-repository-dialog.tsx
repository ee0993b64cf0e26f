import { Button, FileButton, Group, SegmentedControl, Textarea } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Unlock } from '../../shared/contract.ts'
import type { StoreAddress } from '../../shared/repository.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FolderField } from '../parts/folder-field.tsx'
import { SecretInput } from '../parts/secret-input.tsx'
import { useTask } from '../parts/use-task.ts'
import { StoreFields } from './store-fields.tsx'
import { useStoreDraft } from './use-store-draft.ts'

type Props = {
  /** Of a locked repository; absent to open one that this console does not know yet. */
  readonly address?: StoreAddress
  readonly onClose: () => void
}

const kinds = ['passphrase', 'recovery-words', 'recovery-key'] as const
type Kind = (typeof kinds)[number]

/** Opens a repository, by any of the ways in. */
export function OpenRepositoryDialog(props: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, repositories, points } = useConsole()
  const task = useTask()
  const form = useStoreDraft(props.address)
  const { address, credentials, draft } = form
  const [kind, setKind] = useState<Kind>('passphrase')
  const [typed, setTyped] = useState<Readonly<Record<Kind, string>>>({
    passphrase: '',
    'recovery-words': '',
    'recovery-key': '',
  })
  const unlock = unlockOf(kind, typed[kind])
  const isKnown = useKnows(address)
  const hasAccount = draft.kind === 'folder' || credentials !== undefined || isKnown
  const open = (): void =>
    task.start(async (signal) => {
      if (address === undefined || unlock === undefined) return
      await calls.openRepository({ address, unlock, ...(credentials === undefined ? {} : { credentials }) }, signal)
      await Promise.all([repositories.refresh(), points.refresh()])
      props.onClose()
    })
  return (
    <Dialog
      title={t('repositories.openTitle')}
      task={task}
      submit={t('repositories.openNow')}
      canSubmit={address !== undefined && unlock !== undefined && hasAccount}
      onSubmit={open}
      onClose={props.onClose}
    >
      <StoreFields form={form} accountKnown={isKnown}>
        <FolderField
          label={t('repositories.folder')}
          description={t('common.engineFolder')}
          value={draft.folder}
          onChange={(folder) => form.change({ folder })}
        />
      </StoreFields>
      <SegmentedControl
        fullWidth
        aria-label={t('repositories.unlockWith')}
        value={kind}
        onChange={(value) => setKind(kinds.find((each) => each === value) ?? 'passphrase')}
        data={[
          { value: 'passphrase', label: t('repositories.withPassphrase') },
          { value: 'recovery-words', label: t('repositories.withWords') },
          { value: 'recovery-key', label: t('repositories.withKey') },
        ]}
      />
      <Way kind={kind} value={typed[kind]} onChange={(value) => setTyped({ ...typed, [kind]: value })} />
    </Dialog>
  )
}

/** A repository that was open here once has its account kept beside its key. */
function useKnows(address: StoreAddress | undefined): boolean {
  const { repositories } = useConsole()
  const known = repositories.getState().items
  return address?.kind === 's3' && known.some((each) => isSamePlace(each.address, address))
}

function isSamePlace(a: StoreAddress, b: StoreAddress): boolean {
  if (a.kind !== 's3' || b.kind !== 's3') return false
  return a.bucket === b.bucket && a.prefix === b.prefix && (a.endpoint ?? '') === (b.endpoint ?? '')
}

function unlockOf(kind: Kind, typed: string): Unlock | undefined {
  if (typed.trim() === '') return undefined
  switch (kind) {
    case 'passphrase':
      return { kind, passphrase: typed }
    case 'recovery-words':
      return { kind, words: typed.trim().toLowerCase().split(/\s+/).join(' ') }
    case 'recovery-key':
      return { kind, secret: typed.trim() }
  }
}

type WayProps = { readonly kind: Kind; readonly value: string; readonly onChange: (value: string) => void }

function Way({ kind, value, onChange }: WayProps): ReactNode {
  const { t } = useTranslation()
  if (kind === 'passphrase') {
    return (
      <SecretInput
        label={t('repositories.passphrase')}
        autoComplete="off"
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    )
  }
  const isKey = kind === 'recovery-key'
  const text = (
    <Textarea
      label={isKey ? t('repositories.keyFile') : t('repositories.words')}
      description={isKey ? t('repositories.keyFileHint') : t('repositories.wordsHint')}
      autosize
      minRows={3}
      maxRows={8}
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
  if (!isKey) return text
  return (
    <>
      {text}
      <Group>
        <FileButton onChange={(file) => void file?.text().then(onChange)}>
          {(props) => (
            <Button variant="default" {...props}>
              {t('repositories.chooseFile')}
            </Button>
          )}
        </FileButton>
      </Group>
    </>
  )
}
