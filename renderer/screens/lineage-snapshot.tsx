import { Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Snapshot } from '../../shared/machine.ts'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { sizeText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import type { SnapshotAct } from './snapshot-act-dialog.tsx'

type Props = { readonly snapshot: Snapshot; readonly onAct: (act: SnapshotAct) => void }

const memories = { none: 'memoryNone', internal: 'memoryInternal', external: 'memoryExternal' } as const
const locations = { none: 'locationNone', internal: 'locationInternal', external: 'locationExternal' } as const

/** A snapshot as its host tells it. What cannot be done with it stands there as a sentence, not as a dead button. */
export function SnapshotDetails({ snapshot, onAct }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <>
      <h3 className="lineage-title">
        <Name text={snapshot.name} />
      </h3>
      <Acts snapshot={snapshot} onAct={onAct} />
      {snapshot.current ? <p className="lineage-note">{t('lineage.current')}</p> : undefined}
      <dl className="facts">
        <dt>{t('lineage.time')}</dt>
        <dd>{snapshot.createdAt === undefined ? t('lineage.timeUnknown') : <Moment at={snapshot.createdAt} />}</dd>
        {snapshot.description === undefined ? undefined : (
          <>
            <dt>{t('lineage.description')}</dt>
            <dd className="foreign">{snapshot.description.split('\n').map(visible).join('\n')}</dd>
          </>
        )}
        <dt>{t('lineage.parent')}</dt>
        <dd>{snapshot.parent === undefined ? t('lineage.noParent') : <Name text={snapshot.parent} />}</dd>
        <dt>{t('lineage.depth')}</dt>
        <dd>{t('lineage.depthOf', { count: snapshot.depth })}</dd>
        <dt>{t('lineage.memory')}</dt>
        <dd>{t(`lineage.${memories[snapshot.memory]}`)}</dd>
        <dt>{t('lineage.size')}</dt>
        <dd>{snapshot.sizeBytes === undefined ? t('common.none') : sizeText(snapshot.sizeBytes, i18n.language)}</dd>
        <dt>{t('lineage.location')}</dt>
        <dd>
          {snapshot.disks.map((disk) => (
            <div key={disk.name}>
              <Name text={disk.name} /> {t(`lineage.${locations[disk.location]}`)}
            </div>
          ))}
        </dd>
      </dl>
    </>
  )
}

function Acts({ snapshot, onAct }: Props): ReactNode {
  const { t } = useTranslation()
  const { revertRefusal, deleteRefusal } = snapshot
  return (
    <>
      {revertRefusal === undefined || deleteRefusal === undefined ? (
        <div className="lineage-actions">
          {revertRefusal === undefined ? (
            <Button variant="default" onClick={() => onAct({ kind: 'revert', snapshot })}>
              {t('lineage.revert')}
            </Button>
          ) : undefined}
          {deleteRefusal === undefined ? (
            <Button variant="default" onClick={() => onAct({ kind: 'delete', snapshot })}>
              {t('lineage.delete')}
            </Button>
          ) : undefined}
        </div>
      ) : undefined}
      {revertRefusal === undefined ? undefined : (
        <p className="lineage-refusal">
          {t('lineage.noRevert', { reason: t(`fact.snapshotRefusal.${revertRefusal}`) })}
        </p>
      )}
      {deleteRefusal === undefined ? undefined : (
        <p className="lineage-refusal">
          {t('lineage.noDelete', { reason: t(`fact.snapshotRefusal.${deleteRefusal}`) })}
        </p>
      )}
    </>
  )
}
