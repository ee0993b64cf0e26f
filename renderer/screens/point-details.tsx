import { List } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Proof } from '../../shared/history.ts'
import type { Point, PointDisk } from '../../shared/point.ts'
import { addressText } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { Moment, useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { StateMark } from '../parts/state.tsx'
import { Told } from '../parts/told.tsx'
import { isIn } from '../stores/copies.ts'
import { agoText, durationText, momentText, sizeText } from '../text/amounts.ts'
import { PointActions } from './point-actions.tsx'
import { PointLabels } from './point-labels.tsx'

type Props = {
  readonly point: Point
  readonly live: boolean
  /** The newest last. */
  readonly proofs: readonly Proof[]
  readonly pinned: boolean
  readonly damaged: boolean
  readonly onDelete: () => void
}

/** What a point holds, what proves it, how and why each disk was read, and what can be done with it. */
export function PointDetails({ point, live, proofs, pinned, damaged, onDelete }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const repositories = useList('repositories').items
  const repository = repositories.find(({ id }) => id === point.repositoryId)
  const copies = repositories.filter(({ id }) => id !== point.repositoryId && isIn(point, id))
  return (
    <>
      <h3 className="lineage-title">
        <Moment at={point.createdAt} />
      </h3>
      <PointActions point={point} pinned={pinned} repository={repository} onDelete={onDelete} />
      {live ? undefined : <p className="lineage-note">{t('lineage.branchMeaning')}</p>}
      <dl className="facts">
        <dt>{t('lineage.kind')}</dt>
        <dd>{t(`fact.method.${point.method}.word`)}</dd>
        <dt>{t('lineage.proof')}</dt>
        <dd>
          <Proofs proofs={proofs} damaged={damaged} />
        </dd>
        <dt>{t('lineage.consistency')}</dt>
        <dd>{t(`fact.consistency.${point.consistency}.meaning`)}</dd>
        {point.freezeMs === undefined ? undefined : (
          <>
            <dt>{t('lineage.freeze')}</dt>
            <dd>{t('lineage.milliseconds', { count: Math.round(point.freezeMs) })}</dd>
          </>
        )}
        <dt>{t('lineage.read')}</dt>
        <dd>{sizeText(point.bytesRead, i18n.language)}</dd>
        <dt>{t('lineage.sent')}</dt>
        <dd>{sizeText(point.bytesSent, i18n.language)}</dd>
        <dt>{t('lineage.stored')}</dt>
        <dd>
          {sizeText(point.bytesStored, i18n.language)} <span className="dim">{t('lineage.storedMeaning')}</span>
        </dd>
      </dl>
      {repository?.state === 'open' ? <PointLabels point={point} /> : undefined}
      <Disks disks={point.disks} />
      <Warnings warnings={point.warnings} />
      <dl className="facts">
        <dt>{t('lineage.repository')}</dt>
        <dd>{repository === undefined ? point.repositoryId : <Name text={addressText(repository.address)} />}</dd>
        {copies.length === 0 ? undefined : (
          <>
            <dt>{t('lineage.copies')}</dt>
            <dd>
              {copies.map(({ id, address }) => (
                <div key={id}>
                  <Name text={addressText(address)} />
                </div>
              ))}
            </dd>
          </>
        )}
        {point.lockedUntil === undefined ? undefined : (
          <>
            <dt>{t('lineage.lockedUntil')}</dt>
            <dd>{momentText(point.lockedUntil, i18n.language)}</dd>
          </>
        )}
        <dt>{t('lineage.id')}</dt>
        <dd className="mono">{point.id}</dd>
      </dl>
    </>
  )
}

function Proofs({ proofs, damaged }: Pick<Props, 'proofs' | 'damaged'>): ReactNode {
  const { t, i18n } = useTranslation()
  const now = useNow()
  if (proofs.length === 0) return damaged ? <StateMark tone="bad" word={t('lineage.damaged')} /> : t('lineage.noProof')
  return proofs.toReversed().map((proof) => {
    const ago = agoText(proof.at, Math.max(now, proof.at), i18n.language)
    const duration = durationText(proof.seconds ?? 0)
    const key = `${proof.kind} ${proof.at}`
    if (proof.damaged) return <StateMark key={key} tone="bad" word={t('lineage.verifiedDamaged', { ago })} />
    const word = proof.kind === 'restore' ? t('lineage.restored', { ago, duration }) : t('lineage.verified', { ago })
    return (
      <div key={key}>
        <StateMark tone="good" word={word} />
      </div>
    )
  })
}

function Disks({ disks }: { readonly disks: readonly PointDisk[] }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <>
      <h4 className="lineage-subtitle">{t('lineage.disks')}</h4>
      <ul className="point-disks">
        {disks.map((disk) => (
          <li key={disk.name}>
            <div className="point-disk-head">
              <strong>
                <Name text={disk.name} />
              </strong>
              <span>{t(`fact.how.${disk.how}.word`)}</span>
              <span className="point-disk-size">
                {t('lineage.readOf', {
                  read: sizeText(disk.bytesRead, i18n.language),
                  size: sizeText(disk.sizeBytes, i18n.language),
                })}
              </span>
            </div>
            <div className="dim">{t(`fact.cause.${disk.cause}`)}</div>
          </li>
        ))}
      </ul>
    </>
  )
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }): ReactNode {
  const { t } = useTranslation()
  if (warnings.length === 0) return undefined
  return (
    <>
      <h4 className="lineage-subtitle">{t('lineage.warnings')}</h4>
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>
            <Told text={warning} />
          </List.Item>
        ))}
      </List>
    </>
  )
}
