import { Text } from '@mantine/core'
import type { i18n } from 'i18next'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { addressText, type Repository } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Panel } from '../parts/panel.tsx'
import { RepositoryState } from '../parts/state.tsx'
import { percentOf, sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { type Forecast, forecastOf } from './overview-figures.ts'

/** How full each repository's place is, and when it will be. */
export function SpacePanel(): ReactNode {
  const { t } = useTranslation()
  const repositories = useList('repositories').items
  const points = useList('points').items
  const pointsIn = useMemo(() => Map.groupBy(points, ({ repositoryId }) => repositoryId), [points])
  return (
    <Panel area="space" title={t('overview.space')}>
      {repositories.length === 0 ? (
        <Text c="dimmed" className="panel-text">
          {t('overview.noRepositories')}
        </Text>
      ) : undefined}
      {repositories.map((repository) => (
        <Space key={repository.id} repository={repository} points={pointsIn.get(repository.id) ?? none} />
      ))}
    </Panel>
  )
}

const none: readonly Point[] = []

type Props = { readonly repository: Repository; readonly points: readonly Point[] }

function Space({ repository, points }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const { address, state, storedBytes, freeBytes, totalBytes } = repository
  const forecast = useMemo(() => forecastOf(points, freeBytes, now), [points, freeBytes, now])
  const size = (bytes: number): string => sizeText(bytes, i18n.language)
  return (
    <section className="overview-part" aria-label={visible(addressText(address))}>
      <div className="space-head">
        <Text span fz="sm" fw={550} miw={0} flex={1}>
          <Name text={addressText(address)} />
        </Text>
        {state === 'open' ? undefined : <RepositoryState state={state} />}
      </div>
      {freeBytes === undefined || totalBytes === undefined ? undefined : (
        <SpaceBar name={addressText(address)} own={storedBytes ?? 0} free={freeBytes} total={totalBytes} />
      )}
      <Text fz="xs" c="dimmed">
        {[
          storedBytes === undefined ? undefined : t('overview.stored', { size: size(storedBytes) }),
          freeBytes === undefined || totalBytes === undefined
            ? undefined
            : t('overview.free', { free: size(freeBytes), total: size(totalBytes) }),
        ]
          .filter((part) => part !== undefined)
          .join(' · ')}
      </Text>
      {state === 'open' ? <ForecastText forecast={forecast} /> : undefined}
    </section>
  )
}

type BarProps = { readonly name: string; readonly own: number; readonly free: number; readonly total: number }

function SpaceBar({ name, own, free, total }: BarProps): ReactNode {
  const { t } = useTranslation()
  const ownShare = percentOf(own, total)
  const otherShare = percentOf(Math.max(0, total - free - own), total)
  return (
    <div
      className="space-bar"
      role="img"
      aria-label={t('overview.spaceBar', { name: visible(name), own: ownShare, other: otherShare })}
    >
      <span className="space-own" style={{ width: `${ownShare}%` }} />
      <span className="space-other" style={{ width: `${otherShare}%` }} />
    </div>
  )
}

const farDays = 1100

function ForecastText({ forecast }: { readonly forecast: Forecast }): ReactNode {
  const { t, i18n } = useTranslation()
  return <Text fz="sm">{forecastText(forecast, t, i18n.language)}</Text>
}

function forecastText(forecast: Forecast, t: i18n['t'], language: string): string {
  if (forecast.kind === 'short-history') return t('overview.shortHistory')
  if (forecast.kind === 'steady') return t('overview.steady')
  const size = sizeText(forecast.bytesPerDay, language)
  if (forecast.days === undefined) return t('overview.grows', { size })
  if (forecast.days > farDays) return t('overview.fullFar', { size })
  return t('overview.fullIn', { count: Math.floor(forecast.days), size })
}
