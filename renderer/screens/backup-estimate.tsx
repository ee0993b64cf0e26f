import { Loader, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { BackupPlan } from '../../shared/plan.ts'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { toFragment } from '../stores/navigation.ts'
import { sizeText, spanText } from '../text/amounts.ts'
import type { PlanState } from './backup-plan.ts'
import { totalsOf } from './backup-totals.ts'

/** What a backup will probably take, where that is known from, and what stands in its way with the way out beside it. */
export function BackupEstimate({ state }: { readonly state: PlanState }): ReactNode {
  const { t } = useTranslation()
  return (
    <section aria-label={t('backup.estimate')} className="stack-s">
      <div className="field-title">{t('backup.estimate')}</div>
      {state.kind === 'asking' ? (
        <Text fz="sm" c="dimmed">
          <Loader size={12} mr={8} aria-hidden="true" />
          {t('backup.estimating')}
        </Text>
      ) : undefined}
      {state.kind === 'unknown' ? (
        <>
          <Text fz="sm">{t('backup.noEstimate')}</Text>
          <FailureNote failure={state.failure} />
        </>
      ) : undefined}
      {state.kind === 'known' ? <Known plan={state.plan} /> : undefined}
    </section>
  )
}

function Known({ plan }: { readonly plan: BackupPlan }): ReactNode {
  const { t, i18n } = useTranslation()
  const { bytesRead, bytesStored, bases } = totalsOf(plan)
  const { seconds, freeBytes } = plan
  const facts = [
    [t('backup.read'), sizeText(bytesRead, i18n.language)],
    [t('backup.stored'), sizeText(bytesStored, i18n.language)],
    [
      t('backup.time'),
      seconds === undefined
        ? t('backup.timeUnknown')
        : t('backup.timeAbout', { duration: spanText(Math.max(60, seconds) * 1000, i18n.language) }),
    ],
    [t('backup.free'), freeBytes === undefined ? t('backup.freeUnknown') : sizeText(freeBytes, i18n.language)],
  ] as const
  const told = [
    bases.first > 0 ? t('backup.basisFirst', { count: bases.first }) : undefined,
    bases.history > 0 ? t('backup.basisHistory', { count: bases.history }) : undefined,
    bases.unknown > 0 ? t('backup.basisUnknown', { count: bases.unknown }) : undefined,
  ].filter((line) => line !== undefined)
  return (
    <>
      <dl className="figures">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <Text fz="xs" c="dimmed">
        {told.join(' ')}
      </Text>
      {freeBytes !== undefined && bytesStored > freeBytes ? (
        <Text fz="sm" className="tone-warn">
          {t('backup.tooFull')}
        </Text>
      ) : undefined}
      <Obstacles plan={plan} />
    </>
  )
}

const shownObstacles = 8

function Obstacles({ plan }: { readonly plan: BackupPlan }): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines').items
  const points = useList('points').items
  const hindered = plan.machines.filter(({ obstacles }) => obstacles.length > 0)
  const more = hindered.length - shownObstacles
  if (hindered.length === 0) return undefined
  const nameOf = (id: string): string =>
    machines.find((machine) => machine.id === id)?.name ??
    points.find((point) => point.machineId === id)?.machineName ??
    id
  return (
    <section aria-label={t('backup.obstacles')} className="plan-obstacles">
      {hindered.slice(0, shownObstacles).map(({ machineId, obstacles }) => (
        <Text key={machineId} fz="sm" component="div">
          <a className="link" href={toFragment({ kind: 'machine', machineId })}>
            <Name text={nameOf(machineId)} />
          </a>
          : {obstacles.map((obstacle) => t(`fact.obstacle.${obstacle}`)).join(' ')}
        </Text>
      ))}
      {more > 0 ? (
        <Text fz="sm" c="dimmed">
          {t('backup.moreMachines', { count: more })}
        </Text>
      ) : undefined}
    </section>
  )
}
