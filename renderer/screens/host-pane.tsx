import { Alert, Button, Group, Text } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Host } from '../../shared/machine.ts'
import { goTo, useConsole, useCoverage, usePointsOf } from '../parts/console-context.tsx'
import { Name } from '../parts/name.tsx'
import { SidePanel } from '../parts/side-panel.tsx'
import { HostState } from '../parts/state.tsx'
import { Told } from '../parts/told.tsx'
import { visible } from '../text/visible.ts'
import { HostTest } from './tested-hosts.tsx'

type Props = { readonly host: Host; readonly onRemove: () => void; readonly onClose: () => void }

/** One host: whether it answers, what runs on it, and what can be done with it. */
export function HostPane({ host, onRemove, onClose }: Props): ReactNode {
  const { t } = useTranslation()
  const { machinesFilter } = useConsole()
  const showMachines = (): void => {
    machinesFilter.only({ hostId: host.id })
    goTo({ kind: 'machines' })
  }
  return (
    <SidePanel title={<Name text={host.name} />} onClose={onClose}>
      {host.problem === undefined ? undefined : (
        <Alert variant="light" color="red" p="sm" title={t('hosts.problem')}>
          <Text fz="sm">
            <Told text={host.problem} code={host.problemCode} />
          </Text>
          <Text fz="sm">{t('hosts.problemNext')}</Text>
        </Alert>
      )}
      <HostFacts host={host} />
      <Group gap="xs">
        <Button variant="default" onClick={showMachines}>
          {t('hosts.showMachines')}
        </Button>
        <HostTest host={host} />
        <Button variant="subtle" color="red" onClick={onRemove}>
          {t('hosts.remove')}
        </Button>
      </Group>
    </SidePanel>
  )
}

function HostFacts({ host }: { readonly host: Host }): ReactNode {
  const { t } = useTranslation()
  const pointsOf = usePointsOf()
  const machines = useCoverage().filter((row) => row.host?.id === host.id)
  const running = machines.filter(({ machine }) => machine?.state === 'running').length
  const points = machines.reduce((sum, { machineId }) => sum + (pointsOf.get(machineId)?.length ?? 0), 0)
  return (
    <dl className="facts">
      <dt>{t('hosts.state')}</dt>
      <dd>
        <HostState state={host.state} />
      </dd>
      <dt>{t('hosts.kind')}</dt>
      <dd>{t(`fact.hostKind.${host.address.kind}`)}</dd>
      <dt>{t('hosts.address')}</dt>
      <dd>{visible(host.address.kind === 'libvirt' ? host.address.uri : host.address.folder)}</dd>
      <dt>{t('hosts.machines')}</dt>
      <dd>{t('hosts.runningOf', { running, all: machines.length })}</dd>
      <dt>{t('hosts.points')}</dt>
      <dd>{points}</dd>
    </dl>
  )
}
