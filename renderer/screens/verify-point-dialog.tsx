import { Select, Text } from '@mantine/core'
import { type ReactNode, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { goTo, useConsole, usePointsOf } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useTask } from '../parts/use-task.ts'
import { isIn } from '../stores/copies.ts'
import { momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

type Props = { readonly repositoryId: string; readonly onClose: () => void }

const shownOptions = 100

/** Chooses one point of a repository, machine first, to have its data read back. */
export function VerifyPointDialog({ repositoryId, onClose }: Props): ReactNode {
  const { t, i18n } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const pointsOf = usePointsOf()
  const machines = useMemo(
    () =>
      [...pointsOf]
        .filter(([, points]) => points.some((point) => isIn(point, repositoryId)))
        .map(([id, points]) => ({ value: id, label: visible(points[0]?.machineName ?? id) })),
    [pointsOf, repositoryId],
  )
  const [machineId, setMachineId] = useState(machines[0]?.value)
  const points = useMemo(
    () => (pointsOf.get(machineId ?? '') ?? []).filter((point) => isIn(point, repositoryId)),
    [pointsOf, machineId, repositoryId],
  )
  const [wanted, setWanted] = useState<string>()
  const pointId = points.some(({ id }) => id === wanted) ? wanted : points[0]?.id
  const verify = (): void =>
    task.start(async (signal) => {
      if (pointId === undefined) return
      const { runId } = await calls.startVerify({ pointId }, signal)
      onClose()
      goTo({ kind: 'activity', runId })
    })
  return (
    <Dialog
      title={t('repositories.verifyOneTitle')}
      task={task}
      submit={t('repositories.verify')}
      canSubmit={pointId !== undefined}
      onSubmit={verify}
      onClose={onClose}
    >
      <Text fz="sm">{t('repositories.verifyOneText')}</Text>
      <Select
        label={t('repositories.machine')}
        searchable
        limit={shownOptions}
        allowDeselect={false}
        value={machineId ?? null}
        onChange={(value) => setMachineId(value ?? undefined)}
        data={machines}
      />
      <Select
        label={t('repositories.moment')}
        searchable
        limit={shownOptions}
        allowDeselect={false}
        value={pointId ?? null}
        onChange={(value) => setWanted(value ?? undefined)}
        data={points.map(({ id, createdAt }) => ({ value: id, label: momentText(createdAt, i18n.language) }))}
      />
    </Dialog>
  )
}
