import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { useConsole } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { LabelInput } from '../parts/label-input.tsx'
import { useTask } from '../parts/use-task.ts'

/** Words for a point. They are saved together, so that a slip of the key changes nothing in the repository. */
export function PointLabels({ point }: { readonly point: Point }): ReactNode {
  const { t } = useTranslation()
  const { calls, points } = useConsole()
  const task = useTask()
  const saved = point.labels ?? []
  const [typed, setTyped] = useState<readonly string[]>()
  const isChanged = typed !== undefined && typed.join('\n') !== saved.join('\n')
  const save = (): void =>
    task.start(async (signal) => {
      await calls.labelPoint({ pointId: point.id, labels: [...(typed ?? saved)] }, signal)
      await points.refresh()
      setTyped(undefined)
    })
  return (
    <div className="point-labels">
      <LabelInput
        label={t('lineage.labels')}
        description={t('lineage.labelsHint')}
        labels={typed ?? saved}
        onChange={setTyped}
      />
      {isChanged ? (
        <Button size="compact-sm" loading={task.busy} onClick={save}>
          {t('lineage.labelsSave')}
        </Button>
      ) : undefined}
      {task.failure === undefined ? undefined : <FailureNote failure={task.failure} />}
    </div>
  )
}
