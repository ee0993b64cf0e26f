import { Alert, Button } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useCoverage, useList } from '../parts/console-context.tsx'
import { Loading } from '../parts/loading.tsx'
import { Empty } from '../parts/panel.tsx'
import type { Coverage } from '../stores/coverage.ts'
import { toFragment } from '../stores/navigation.ts'
import { MachineDisks } from './machine-disks.tsx'
import { MachineHead } from './machine-head.tsx'
import { MachinePast } from './machine-past.tsx'
import { MachineProtection } from './machine-protection.tsx'
import './machine.css'

/** One machine: how well it is protected, its disks as they are now, and every moment it can go back to. */
export function MachineScreen(props: { readonly machineId: string }): ReactNode {
  const { t } = useTranslation()
  const machines = useList('machines')
  const points = useList('points')
  const own = useCoverage().filter((row) => row.machineId === props.machineId)
  if (own.length > 0) return own.map((row) => <MachineView key={row.host?.id ?? ''} row={row} />)
  if (!machines.loaded || !points.loaded) return <Loading />
  return (
    <Empty text={t('machine.unknown')}>
      <Button component="a" variant="default" href={toFragment({ kind: 'machines' })}>
        {t('machine.toMachines')}
      </Button>
    </Empty>
  )
}

function MachineView({ row }: { readonly row: Coverage }): ReactNode {
  const { t } = useTranslation()
  const { machine } = row
  return (
    <div className="stack">
      <MachineHead row={row} />
      {machine === undefined ? (
        <Alert variant="light" color="yellow">
          {t('machine.gone')}
        </Alert>
      ) : undefined}
      <div className="machine-now">
        <MachineProtection row={row} />
        {machine === undefined ? undefined : <MachineDisks disks={machine.disks} />}
      </div>
      <MachinePast machineId={row.machineId} machine={machine} points={row.points} />
    </div>
  )
}
