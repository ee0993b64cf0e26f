import {
  IconActivity,
  IconArrowRight,
  IconCalendarRepeat,
  IconClockHour4,
  IconCommand,
  IconDatabase,
  IconDeviceDesktop,
} from '@tabler/icons-react'
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Name } from '../parts/name.tsx'
import type { Entry } from './entries.ts'

const icons = {
  machine: IconDeviceDesktop,
  command: IconCommand,
  screen: IconArrowRight,
  policy: IconCalendarRepeat,
  repository: IconDatabase,
  run: IconActivity,
  point: IconClockHour4,
} as const

const rowPx = 38

type Props = {
  readonly id: string
  readonly entries: readonly Entry[]
  readonly at: number
  readonly onChoose: (at: number) => void
}

/** What fits, as many rows as can be seen; the chosen one is always among them. */
export function PaletteList({ id, entries, at, onChoose }: Props): ReactNode {
  const { t } = useTranslation()
  const box = useRef<HTMLDivElement>(null)
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowPx,
    overscan: 6,
  })
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at)
  }, [rows, at])
  return (
    <div ref={box} className="palette-box">
      <div id={id} role="listbox" aria-label={t('palette.results')} style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const entry = entries[index]
          return entry === undefined ? undefined : (
            <Row
              key={entry.id}
              id={`${id}-${index}`}
              entry={entry}
              topPx={start}
              chosen={index === at}
              position={{ 'aria-posinset': index + 1, 'aria-setsize': entries.length }}
              onChoose={() => onChoose(index)}
            />
          )
        })}
      </div>
    </div>
  )
}

type RowProps = {
  readonly id: string
  readonly entry: Entry
  readonly topPx: number
  readonly chosen: boolean
  readonly position: { readonly 'aria-posinset': number; readonly 'aria-setsize': number }
  readonly onChoose: () => void
}

function Row({ id, entry, topPx, chosen, position, onChoose }: RowProps): ReactNode {
  const { t } = useTranslation()
  const Icon = icons[entry.kind]
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field above hears the keys
    <div
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={chosen}
      {...position}
      className="palette-row"
      style={{ height: rowPx, transform: `translateY(${topPx}px)` }}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
    >
      <Icon size={16} aria-hidden="true" />
      <span className="palette-title">
        <Name text={entry.title} />
      </span>
      <span className="palette-note">
        <Name text={entry.note} />
      </span>
      <span className="palette-kind">{t(`palette.kind.${entry.kind}`)}</span>
    </div>
  )
}
