import type { ReactNode } from 'react'
import { useList } from '../parts/console-context.tsx'
import { FailureNote } from '../parts/failure-note.tsx'
import { Loading } from '../parts/loading.tsx'
import { FirstRun } from './first-run.tsx'
import { Dashboard } from './overview-dashboard.tsx'

/** The daily glance; until there is a first point, the way to it. */
export function OverviewScreen(): ReactNode {
  const points = useList('points')
  const hosts = useList('hosts')
  const repositories = useList('repositories')
  const failure = points.failure ?? hosts.failure
  if (!points.loaded || !hosts.loaded || !repositories.loaded) {
    return failure === undefined ? <Loading /> : <FailureNote failure={failure} />
  }
  return points.items.length === 0 ? <FirstRun /> : <Dashboard />
}
