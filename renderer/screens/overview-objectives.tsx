import { Anchor, Text } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoverage, useList, useSettings } from '../parts/console-context.tsx'
import { useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { StateMark } from '../parts/state.tsx'
import { toFragment } from '../stores/navigation.ts'
import { spanText } from '../text/amounts.ts'
import { freshnessOf, provenTimes, type Spread } from './overview-figures.ts'

const minuteMs = 60_000

/** How much work could be lost, beside how much may be. */
export function LossPanel(): ReactNode {
  const { t } = useTranslation()
  const { wantedRpoMinutes } = useSettings()
  const coverage = useCoverage()
  const now = useNow()
  const { age, gap, without } = useMemo(() => freshnessOf(coverage, now), [coverage, now])
  const wantedMs = wantedRpoMinutes * minuteMs
  return (
    <Objective area="loss" title={t('overview.rpo')} wantedMs={wantedMs}>
      {age === undefined || gap === undefined ? (
        <Text c="dimmed">{t('overview.noPoints')}</Text>
      ) : (
        <>
          <Figure word={t('overview.age')} spread={age} unitMs={1} wantedMs={wantedMs} />
          <Figure word={t('overview.gap')} spread={gap} unitMs={1} wantedMs={wantedMs} />
        </>
      )}
      {without === 0 ? undefined : (
        <Text fz="xs" c="dimmed">
          {t('overview.withoutPoint', { count: without })}
        </Text>
      )}
    </Objective>
  )
}

/** How long getting a machine back really took, beside how long it may take. */
export function RecoveryPanel(): ReactNode {
  const { t } = useTranslation()
  const { wantedRtoMinutes } = useSettings()
  const coverage = useCoverage()
  const recoveries = useList('recoveries').items
  const { time, proven, machines } = useMemo(() => provenTimes(coverage, recoveries), [coverage, recoveries])
  const wantedMs = wantedRtoMinutes * minuteMs
  return (
    <Objective area="recovery" title={t('overview.rto')} wantedMs={wantedMs}>
      {time === undefined ? (
        <>
          <Text fz="sm">{t('overview.notProven')}</Text>
          <Anchor fz="sm" href={toFragment({ kind: 'machines' })}>
            {t('overview.prove')}
          </Anchor>
        </>
      ) : (
        <>
          <Figure word={t('overview.time')} spread={time} unitMs={1000} wantedMs={wantedMs} />
          <Text fz="xs" c="dimmed">
            {t('overview.provenOf', { proven, machines })}
          </Text>
        </>
      )}
    </Objective>
  )
}

type ObjectiveProps = {
  readonly area: string
  readonly title: string
  readonly wantedMs: number
  readonly children: ReactNode
}

function Objective({ area, title, wantedMs, children }: ObjectiveProps): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <Panel area={area} title={title}>
      <div className="objective">
        <Text fz="sm">
          {t('overview.wanted', { span: spanText(wantedMs, i18n.language) })}{' '}
          <Anchor inherit underline="always" href={toFragment({ kind: 'settings' })}>
            {t('overview.change')}
          </Anchor>
        </Text>
        {children}
      </div>
    </Panel>
  )
}

type FigureProps = {
  readonly word: string
  readonly spread: Spread
  /** Milliseconds in one of the spread's units. */
  readonly unitMs: number
  readonly wantedMs: number
}

/** One measured figure: the worst decides, because the worst machine is the one that will be asked for. */
function Figure({ word, spread, unitMs, wantedMs }: FigureProps): ReactNode {
  const { t, i18n } = useTranslation()
  const span = (value: number): string => spanText(value * unitMs, i18n.language)
  const isMet = spread.worst * unitMs <= wantedMs
  return (
    <div className="figure">
      <div className="figure-head">
        <Text span fz="xs" c="dimmed">
          {word}
        </Text>
        <StateMark tone={isMet ? 'good' : 'bad'} word={isMet ? t('overview.met') : t('overview.missed')} />
      </div>
      <Text span fz="sm">
        {span(spread.median) === span(spread.worst)
          ? undefined
          : `${t('overview.median', { span: span(spread.median) })} · `}
        {t('overview.worst', { span: span(spread.worst) })}{' '}
        <Anchor inherit underline="always" href={toFragment({ kind: 'machine', machineId: spread.worstOf.machineId })}>
          <Name text={spread.worstOf.name} />
        </Anchor>
      </Text>
    </div>
  )
}
