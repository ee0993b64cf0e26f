import { ActionIcon, Anchor } from '@mantine/core'
import { IconChevronDown, IconChevronUp } from '@tabler/icons-react'
import { type ReactNode, type RefObject, useEffect, useId, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { goTo } from '../parts/console-context.tsx'
import { stepIn } from '../parts/list-step.ts'
import { useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import type { FolderPlace } from '../stores/file-fragment.ts'
import { toFragment } from '../stores/navigation.ts'
import { agoFormat, agoText, momentFormat } from '../text/amounts.ts'

type Props = {
  readonly place: FolderPlace
  readonly point: Point
  /** The machine's, newest first. */
  readonly points: readonly Point[]
  readonly active: RefObject<string | undefined>
}

/** The machine and its moments, newest first: another one shows the same path as it was then. */
export function FolderMoments({ place, point, points, active }: Props): ReactNode {
  const { t } = useTranslation()
  const at = points.findIndex(({ id }) => id === place.pointId)
  const choose = (next: Point | undefined): void => {
    if (next === undefined || next.id === place.pointId) return
    const { name: _, ...same } = place
    goTo({ ...same, pointId: next.id, ...(active.current === undefined ? {} : { name: active.current }) })
  }
  return (
    <section className="files-box" aria-label={t('files.moments')}>
      <h1 className="files-machine">
        <Anchor inherit href={toFragment({ kind: 'machine', machineId: place.machineId, pointId: place.pointId })}>
          <Name text={point.machineName} />
        </Anchor>
      </h1>
      <div className="files-box-head">
        <h2>{t('files.moments')}</h2>
        <ActionIcon size="sm" aria-label={t('files.newer')} disabled={at <= 0} onClick={() => choose(points[at - 1])}>
          <IconChevronUp size={15} aria-hidden="true" />
        </ActionIcon>
        <ActionIcon
          size="sm"
          aria-label={t('files.older')}
          disabled={at === -1 || at === points.length - 1}
          onClick={() => choose(points[at + 1])}
        >
          <IconChevronDown size={15} aria-hidden="true" />
        </ActionIcon>
      </div>
      <MomentList points={at === -1 ? [point] : points} at={Math.max(0, at)} onChoose={choose} />
      <p className="files-hint">{t('files.momentsHint')}</p>
    </section>
  )
}

type ListProps = {
  readonly points: readonly Point[]
  readonly at: number
  readonly onChoose: (point: Point | undefined) => void
}

function MomentList({ points, at, onChoose }: ListProps): ReactNode {
  const { t, i18n } = useTranslation()
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const now = useNow()
  const moments = momentFormat(i18n.language)
  const ago = agoFormat(i18n.language)
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' })
  }, [at])
  return (
    <div
      ref={list}
      role="listbox"
      tabIndex={0}
      className="files-moments"
      aria-label={t('files.moments')}
      aria-activedescendant={`${id}-${at}`}
      onKeyDown={(event) => {
        const step = stepIn(points.length, at, event.key)
        if (step === undefined) return
        event.preventDefault()
        onChoose(points[step])
      }}
    >
      {points.map((each, number) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the list itself hears the keys
        <div
          key={each.id}
          id={`${id}-${number}`}
          role="option"
          tabIndex={-1}
          aria-selected={number === at}
          className="files-moment"
          onClick={() => onChoose(each)}
        >
          <span>{moments.format(each.createdAt)}</span>
          <span className="files-ago">
            {agoText(each.createdAt, Math.max(now, each.createdAt), i18n.language, ago)}
          </span>
        </div>
      ))}
    </div>
  )
}
