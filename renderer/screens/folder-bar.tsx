import { ActionIcon, Button, CloseButton, TextInput } from '@mantine/core'
import { IconArrowUp, IconGitCompare, IconPencil, IconRefresh } from '@tabler/icons-react'
import { type FormEvent, Fragment, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { goTo } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { type FolderPlace, namesOf } from '../stores/file-fragment.ts'
import { toFragment } from '../stores/navigation.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import type { Comparison } from './use-folder.ts'

type Props = {
  readonly place: FolderPlace
  readonly points: readonly Point[]
  readonly comparison: Comparison | undefined
  readonly filter: string
  readonly onFilter: (text: string) => void
  readonly onUp: () => void
  readonly onRefresh: () => void
}

/** Where the reader is, by names that lead there or as a line to type in; the filter; what badges compare with. */
export function FolderBar(props: Props): ReactNode {
  const { t } = useTranslation()
  const { place, points, comparison, filter, onFilter } = props
  const [typing, setTyping] = useState(false)
  const path = place.path ?? '/'
  const against = comparison?.against.id ?? points.find(({ id }) => id !== place.pointId)?.id
  return (
    <div className="files-bar">
      <div className="files-line">
        <ActionIcon aria-label={t('files.goUp')} disabled={path === '/'} onClick={props.onUp}>
          <IconArrowUp size={16} aria-hidden="true" />
        </ActionIcon>
        {typing ? <TypedPath place={place} onDone={() => setTyping(false)} /> : <PathNames place={place} />}
        {typing ? undefined : (
          <ActionIcon aria-label={t('files.editPath')} title={t('files.editPath')} onClick={() => setTyping(true)}>
            <IconPencil size={15} aria-hidden="true" />
          </ActionIcon>
        )}
        <ActionIcon aria-label={t('files.refresh')} title={t('files.refresh')} onClick={props.onRefresh}>
          <IconRefresh size={15} aria-hidden="true" />
        </ActionIcon>
      </div>
      <div className="files-line">
        <TextInput
          size="xs"
          className="files-filter"
          aria-label={t('files.filter')}
          placeholder={t('files.filter')}
          spellCheck={false}
          autoComplete="off"
          value={filter}
          onChange={(event) => onFilter(event.currentTarget.value)}
          rightSection={
            filter === '' ? undefined : (
              <CloseButton size="xs" aria-label={t('common.close')} onClick={() => onFilter('')} />
            )
          }
        />
        <span className="files-compared">{comparison === undefined ? undefined : <Compared of={comparison} />}</span>
        {against === undefined ? undefined : (
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<IconGitCompare size={14} aria-hidden="true" />}
            onClick={() => goTo({ ...place, against })}
          >
            {t('files.compare')}
          </Button>
        )}
      </div>
    </div>
  )
}

function Compared({ of: { against, side, state } }: { readonly of: Comparison }): ReactNode {
  const { t, i18n } = useTranslation()
  const moment = momentText(against.createdAt, i18n.language)
  if (state === 'asking') return t('files.comparing')
  if (state === 'failed') return t('files.notCompared', { moment })
  return <span title={moment}>{side === 'since' ? t('files.comparedNewest') : t('files.comparedBefore')}</span>
}

/** The volume, and each folder on the way; the last one is where the reader is. */
function PathNames({ place }: { readonly place: FolderPlace }): ReactNode {
  const { t } = useTranslation()
  const names = namesOf(place.path ?? '/')
  const { name: _, ...plain } = place
  const steps = [
    { text: place.volumeId ?? '', path: '/' },
    ...names.map((text, at) => ({ text, path: `/${names.slice(0, at + 1).join('/')}` })),
  ]
  return (
    <nav className="files-path" aria-label={t('files.path')}>
      {steps.map(({ text, path }, at) => (
        <Fragment key={path}>
          {at === 0 ? undefined : <span aria-hidden="true">/</span>}
          <a
            href={toFragment({ ...plain, path })}
            title={visible(path)}
            {...(at === steps.length - 1 ? { 'aria-current': 'location' } : {})}
          >
            <Name text={text} />
          </a>
        </Fragment>
      ))}
    </nav>
  )
}

function TypedPath({ place, onDone }: { readonly place: FolderPlace; readonly onDone: () => void }): ReactNode {
  const { t } = useTranslation()
  const before = place.path ?? '/'
  const [text, setText] = useState(before)
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const path = `/${namesOf(text).join('/')}`
    onDone()
    if (path !== before) goTo({ ...place, path })
  }
  return (
    <form className="files-typed" onSubmit={submit}>
      <TextInput
        size="xs"
        autoFocus
        aria-label={t('files.path')}
        spellCheck={false}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Escape' && onDone()}
        onBlur={onDone}
      />
    </form>
  )
}
