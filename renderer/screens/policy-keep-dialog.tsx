import { Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Policy } from '../../shared/policy.ts'
import { goTo, useConsole, useList, usePointsOf } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { useTask } from '../parts/use-task.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'
import { useAnswer } from './use-answer.ts'

type Props = { readonly policy: Policy; readonly onClose: () => void }

const listed = 100

/** Runs a policy's retention once. What would go is asked of the engine first: it is exactly what will. */
export function KeepNowDialog({ policy, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const { answer, failure } = useAnswer((signal) => calls.planRetention({ policyId: policy.id }, signal), policy.id)
  const going = answer?.filter(({ reasons }) => reasons.length === 0)
  const start = (): void =>
    task.start(async (signal) => {
      const { runId } = await calls.startRetention({ policyId: policy.id }, signal)
      onClose()
      goTo({ kind: 'activity', runId })
    })
  return (
    <Dialog
      title={t('policies.keepTitle', { name: visible(policy.name) })}
      task={task}
      submit={t('policies.keepStart')}
      canSubmit={going !== undefined && going.length > 0}
      danger
      onSubmit={start}
      onClose={onClose}
    >
      {failure === undefined ? undefined : <FailureNote failure={failure} />}
      {going === undefined && failure === undefined ? <Loading /> : undefined}
      {going?.length === 0 ? <Text fz="sm">{t('policies.keepNone')}</Text> : undefined}
      {going === undefined || going.length === 0 ? undefined : (
        <>
          <Text fz="sm">{t('policies.keepText', { count: going.length, all: answer?.length ?? 0 })}</Text>
          <Going points={going} />
          <Text fz="sm">{t('policies.keepTrash')}</Text>
        </>
      )}
    </Dialog>
  )
}

type GoingProps = {
  readonly points: readonly { readonly pointId: string; readonly machineId: string; readonly createdAt: number }[]
}

function Going({ points }: GoingProps): ReactNode {
  const { t, i18n } = useTranslation()
  const machines = useList('machines').items
  const pointsOf = usePointsOf()
  const names = new Map(machines.map(({ id, name }) => [id, name]))
  const nameOf = (id: string): string => visible(names.get(id) ?? pointsOf.get(id)?.[0]?.machineName ?? id)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by the keyboard
    <section className="verdicts-list" aria-label={t('policies.goes')} tabIndex={0}>
      <ul className="going">
        {points.slice(0, listed).map(({ pointId, machineId, createdAt }) => (
          <li key={pointId}>
            {nameOf(machineId)} · {momentText(createdAt, i18n.language)}
          </li>
        ))}
        {points.length > listed ? <li>{t('retention.more', { count: points.length - listed })}</li> : undefined}
      </ul>
    </section>
  )
}
