import { Alert, Text } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { type ReactNode, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Proof } from '../../shared/history.ts'
import type { Point } from '../../shared/point.ts'
import { addressText } from '../../shared/repository.ts'
import { useList } from '../parts/console-context.tsx'
import { Moment } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { Told } from '../parts/told.tsx'
import { durationText, momentText, sizeText } from '../text/amounts.ts'
import { RestorePoints } from './restore-points.tsx'
import { useProofs } from './use-proofs.ts'

type Props = {
  readonly point: Point
  /** Of the machine, newest first. */
  readonly points: readonly Point[]
  readonly onPoint: (pointId: string) => void
}

/** The moment to go back to, how far it can be relied on, and the machine's other points to choose instead. */
export function RestoreMoment({ point, points, onPoint }: Props): ReactNode {
  const { t } = useTranslation()
  const proofs = useProofs(point.machineId)
  const repositories = useList('repositories').items
  const damaged = useMemo(() => new Set(repositories.flatMap(({ coverage }) => coverage.damaged)), [repositories])
  const proven = useMemo(
    () => new Set(proofs.filter((proof) => !proof.damaged).map(({ pointId }) => pointId)),
    [proofs],
  )
  const repository = repositories.find(({ id }) => id === point.repositoryId)
  return (
    <>
      <Text c="dimmed" fz="sm">
        {t('restore.momentLead')}
      </Text>
      <Text fz="lg" fw={600}>
        <Moment at={point.createdAt} />
      </Text>
      {damaged.has(point.id) ? (
        <Alert
          role="alert"
          variant="light"
          color="red"
          p="sm"
          icon={<IconAlertTriangle size={18} aria-hidden="true" />}
          title={t('restore.damagedTitle')}
        >
          <Text fz="sm">{t('restore.damagedText')}</Text>
        </Alert>
      ) : undefined}
      <RestorePoints {...{ points, proven, damaged, onPoint }} chosen={point.id} />
      <MomentFacts
        point={point}
        proofs={proofs}
        {...(repository === undefined ? {} : { folder: addressText(repository.address) })}
      />
    </>
  )
}

type FactsProps = { readonly point: Point; readonly proofs: readonly Proof[]; readonly folder?: string }

function MomentFacts({ point, proofs, folder }: FactsProps): ReactNode {
  const { t, i18n } = useTranslation()
  const sizeBytes = point.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0)
  return (
    <dl className="facts">
      <dt>{t('restore.consistency')}</dt>
      <dd>
        {t(`fact.consistency.${point.consistency}.word`)} · {t(`fact.consistency.${point.consistency}.meaning`)}
      </dd>
      {point.freezeMs === undefined ? undefined : (
        <>
          <dt>{t('restore.freeze')}</dt>
          <dd>{t('restore.milliseconds', { count: point.freezeMs })}</dd>
        </>
      )}
      <dt>{t('restore.proof')}</dt>
      <dd>
        <Proven proofs={proofs.filter(({ pointId, damaged }) => pointId === point.id && !damaged)} />
      </dd>
      <dt>{t('restore.size')}</dt>
      <dd>
        {sizeText(sizeBytes, i18n.language)} · {t('restore.diskCount', { count: point.disks.length })}
      </dd>
      {folder === undefined ? undefined : (
        <>
          <dt>{t('restore.repository')}</dt>
          <dd>
            <Name text={folder} />
          </dd>
        </>
      )}
      {point.warnings.length === 0 ? undefined : (
        <>
          <dt>{t('common.warning')}</dt>
          <dd>
            {point.warnings.map((warning) => (
              <div key={warning}>
                <Told text={warning} />
              </div>
            ))}
          </dd>
        </>
      )}
    </dl>
  )
}

/** The newest proof of each kind: a restore shows more than a verification. */
function Proven({ proofs }: { readonly proofs: readonly Proof[] }): ReactNode {
  const { t, i18n } = useTranslation()
  const newest = (kind: Proof['kind']): Proof | undefined =>
    proofs.filter((proof) => proof.kind === kind).sort((a, b) => b.at - a.at)[0]
  const restore = newest('restore')
  const verify = newest('verify')
  if (restore === undefined && verify === undefined) return t('restore.notProven')
  return (
    <>
      {restore === undefined ? undefined : (
        <div>
          {t('restore.provenByRestore', {
            moment: momentText(restore.at, i18n.language),
            duration: durationText(restore.seconds ?? 0),
          })}
        </div>
      )}
      {verify === undefined ? undefined : (
        <div>{t('restore.provenByVerify', { moment: momentText(verify.at, i18n.language) })}</div>
      )}
    </>
  )
}
