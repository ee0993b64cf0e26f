import { lazy, type ReactNode, Suspense, useEffect } from 'react'
import { usePlace } from './parts/console-context.tsx'
import { Frame } from './parts/frame.tsx'
import { Loading } from './parts/loading.tsx'
import { ActivityScreen } from './screens/activity.tsx'
import { HostsScreen } from './screens/hosts.tsx'
import { MachinesScreen } from './screens/machines.tsx'
import { OpenedDialog } from './screens/opened-dialog.tsx'
import { OverviewScreen } from './screens/overview.tsx'

/** Rarely the first thing that anybody sees: fetched when the window has nothing better to do. */
const later = {
  files: () => import('./screens/files.tsx'),
  folder: () => import('./screens/folder.tsx'),
  machine: () => import('./screens/machine.tsx'),
  policies: () => import('./screens/policies.tsx'),
  policy: () => import('./screens/policy.tsx'),
  repositories: () => import('./screens/repositories.tsx'),
  settings: () => import('./screens/settings.tsx'),
  palette: () => import('./palette/palette.tsx'),
}
const FilesScreen = lazy(async () => ({ default: (await later.files()).FilesScreen }))
const FolderScreen = lazy(async () => ({ default: (await later.folder()).FolderScreen }))
const MachineScreen = lazy(async () => ({ default: (await later.machine()).MachineScreen }))
const PoliciesScreen = lazy(async () => ({ default: (await later.policies()).PoliciesScreen }))
const PolicyScreen = lazy(async () => ({ default: (await later.policy()).PolicyScreen }))
const RepositoriesScreen = lazy(async () => ({ default: (await later.repositories()).RepositoriesScreen }))
const SettingsScreen = lazy(async () => ({ default: (await later.settings()).SettingsScreen }))
const Palette = lazy(async () => ({ default: (await later.palette()).Palette }))

export function App(): ReactNode {
  useEffect(() => {
    const idle = requestIdleCallback(() => {
      for (const load of Object.values(later)) void load().catch(() => undefined)
    })
    return () => cancelIdleCallback(idle)
  }, [])
  return (
    <Frame
      palette={(onClose) => (
        <Suspense>
          <Palette onClose={onClose} />
        </Suspense>
      )}
    >
      <Suspense fallback={<Loading />}>
        <Screen />
      </Suspense>
      <OpenedDialog />
    </Frame>
  )
}

function Screen(): ReactNode {
  const place = usePlace()
  switch (place.kind) {
    case 'overview':
      return <OverviewScreen />
    case 'machines':
      return <MachinesScreen />
    case 'machine':
      return <MachineScreen key={place.machineId} machineId={place.machineId} />
    case 'files':
      return <FilesScreen />
    case 'folder':
      return <FolderScreen key={place.machineId} place={place} />
    case 'activity':
      return <ActivityScreen runId={place.runId} />
    case 'repositories':
      return <RepositoriesScreen repositoryId={place.repositoryId} />
    case 'policies':
      return <PoliciesScreen />
    case 'policy':
      return <PolicyScreen key={place.policyId} policyId={place.policyId} />
    case 'hosts':
      return <HostsScreen />
    case 'settings':
      return <SettingsScreen />
  }
}
