import type { ReactNode } from 'react'
import { usePlace } from './parts/console-context.tsx'
import { Frame } from './parts/frame.tsx'
import { ActivityScreen } from './screens/activity.tsx'
import { HostsScreen } from './screens/hosts.tsx'
import { MachineScreen } from './screens/machine.tsx'
import { MachinesScreen } from './screens/machines.tsx'
import { RepositoriesScreen } from './screens/repositories.tsx'

export function App(): ReactNode {
  return (
    <Frame>
      <Screen />
    </Frame>
  )
}

function Screen(): ReactNode {
  const place = usePlace()
  switch (place.kind) {
    case 'machines':
      return <MachinesScreen />
    case 'machine':
      return <MachineScreen key={place.machineId} machineId={place.machineId} />
    case 'activity':
      return <ActivityScreen key={place.runId ?? ''} runId={place.runId} />
    case 'repositories':
      return <RepositoriesScreen />
    case 'hosts':
      return <HostsScreen />
  }
}
