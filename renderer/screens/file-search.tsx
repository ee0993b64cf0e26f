import { NativeSelect, TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStore } from 'zustand'
import type { Result } from '../../shared/contract.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Panel } from '../parts/panel.tsx'
import type { Coverage } from '../stores/coverage.ts'
import type { FileSearch } from '../stores/file-search.ts'
import { fromLocalInput, localInput } from '../text/dates.ts'
import { visible } from '../text/visible.ts'
import { FileHits } from './file-hits.tsx'
import { IndexMissing } from './index-missing.tsx'
import { useAnswer } from './use-answer.ts'

const shownHits = 500
/** While somebody types nothing is asked. */
const restMs = 180
const day = 86_400_000
const spans = { deletedDay: day, deletedWeek: 7 * day, deletedMonth: 30 * day } as const
type Which = 'existing' | keyof typeof spans | 'deletedSince'
const whiches: readonly Which[] = ['existing', 'deletedDay', 'deletedWeek', 'deletedMonth', 'deletedSince']

/** Search over all points of all machines, from the index alone: no repository is touched. */
export function FileSearchPanel({ machines }: { readonly machines: readonly Coverage[] }): ReactNode {
  const { t } = useTranslation()
  const { fileSearch } = useConsole()
  const wanted = useStore(fileSearch)
  return (
    <Panel title={t('files.search')}>
      <div className="file-search">
        <TextInput
          className="file-search-text"
          aria-label={t('files.searchField')}
          placeholder={t('files.searchField')}
          leftSection={<IconSearch size={16} aria-hidden="true" />}
          spellCheck={false}
          autoComplete="off"
          maxLength={1000}
          value={wanted.text}
          onChange={({ currentTarget }) => fileSearch.setState({ text: currentTarget.value })}
        />
        <NativeSelect
          aria-label={t('files.searchIn')}
          value={wanted.machineId ?? ''}
          data={[
            { value: '', label: t('files.everyMachine') },
            ...machines.map(({ machineId, name }) => ({ value: machineId, label: visible(name) })),
          ]}
          onChange={({ currentTarget }) => fileSearch.setState(withMachine(wanted, currentTarget.value), true)}
        />
        <Deleted
          wanted={wanted}
          onChange={(deletedSince) => fileSearch.setState(withDeleted(wanted, deletedSince), true)}
        />
      </div>
      <Found wanted={wanted} />
    </Panel>
  )
}

function withMachine({ machineId: _, ...rest }: FileSearch, machineId: string): FileSearch {
  return machineId === '' ? rest : { ...rest, machineId }
}

function withDeleted({ deletedSince: _, ...rest }: FileSearch, deletedSince: number | undefined): FileSearch {
  return deletedSince === undefined ? rest : { ...rest, deletedSince }
}

type DeletedProps = { readonly wanted: FileSearch; readonly onChange: (since: number | undefined) => void }

function Deleted({ wanted, onChange }: DeletedProps): ReactNode {
  const { t } = useTranslation()
  const [which, setWhich] = useState<Which>(wanted.deletedSince === undefined ? 'existing' : 'deletedSince')
  const choose = (value: string): void => {
    const chosen = whiches.find((each) => each === value) ?? 'existing'
    setWhich(chosen)
    if (chosen === 'existing') onChange(undefined)
    else if (chosen === 'deletedSince') onChange(wanted.deletedSince ?? Date.now() - day)
    else onChange(Date.now() - spans[chosen])
  }
  return (
    <>
      <NativeSelect
        aria-label={t('files.which')}
        value={which}
        data={whiches.map((value) => ({ value, label: t(`files.${value}`) }))}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      {which === 'deletedSince' ? (
        <TextInput
          type="datetime-local"
          step={1}
          aria-label={t('files.since')}
          value={localInput(wanted.deletedSince ?? Date.now() - day)}
          onChange={({ currentTarget }) => {
            const at = fromLocalInput(currentTarget.value)
            if (at !== undefined) onChange(at)
          }}
        />
      ) : undefined}
    </>
  )
}

function Found({ wanted }: { readonly wanted: FileSearch }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const [rested] = useDebouncedValue(wanted, restMs)
  const about = JSON.stringify(rested)
  const isAsking = rested.text.trim() !== '' || rested.deletedSince !== undefined
  const { answer, failure } = useAnswer(async (signal) => {
    if (!isAsking) return undefined
    const { text, machineId, deletedSince } = rested
    const more = {
      ...(machineId === undefined ? {} : { machineId }),
      ...(deletedSince === undefined ? {} : { deletedSince }),
    }
    return { about, ...(await calls.searchFiles({ query: text.trim(), limit: shownHits, ...more }, signal)) }
  }, about)
  if (!isAsking) return undefined
  if (failure !== undefined) return <FailureNote failure={failure} />
  return (
    <div className="file-found">
      <p role="status" className="files-hint">
        {answer === undefined || answer.about !== about ? t('files.searching') : <Counted found={answer} />}
      </p>
      {answer === undefined || answer.missingPoints === 0 ? undefined : (
        <IndexMissing machineId={rested.machineId} count={answer.missingPoints} />
      )}
      {answer === undefined || answer.hits.length === 0 ? undefined : <FileHits hits={answer.hits} />}
    </div>
  )
}

function Counted({ found: { hits, isMore } }: { readonly found: Result<'searchFiles'> }): ReactNode {
  const { t } = useTranslation()
  if (isMore) return t('files.foundMore', { count: hits.length })
  return hits.length === 0 ? t('files.noHits') : t('files.found', { count: hits.length })
}
