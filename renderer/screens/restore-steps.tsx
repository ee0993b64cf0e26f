import { Button } from '@mantine/core'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { useConsole, useList, usePointsOf } from '../parts/console-context.tsx'
import { useTask } from '../parts/use-task.ts'
import { Wizard, type WizardStep } from '../parts/wizard.tsx'
import { visible } from '../text/visible.ts'
import { firstForm, freeName, isConfirmed, kindOf, makingHosts, type RestoreForm, targetOf } from './restore-form.ts'
import { RestoreMoment } from './restore-moment.tsx'
import { RestorePlanStep } from './restore-plan.tsx'
import { RestoreWhat } from './restore-what.tsx'
import { RestoreWhere } from './restore-where.tsx'
import { useRestorePlan } from './use-restore-plan.ts'

const OpenRepositoryDialog = lazy(async () => ({
  default: (await import('./open-repository-dialog.tsx')).OpenRepositoryDialog,
}))

const stepIds = ['moment', 'what', 'where', 'plan'] as const
type StepId = (typeof stepIds)[number]

type Props = {
  readonly first: Point
  readonly inPlace: boolean
  /** The run it started is being shown instead. */
  readonly hidden: boolean
  readonly onStarted: (runId: string, pointId: string) => void
  readonly onClose: () => void
}

/** The way from a point to a started restore. Nothing has to be entered for the harmless way: a new machine. */
export function RestoreSteps(props: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [at, setAt] = useState<StepId>(props.inPlace ? 'plan' : 'moment')
  const [seen, setSeen] = useState<ReadonlySet<StepId>>(new Set())
  const [opening, setOpening] = useState(false)
  const { point, points, choose } = useNeighbours(props.first)
  const machine = useList('machines').items.find(({ id }) => id === point.machineId)
  const { form, begun, change } = useForm(point, props.inPlace)
  const target = targetOf(form)
  const planned = useRestorePlan(point.id, at === 'plan' && !props.hidden ? target : undefined)
  const isReady = planned.plan?.obstacles.length === 0 && isConfirmed(form, machine?.name ?? point.machineName)
  const goTo = (step: StepId): void => {
    setSeen(new Set([...seen, at]))
    setAt(step)
  }
  const start = (): void =>
    task.start(async (signal) => {
      if (target === undefined || !isReady) return
      const { runId } = await calls.startRestore({ pointId: point.id, target }, signal)
      change({ confirmation: '' })
      props.onStarted(runId, point.id)
    })
  const next = stepIds[stepIds.indexOf(at) + 1]
  if (props.hidden) return undefined
  return (
    <Wizard
      title={t('restore.title', { name: visible(point.machineName) })}
      steps={stepIds.map((id) => ({ id, title: t(`restore.${id}`), state: stateOf(id, seen, form) }))}
      at={at}
      onStep={goTo}
      dirty={form !== begun}
      over={opening ? <OpenRepository point={point} onClose={() => setOpening(false)} /> : undefined}
      onEnter={() => (next === undefined ? start() : goTo(next))}
      onClose={props.onClose}
      footer={<GoOn isLast={next === undefined} isReady={isReady} isBusy={task.busy} form={form} />}
    >
      {at === 'moment' ? <RestoreMoment point={point} points={points} onPoint={choose} /> : undefined}
      {at === 'what' ? <RestoreWhat point={point} form={form} onChange={change} /> : undefined}
      {at === 'where' ? <RestoreWhere point={point} machine={machine} form={form} onChange={change} /> : undefined}
      {at === 'plan' ? (
        <RestorePlanStep
          {...{ point, machine, form, planned }}
          startFailure={task.failure}
          onChange={change}
          onStep={goTo}
          onOpenRepository={() => setOpening(true)}
          onClose={props.onClose}
        />
      ) : undefined}
    </Wizard>
  )
}

function OpenRepository({ point, onClose }: { readonly point: Point; readonly onClose: () => void }): ReactNode {
  const repository = useList('repositories').items.find(({ id }) => id === point.repositoryId)
  return (
    <Suspense>
      <OpenRepositoryDialog {...(repository === undefined ? {} : { address: repository.address })} onClose={onClose} />
    </Suspense>
  )
}

type GoOnProps = {
  readonly isLast: boolean
  readonly isReady: boolean
  readonly isBusy: boolean
  readonly form: RestoreForm
}

function GoOn({ isLast, isReady, isBusy, form }: GoOnProps): ReactNode {
  const { t } = useTranslation()
  if (!isLast) return <Button type="submit">{t('wizard.next')}</Button>
  const isInPlace = kindOf(form) === 'in-place'
  return (
    <Button type="submit" loading={isBusy} disabled={!isReady} color={isInPlace ? 'red' : 'indigo'}>
      {isInPlace ? t('restore.startInPlace') : t('restore.start')}
    </Button>
  )
}

type Neighbours = {
  readonly point: Point
  /** Of the machine, newest first. */
  readonly points: readonly Point[]
  readonly choose: (pointId: string) => void
}

/** The chosen one of a machine's points; `first` also when it is not listed. */
function useNeighbours(first: Point): Neighbours {
  const points = usePointsOf().get(first.machineId) ?? [first]
  const [pointId, choose] = useState(first.id)
  return { point: points.find(({ id }) => id === pointId) ?? first, points, choose }
}

type FormState = {
  readonly form: RestoreForm
  readonly begun: RestoreForm
  readonly change: (part: Partial<RestoreForm>) => void
}

/** The form as it is and as it began. Another point may have other disks: what it does not have is no longer chosen. */
function useForm(point: Point, inPlace: boolean): FormState {
  const { t } = useTranslation()
  const machines = useList('machines').items
  const hosts = makingHosts(useList('hosts').items)
  const [begun] = useState<RestoreForm>(() => {
    const machine = machines.find(({ id }) => id === point.machineId)
    const form = firstForm('', hosts, machine)
    const name = freeName(t('restore.suggestedName', { name: point.machineName }), form.hostId, machines)
    return { ...form, name, ...(inPlace ? { kind: 'in-place' } : {}) }
  })
  const [form, setForm] = useState(begun)
  const known = form.disks?.filter((disk) => point.disks.some(({ name }) => name === disk))
  const fitting = known?.length === form.disks?.length ? form : { ...form, disks: known }
  return { form: fitting, begun, change: (part) => setForm({ ...fitting, ...part }) }
}

function stateOf(id: StepId, seen: ReadonlySet<StepId>, form: RestoreForm): WizardStep<StepId>['state'] {
  if (!seen.has(id) || id === 'plan') return 'open'
  if (id === 'what') return form.disks?.length === 0 ? 'lacking' : 'ready'
  if (id === 'where') return form.disks?.length !== 0 && targetOf(form) === undefined ? 'lacking' : 'ready'
  return 'ready'
}
