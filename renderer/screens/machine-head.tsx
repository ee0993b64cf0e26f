import { Button } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine } from '../../shared/machine.ts'
import { useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Name } from '../parts/name.tsx'
import { ScreenHead } from '../parts/panel.tsx'
import { MachineState } from '../parts/state.tsx'
import { useTask } from '../parts/use-task.ts'
import type { Coverage } from '../stores/coverage.ts'
import { toFragment } from '../stores/navigation.ts'
import { visible } from '../text/visible.ts'
import { SnapshotCreateDialog } from './snapshot-create-dialog.tsx'

/** The machine's name and state, and what can be done with it as it is now. */
export function MachineHead({ row }: { readonly row: Coverage }): ReactNode {
  const { t } = useTranslation()
  const { opened } = useConsole()
  const [taking, setTaking] = useState(false)
  const { machine } = row
  return (
    <>
      <ScreenHead title={<Name text={row.name} />} note={<Whereabouts row={row} />}>
        <BrowseFiles row={row} />
        {machine === undefined ? undefined : (
          <>
            <Power machine={machine} />
            {machine.snapshotRefusal === undefined ? (
              <Button variant="default" onClick={() => setTaking(true)}>
                {t('snapshot.take')}
              </Button>
            ) : undefined}
            <Button onClick={() => opened.open({ kind: 'back-up', machineIds: [machine.id] })}>
              {t('machines.backUp')}
            </Button>
          </>
        )}
      </ScreenHead>
      {taking && machine !== undefined ? (
        <SnapshotCreateDialog machine={machine} onClose={() => setTaking(false)} />
      ) : undefined}
    </>
  )
}

/** Of the newest point; every other one is a choice away there. */
function BrowseFiles({ row: { machineId, points } }: { readonly row: Coverage }): ReactNode {
  const { t } = useTranslation()
  const [newest] = points
  if (newest === undefined) return undefined
  return (
    <Button component="a" variant="default" href={toFragment({ kind: 'folder', machineId, pointId: newest.id })}>
      {t('files.browse')}
    </Button>
  )
}

function Whereabouts({ row }: { readonly row: Coverage }): ReactNode {
  return (
    <>
      <MachineState state={row.machine?.state ?? 'gone'} />
      {row.host === undefined ? undefined : (
        <>
          {' · '}
          <Name text={row.host.name} />
        </>
      )}
    </>
  )
}

/** Start, or ask the guest to shut down; a paused machine is left to whoever paused it. */
function Power({ machine }: { readonly machine: Machine }): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [asking, setAsking] = useState(false)
  const [told, setTold] = useState<string>()
  const start = (): void =>
    task.start(async (signal) => {
      await calls.startMachine({ machineId: machine.id }, signal)
      setTold(t('machine.startAsked'))
    })
  const said = (
    <span role="status" className="machine-said">
      {told}
    </span>
  )
  if (machine.state === 'off') {
    return (
      <>
        {task.failure === undefined ? said : <FailureNote failure={task.failure} />}
        <Button variant="default" loading={task.busy} onClick={start}>
          {t('machine.start')}
        </Button>
      </>
    )
  }
  if (machine.state !== 'running') return undefined
  return (
    <>
      {said}
      <Button variant="default" onClick={() => setAsking(true)}>
        {t('machine.shutDown')}
      </Button>
      {asking ? (
        <ShutDownDialog
          machine={machine}
          onDone={() => setTold(t('machine.shutDownAsked'))}
          onClose={() => setAsking(false)}
        />
      ) : undefined}
    </>
  )
}

type ShutDownProps = { readonly machine: Machine; readonly onDone: () => void; readonly onClose: () => void }

function ShutDownDialog({ machine, onDone, onClose }: ShutDownProps): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  return (
    <Dialog
      title={t('machine.shutDownTitle', { name: visible(machine.name) })}
      task={task}
      submit={t('machine.shutDown')}
      canSubmit
      danger
      onSubmit={() =>
        task.start(async (signal) => {
          await calls.shutDownMachine({ machineId: machine.id }, signal)
          onDone()
          onClose()
        })
      }
      onClose={onClose}
    >
      {t('machine.shutDownText')}
    </Dialog>
  )
}
