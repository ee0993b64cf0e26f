import { ActionIcon, Button, Text } from '@mantine/core'
import { IconArrowUp, IconFolder } from '@tabler/icons-react'
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Result } from '../../shared/contract.ts'
import { visible } from '../text/visible.ts'
import { useConsole } from './console-context.tsx'
import { FailureNote } from './failure-note.tsx'
import { stepIn } from './list-step.ts'
import { Name } from './name.tsx'
import { useTask } from './use-task.ts'

type Props = {
  /** Where to begin; where there is no such folder, or none is named, the engine says where. */
  readonly start: string
  readonly onChoose: (folder: string) => void
  readonly onCancel: () => void
}

type Listed = Result<'listFolders'>

/** A dialog around this part hears of Escape too; this attribute tells it that the key is not meant for it. */
const keepsEscape = { 'data-mantine-stop-propagation': 'true' }

/** The engine's folders, one level at a time: arrows choose, Enter opens, Backspace goes up. */
export function FolderBrowser({ start, onChoose, onCancel }: Props): ReactNode {
  const { t } = useTranslation()
  const { listed, failure, busy, look } = useFolders(start)
  return (
    <div className="folders">
      <div className="folders-head">
        <ActionIcon
          {...keepsEscape}
          aria-label={t('folders.up')}
          disabled={listed?.parent === undefined}
          onClick={() => look(listed?.parent)}
        >
          <IconArrowUp size={16} aria-hidden="true" />
        </ActionIcon>
        <Text fz="sm" fw={600} miw={0} style={{ flex: 1 }}>
          {listed === undefined ? t('folders.loading') : <Name text={listed.folder} />}
        </Text>
      </div>
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {listed === undefined ? undefined : <FolderList key={listed.folder} listed={listed} onOpen={look} />}
      <Text fz="xs" c="dimmed" className="folders-where">
        {t('folders.where')}
      </Text>
      <div className="folders-foot">
        <Button {...keepsEscape} variant="default" onClick={onCancel}>
          {t('common.cancel')}
        </Button>
        <Button
          {...keepsEscape}
          disabled={listed === undefined || busy}
          onClick={() => listed && onChoose(listed.folder)}
        >
          {t('folders.choose')}
        </Button>
      </div>
    </div>
  )
}

function useFolders(start: string) {
  const { calls } = useConsole()
  const task = useTask()
  const [listed, setListed] = useState<Listed>()
  const [first] = useState(start)
  const { start: run } = task
  const asked = useRef(false)
  const look = (folder: string | undefined): void =>
    run(async (signal) => setListed(await calls.listFolders(folder === undefined ? {} : { folder }, signal)))
  useEffect(() => {
    if (asked.current) return
    asked.current = true
    run(async (signal) => {
      const wanted =
        first === '' ? undefined : await calls.listFolders({ folder: first }, signal).catch(() => undefined)
      setListed(wanted ?? (await calls.listFolders({}, signal)))
    })
  })
  return { listed, failure: task.failure, busy: task.busy, look }
}

type ListProps = { readonly listed: Listed; readonly onOpen: (folder: string | undefined) => void }

function FolderList({ listed, onOpen }: ListProps): ReactNode {
  const { t } = useTranslation()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(0)
  useEffect(() => list.current?.focus(), [])
  useEffect(() => {
    // It answers a promise in newer browsers; an effect may answer nothing but its own end.
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: 'nearest' })
  }, [id, at])
  const press = (event: KeyboardEvent): void => {
    const step = stepIn(listed.folders.length, at, event.key)
    if (step === undefined && event.key !== 'Enter' && event.key !== 'Backspace') return
    event.preventDefault()
    if (step !== undefined) setAt(step)
    if (event.key === 'Enter' && listed.folders[at] !== undefined) onOpen(listed.folders[at])
    if (event.key === 'Backspace' && listed.parent !== undefined) onOpen(listed.parent)
  }
  return (
    <div
      {...keepsEscape}
      ref={list}
      role="listbox"
      tabIndex={0}
      className="folders-list"
      aria-label={t('folders.list', { folder: visible(listed.folder) })}
      aria-activedescendant={listed.folders.length === 0 ? undefined : `${id}-${at}`}
      onKeyDown={press}
    >
      {listed.folders.length === 0 ? (
        <Text c="dimmed" p="sm">
          {t('folders.none')}
        </Text>
      ) : undefined}
      {listed.folders.map((folder, number) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself hears the keys
        <div
          key={folder}
          id={`${id}-${number}`}
          role="option"
          tabIndex={-1}
          aria-selected={number === at}
          className="folder"
          onClick={() => setAt(number)}
          onDoubleClick={() => onOpen(folder)}
        >
          <IconFolder size={15} aria-hidden="true" />
          <Name text={lastPart(folder)} />
        </div>
      ))}
    </div>
  )
}

/** The last name of a path, whichever way its separators lean. */
function lastPart(folder: string): string {
  return folder.split(/[/\\]/).findLast((part) => part !== '') ?? folder
}
