import { Modal, Text, TextInput, useComputedColorScheme } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import type { TFunction } from 'i18next'
import { type KeyboardEvent, type ReactNode, useDeferredValue, useId, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { stepIn } from '../parts/list-step.ts'
import { useFocusBack } from '../parts/use-focus-back.ts'
import { useSettingsChange } from '../parts/use-reader.ts'
import { otherLanguage } from '../text/i18n.ts'
import { type Act, type Entry, entry } from './entries.ts'
import { PaletteList } from './palette-list.tsx'
import { search } from './search.ts'
import { useEntries } from './use-entries.ts'
import './palette.css'

/** Everything the window knows, by the keyboard alone: type, choose with the arrows, Enter. */
export function Palette({ onClose }: { readonly onClose: () => void }): ReactNode {
  const { t } = useTranslation()
  const listId = useId()
  const entries = useEntries()
  const act = useAct()
  const [query, setQuery] = useState('')
  const [at, setAt] = useState(0)
  const wanted = useDeferredValue(query)
  const found = useMemo(() => [...search(entries, wanted), ...fileEntries(wanted, t)], [entries, wanted, t])
  useFocusBack()
  const take = (chosen: Entry | undefined): void => {
    if (chosen === undefined) return
    onClose()
    act(chosen.act)
  }
  const press = (event: KeyboardEvent): void => {
    // Home and End belong to the text.
    const step = event.key === 'Home' || event.key === 'End' ? undefined : stepIn(found.length, at, event.key)
    if (step === undefined && event.key !== 'Enter') return
    event.preventDefault()
    if (step !== undefined) setAt(step)
    // What is shown may be behind what was typed; Enter means what was typed.
    else if (wanted === query) take(found[at])
    else take([...search(entries, query), ...fileEntries(query, t)][0])
  }
  return (
    <Modal
      opened
      onClose={onClose}
      withCloseButton={false}
      centered={false}
      yOffset="9vh"
      size={640}
      padding={0}
      transitionProps={{ duration: 0 }}
      attributes={{ content: { 'aria-label': t('palette.title') } }}
    >
      <TextInput
        data-autofocus
        className="palette-input"
        variant="unstyled"
        size="md"
        role="combobox"
        aria-label={t('palette.title')}
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={found.length === 0 ? undefined : `${listId}-${at}`}
        placeholder={t('palette.hint')}
        spellCheck={false}
        autoComplete="off"
        leftSection={<IconSearch size={17} aria-hidden="true" />}
        value={query}
        onChange={(event) => {
          setQuery(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={press}
      />
      <PaletteList
        id={listId}
        entries={found}
        at={Math.min(at, found.length - 1)}
        onChoose={(number) => take(found[number])}
      />
      <div className="palette-foot">
        <Text span inherit role="status">
          {foundText(found, t)}
        </Text>
        <Text span inherit>
          {t('palette.keys')}
        </Text>
      </div>
    </Modal>
  )
}

function foundText(found: readonly Entry[], t: TFunction): string {
  const count = found.filter(({ act }) => act.kind !== 'find-files').length
  return count === 0 ? t('palette.nothing') : t('palette.found', { count })
}

/** Files are not among what the window knows: the way to their search stands last. */
function fileEntries(typed: string, t: TFunction): readonly Entry[] {
  const query = typed.trim()
  if (query === '') return []
  return [entry('command', 'find-files', t('palette.command.findFiles', { query }), '', { kind: 'find-files', query })]
}

function useAct(): (act: Act) => void {
  const { i18n } = useTranslation()
  const { opened, fileSearch } = useConsole()
  const change = useSettingsChange()
  const isDark = useComputedColorScheme('light') === 'dark'
  return (act) => {
    switch (act.kind) {
      case 'go':
        return goTo(act.place)
      case 'open':
        return opened.open(act.dialog)
      case 'find-files':
        fileSearch.setState({ text: act.query }, true)
        return goTo({ kind: 'files' })
      case 'language':
        return change({ language: otherLanguage(i18n.language) })
      case 'theme':
        return change({ theme: isDark ? 'light' : 'dark' })
    }
  }
}
