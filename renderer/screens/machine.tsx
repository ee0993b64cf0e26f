import { Alert, Anchor, Button, Text } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Point } from '../../shared/point.ts'
import { useList } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { Empty, Panel, ScreenHead } from '../parts/panel.tsx'
import { MachineState } from '../parts/state.tsx'
import { type Coverage, coverageOf } from '../stores/coverage.ts'
import { toFragment } from '../stores/navigation.ts'
import { BackupDialog } from './backup-dialog.tsx'
import { MachineDisks } from './machine-disks.tsx'
import { PointsTable } from './points-table.tsx'
import { RestoreDialog } from './restore-dialog.tsx'

/** One machine: its disks as they are now, and every moment it can go back to. */
export function MachineScreen(props: { readonly machineId: string }): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines')
  const hosts = useList('hosts')
  const points = useList('points')
  const rows = coverageOf(machines.items, hosts.items, points.items)
  const own = rows.filter((row) => row.machineId === props.machineId)
  if (own.length === 0) {
    const loaded = machines.loaded && points.loaded
    return (
      <>
        <BackLink />
        <Empty text={loaded ? t('machine.unknown') : t('app.loading')} />
      </>
    )
  }
  return (
    <>
      <BackLink />
      {own.map((row) => (
        <MachineView key={row.host?.id ?? ''} row={row} />
      ))}
    </>
  )
}

function BackLink(): ReactNode {
  const { t } = useTranslation()
  return (
    <Anchor fz="sm" href={toFragment({ kind: 'machines' })}>
      ← {t('machine.back')}
    </Anchor>
  )
}

function MachineView({ row }: { readonly row: Coverage }): ReactNode {
  const { t } = useTranslation()
  const [backingUp, setBackingUp] = useState(false)
  const [restoring, setRestoring] = useState<Point>()
  const { machine } = row
  return (
    <div className="stack">
      <ScreenHead title={<Name text={row.name} />}>
        <MachineState state={machine?.state ?? 'gone'} />
        {machine === undefined ? undefined : <Button onClick={() => setBackingUp(true)}>{t('machines.backUp')}</Button>}
      </ScreenHead>
      <MachineFacts row={row} />
      {machine === undefined ? (
        <Alert variant="light" color="yellow">
          {t('machine.gone')}
        </Alert>
      ) : (
        <MachineDisks disks={machine.disks} />
      )}
      <Panel title={t('machine.points')} note={row.points.length}>
        {row.points.length === 0 ? (
          <Empty text={t('machine.noPoints')}>
            <Button onClick={() => setBackingUp(true)}>{t('machines.backUp')}</Button>
          </Empty>
        ) : (
          <PointsTable points={row.points} onRestore={setRestoring} />
        )}
      </Panel>
      {backingUp && machine !== undefined ? (
        <BackupDialog machine={machine} onClose={() => setBackingUp(false)} />
      ) : undefined}
      {restoring === undefined ? undefined : (
        <RestoreDialog point={restoring} machine={machine} onClose={() => setRestoring(undefined)} />
      )}
    </div>
  )
}

function MachineFacts({ row }: { readonly row: Coverage }): ReactNode {
  const { t } = useTranslation()
  return (
    <dl className="facts">
      <dt>{t('machine.host')}</dt>
      <dd>{row.host === undefined ? t('common.none') : <Name text={row.host.name} />}</dd>
      <dt>{t('machine.id')}</dt>
      <dd>
        <Text span inherit ff="monospace">
          {row.machineId}
        </Text>
      </dd>
      {row.machine?.transient ? (
        <>
          <dt>{t('common.warning')}</dt>
          <dd>{t('machine.transient')}</dd>
        </>
      ) : undefined}
    </dl>
  )
}
