import { Text, Title } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Repository } from '../../shared/repository.ts'
import { sizeText } from '../text/amounts.ts'

type Props = { readonly repository: Repository }

const tightShare = 0.1

/** How full the place is, and with what. Told only as far as it could be measured. */
export function RepositorySpace({ repository }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const { storedBytes, freeBytes, totalBytes } = repository
  if (storedBytes === undefined && freeBytes === undefined) return undefined
  const size = (bytes: number): string => sizeText(bytes, i18n.language)
  const stored = storedBytes ?? 0
  const isMeasured = freeBytes !== undefined && totalBytes !== undefined && totalBytes > 0
  const other = isMeasured ? Math.max(0, totalBytes - freeBytes - stored) : 0
  return (
    <section aria-label={t('repositories.space')}>
      <Title order={3} fz="sm" mb={6}>
        {t('repositories.space')}
      </Title>
      {isMeasured ? (
        <div
          className="store-bar"
          role="img"
          aria-label={t('repositories.spaceBar', {
            stored: size(stored),
            other: size(other),
            free: size(freeBytes),
            total: size(totalBytes),
          })}
        >
          <span className="store-own" style={{ width: `${(stored / totalBytes) * 100}%` }} />
          <span className="store-other" style={{ width: `${(other / totalBytes) * 100}%` }} />
        </div>
      ) : undefined}
      <ul className="store-legend">
        <li className="store-own">
          {t('repositories.spaceStored')} <b>{size(stored)}</b>
        </li>
        {isMeasured ? (
          <>
            <li className="store-other">
              {t('repositories.spaceOther')} <b>{size(other)}</b>
            </li>
            <li className="store-free">
              {t('repositories.spaceFree')} <b>{size(freeBytes)}</b>
            </li>
            <li>{t('repositories.spaceTotal', { size: size(totalBytes) })}</li>
          </>
        ) : undefined}
      </ul>
      {isMeasured && freeBytes / totalBytes < tightShare ? (
        <Text fz="sm" className="tone-warn" mt={6}>
          {t('repositories.almostFull')}
        </Text>
      ) : undefined}
    </section>
  )
}

/** What deduplication and compression save, as measured: three bars of one scale. */
export function RepositorySavings({ repository }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const { pointBytes, rawBytes, storedBytes } = repository
  if (pointBytes === undefined || rawBytes === undefined || storedBytes === undefined) return undefined
  if (pointBytes === 0 || rawBytes === 0 || storedBytes === 0) return undefined
  const size = (bytes: number): string => sizeText(bytes, i18n.language)
  const most = Math.max(pointBytes, rawBytes, storedBytes)
  const less = (from: number, to: number): string =>
    t('repositories.dedupedText', {
      size: size(to),
      factor: new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format(from / to),
    })
  return (
    <section aria-label={t('repositories.savings')}>
      <Title order={3} fz="sm" mb={6}>
        {t('repositories.savings')}
      </Title>
      <dl className="savings">
        <dt>{t('repositories.pointBytes')}</dt>
        <dd>
          <Bar share={pointBytes / most} /> {size(pointBytes)}
        </dd>
        <dt>{t('repositories.deduped')}</dt>
        <dd>
          <Bar share={rawBytes / most} /> {less(pointBytes, rawBytes)}
        </dd>
        <dt>{t('repositories.compressed')}</dt>
        <dd>
          <Bar share={storedBytes / most} /> {less(rawBytes, storedBytes)}
        </dd>
      </dl>
    </section>
  )
}

function Bar({ share }: { readonly share: number }): ReactNode {
  return <span className="savings-bar" aria-hidden="true" style={{ width: `${Math.max(1, share * 110)}px` }} />
}
