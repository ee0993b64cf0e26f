import { Drawer, Loader } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FailureNote } from '../parts/failure-note.tsx'
import { RestoreProgress } from './restore-progress.tsx'
import { RestoreSteps } from './restore-steps.tsx'
import { usePoint } from './use-point.ts'
import './restore.css'

type Props = {
  readonly pointId: string
  /** Begin with the original machine as the target, as an undo does. */
  readonly inPlace?: boolean
  readonly onClose: () => void
}

type Going = { readonly runId: string; readonly pointId: string }

/**
 * Brings a point back: whole or in parts, as a new machine, over the original, or as image files. Loaded when it is first
 * opened. What it started goes on without it.
 */
export function RestoreWizard(props: Props): ReactNode {
  const [from, setFrom] = useState({ pointId: props.pointId, inPlace: props.inPlace ?? false })
  const [going, setGoing] = useState<Going>()
  const { point, failure } = usePoint(from.pointId)
  const undo = (pointId: string): void => {
    setGoing(undefined)
    setFrom({ pointId, inPlace: true })
  }
  if (point === undefined) return <Waiting onClose={props.onClose} {...(failure === undefined ? {} : { failure })} />
  return (
    <>
      <RestoreSteps
        key={`${from.pointId} ${from.inPlace}`}
        first={point}
        inPlace={from.inPlace}
        hidden={going !== undefined}
        onStarted={(runId, pointId) => setGoing({ runId, pointId })}
        onClose={props.onClose}
      />
      {going === undefined ? undefined : (
        <RestoreProgress
          runId={going.runId}
          pointId={going.pointId}
          onUndo={undo}
          onAgain={() => setGoing(undefined)}
          onClose={props.onClose}
        />
      )}
    </>
  )
}

type WaitingProps = { readonly failure?: Parameters<typeof FailureNote>[0]['failure']; readonly onClose: () => void }

function Waiting({ failure, onClose }: WaitingProps): ReactNode {
  const { t } = useTranslation()
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="min(1060px, 100%)"
      title={t('restore.opening')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
      attributes={{ header: { role: 'presentation' } }}
    >
      {failure === undefined ? <Loader size="sm" /> : <FailureNote failure={failure} />}
    </Drawer>
  )
}
