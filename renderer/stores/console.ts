import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Run } from '../../shared/job.ts'
import type { Host, Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'
import type { Bridge } from '../bridge.ts'
import type { Link } from '../loopback.ts'
import { type ListStore, listStore } from './listing.ts'
import { navigationStore, type Place } from './navigation.ts'
import { runStore } from './runs.ts'

/** What the window knows, fed by calls and events. Made once for each page. */
export type Console = {
  readonly calls: Bridge['calls']
  readonly hosts: ListStore<Host>
  readonly machines: ListStore<Machine>
  readonly points: ListStore<Point>
  readonly repositories: ListStore<Repository>
  readonly runs: ListStore<Run>
  readonly place: StoreApi<Place>
  readonly link: StoreApi<{ readonly state: Link }>
}

/** `open` gets the listener for the state of the way to the engine and answers the bridge. */
export function openConsole(open: (onLink: (state: Link) => void) => Bridge, page: Window): Console {
  const link = createStore<{ readonly state: Link }>(() => ({ state: 'opening' }))
  const bridge = open((state) => link.setState({ state }))
  const { calls } = bridge
  const hosts = listStore(() => calls.listHosts(null))
  const machines = listStore(() => calls.listMachines(null))
  const points = listStore(() => calls.listPoints({}))
  const repositories = listStore(() => calls.listRepositories(null))
  const runs = runStore(bridge)
  bridge.on('hostsChanged', () => void hosts.refresh())
  bridge.on('machinesChanged', () => void machines.refresh())
  bridge.on('pointsChanged', () => void points.refresh())
  bridge.on('repositoriesChanged', () => void repositories.refresh())

  // Events may have been missed while the way was down: every list is asked for again.
  const refreshAll = (): void => [hosts, machines, points, repositories, runs].forEach((list) => void list.refresh())
  if (link.getState().state === 'up') refreshAll()
  link.subscribe(({ state }, before) => state === 'up' && before.state !== 'up' && refreshAll())
  return { calls, hosts, machines, points, repositories, runs, place: navigationStore(page), link }
}
