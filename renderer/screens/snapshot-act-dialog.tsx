import { Button, List, TextInput } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Machine, Snapshot } from '../../shared/machine.ts'
import type { PointNode } from '../lineage/lineage.ts'
import { goTo, useConsole } from '../parts/console-context.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useNow } from '../parts/moment.tsx'
import { Name } from '../parts/name.tsx'
import { useTask } from '../parts/use-task.ts'
import { agoText, momentText } from '../text/amounts.ts'
import { visible } from '../text/visible.ts'

export type SnapshotAct = { readonly kind: 'revert' | 'delete'; readonly snapshot: Snapshot }

type Props = {
  readonly act: SnapshotAct
  readonly machine: Machine
  readonly newest: PointNode | undefined
  readonly onClose: () => void
}

/** Reverting loses the present, deleting a past: both say what, and ask for a name. */
export function SnapshotActDialog(props: Props): ReactNode {
  return props.act.kind === 'revert' ? <Revert {...props} /> : <Delete {...props} />
}

function Revert({ act, machine, newest, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls, opened } = useConsole()
  const task = useTask()
  const [typed, setTyped] = useState('')
  const { name, memory } = act.snapshot
  const backUpFirst = (): void => {
    onClose()
    opened.open({ kind: 'back-up', machineIds: [machine.id] })
  }
  return (
    <Dialog
      title={t('snapshot.revertTitle', { name: visible(machine.name) })}
      task={task}
      submit={t('snapshot.revertSubmit')}
      canSubmit={isTyped(typed, machine.name)}
      danger
      extra={
        <Button variant="default" onClick={backUpFirst}>
          {t('snapshot.backUpFirst')}
        </Button>
      }
      onSubmit={() =>
        task.start(async (signal) => {
          const { runId } = await calls.revertSnapshot({ machineId: machine.id, name }, signal)
          onClose()
          goTo({ kind: 'activity', runId })
        })
      }
      onClose={onClose}
    >
      <Subject snapshot={act.snapshot} />
      <List size="sm">
        <List.Item>
          <Lost snapshot={act.snapshot} machine={machine} />
        </List.Item>
        <List.Item>
          <Held newest={newest} />
        </List.Item>
        <List.Item>{memory === 'none' ? t('snapshot.revertOff') : t('snapshot.revertRunning')}</List.Item>
        <List.Item>{t('snapshot.revertIncrements')}</List.Item>
      </List>
      <TypedName label={t('snapshot.typeName')} name={machine.name} value={typed} onChange={setTyped} />
    </Dialog>
  )
}

function Delete({ act, machine, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { calls } = useConsole()
  const task = useTask()
  const [typed, setTyped] = useState('')
  const { name } = act.snapshot
  return (
    <Dialog
      title={t('snapshot.deleteTitle', { name: visible(machine.name) })}
      task={task}
      submit={t('snapshot.deleteSubmit')}
      canSubmit={isTyped(typed, name)}
      danger
      onSubmit={() =>
        task.start(async (signal) => {
          const { runId } = await calls.deleteSnapshot({ machineId: machine.id, name }, signal)
          onClose()
          goTo({ kind: 'activity', runId })
        })
      }
      onClose={onClose}
    >
      <Subject snapshot={act.snapshot} />
      <p className="lineage-note">{t('snapshot.deleteLost')}</p>
      <TypedName label={t('snapshot.typeSnapshot')} name={name} value={typed} onChange={setTyped} />
    </Dialog>
  )
}

function Subject({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const { t, i18n } = useTranslation()
  return (
    <dl className="facts">
      <dt>{t('snapshot.of')}</dt>
      <dd>
        <Name text={snapshot.name} />
      </dd>
      <dt>{t('lineage.time')}</dt>
      <dd>
        {snapshot.createdAt === undefined ? t('lineage.timeUnknown') : momentText(snapshot.createdAt, i18n.language)}
      </dd>
    </dl>
  )
}

function Lost({ snapshot, machine }: { readonly snapshot: Snapshot; readonly machine: Machine }): ReactNode {
  const { t, i18n } = useTranslation()
  const now = useNow()
  const at = snapshot.createdAt
  const name = visible(machine.name)
  if (at === undefined) return t('snapshot.lostUntold', { machine: name })
  const ago = agoText(at, Math.max(now, at), i18n.language)
  return t('snapshot.lost', { machine: name, moment: momentText(at, i18n.language), ago })
}

/** What a backup holds of that which would be lost. */
function Held({ newest }: { readonly newest: PointNode | undefined }): ReactNode {
  const { t, i18n } = useTranslation()
  const now = useNow()
  if (newest === undefined) return t('snapshot.noneHolds')
  const ago = agoText(newest.at, Math.max(now, newest.at), i18n.language)
  return t('snapshot.newestHolds', { moment: momentText(newest.at, i18n.language), ago })
}

type TypedProps = {
  readonly label: string
  readonly name: string
  readonly value: string
  readonly onChange: (value: string) => void
}

function TypedName({ label, name, value, onChange }: TypedProps): ReactNode {
  return (
    <TextInput
      data-autofocus
      label={label}
      description={visible(name)}
      autoComplete="off"
      spellCheck={false}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  )
}

/** A name with marks that no keyboard has is typed as it is shown. */
function isTyped(typed: string, name: string): boolean {
  return typed === name || typed === visible(name)
}
