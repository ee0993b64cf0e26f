import { ActionIcon, Button, Group } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { moved, type Span, spanAround, zoomOf, zooms } from '../lineage/band.ts'

type Props = {
  readonly span: Span
  readonly moment: number
  readonly now: number
  readonly onSpan: (span: Span) => void
}

/** How much of the past the band shows, and which part of it. */
export function TimelineZoom({ span, moment, now, onSpan }: Props): ReactNode {
  const { t } = useTranslation()
  const pressed = zoomOf(span)
  return (
    <Group gap={8} wrap="nowrap">
      <Button.Group aria-label={t('timeline.zoom')}>
        {zooms.map((zoom) => (
          <Button
            key={zoom}
            size="compact-xs"
            variant="default"
            className="timeline-zoom"
            aria-pressed={zoom === pressed}
            onClick={() => onSpan(spanAround(zoom, moment, now))}
          >
            {t(`timeline.${zoom}`)}
          </Button>
        ))}
      </Button.Group>
      <ActionIcon size="sm" aria-label={t('timeline.earlier')} onClick={() => onSpan(moved(span, -0.5, now))}>
        <IconChevronLeft size={16} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon size="sm" aria-label={t('timeline.later')} onClick={() => onSpan(moved(span, 0.5, now))}>
        <IconChevronRight size={16} aria-hidden="true" />
      </ActionIcon>
    </Group>
  )
}
