import { createStore, type StoreApi } from 'zustand/vanilla'
import type { EventValue } from '../../shared/contract.ts'
import type { FileIndex } from '../../shared/files.ts'
import type { Recovery } from '../../shared/history.ts'
import type { Run } from '../../shared/job.ts'
import type { Host, Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import type { Protection } from '../../shared/protection.ts'
import type { Repository } from '../../shared/repository.ts'
import { firstSettings, type Settings, type SettingsChange } from '../../shared/settings.ts'
import type { Bridge } from '../bridge.ts'
import type { Link } from '../loopback.ts'
import { type Coverage, coverAll } from './coverage.ts'
import { derivedStore, type ReadStore } from './derived.ts'
import { type FileSearch, fileSearchStore } from './file-search.ts'
import { type FilterStore, filterStore } from './filter.ts'
import { type ListStore, listStore } from './listing.ts'
import { navigationStore, type Place } from './navigation.ts'
import { type OpenedStore, openedStore } from './opened.ts'
import { areSameProtections, areSameRuns, groupPoints, lastBackups, type PointsOf, protections } from './protection.ts'
import { keepFeeling, type Pulse, pulseStore } from './pulse.ts'
import { runStore } from './runs.ts'
import { type ShelfStore, shelfStore } from './shelf.ts'

type Lists = {
  readonly hosts: ListStore<Host>
  readonly machines: ListStore<Machine>
  readonly points: ListStore<Point>
  readonly repositories: ListStore<Repository>
  readonly runs: ListStore<Run>
  readonly policies: ListStore<Policy>
  /** Ids of the points that a person pinned. */
  readonly pins: ListStore<string>
  readonly recoveries: ListStore<Recovery>
  readonly fileIndexes: ListStore<FileIndex>
}

/** What follows from the lists, computed once for each change of them. */
type Derived = {
  readonly pointsOf: ReadStore<PointsOf>
  /** Each machine's newest backup that has ended. */
  readonly backups: ReadStore<ReadonlyMap<string, Run>>
  /** Every machine with its host and its points, in the order in which people count. */
  readonly coverage: ReadStore<readonly Coverage[]>
  readonly protection: ReadStore<ReadonlyMap<string, Protection>>
}

/** A download that broke off while it was sent. */
type BrokenDownload = EventValue<'downloadFailed'>

/** What the window knows, fed by calls and events. Made once for each page. */
export type Console = Lists &
  Derived & {
    readonly calls: Bridge['calls']
    readonly settings: StoreApi<Settings>
    /** Shows the change at once, then tells the engine; a change that it refuses is taken back. */
    changeSettings(change: SettingsChange): Promise<void>
    readonly machinesFilter: FilterStore
    readonly opened: OpenedStore
    readonly fileSearch: StoreApi<FileSearch>
    readonly shelf: ShelfStore
    readonly place: StoreApi<Place>
    readonly link: StoreApi<{ readonly state: Link }>
    readonly pulse: Pulse
    /** Answers the end of listening. */
    onBrokenDownload(listener: (download: BrokenDownload) => void): () => void
  }

/** Old enough to be worth judging ages again. */
const ageMs = 30_000
const pulseMs = 1000

/** `open` gets the listener for the state of the way to the engine and answers the bridge. */
export function openConsole(open: (onLink: (state: Link) => void) => Bridge, page: Window): Console {
  const link = createStore<{ readonly state: Link }>(() => ({ state: 'opening' }))
  const bridge = open((state) => link.setState({ state }))
  const { calls } = bridge
  const lists = openLists(bridge)
  const settings = createStore<Settings>(() => firstSettings)
  const askSettings = async (): Promise<void> => {
    await calls.getSettings(null).then(
      (found) => settings.setState(found, true),
      () => undefined,
    )
  }
  bridge.on('settingsChanged', () => void askSettings())

  // Events may have been missed while the way was down or the engine dead: everything is asked for again.
  const refreshAll = (): void => {
    for (const list of Object.values(lists)) void list.refresh()
    void askSettings()
  }
  if (link.getState().state === 'up') refreshAll()
  link.subscribe(({ state }, before) => state === 'up' && before.state !== 'up' && refreshAll())
  const pulse = pulseStore(() => calls.about(null))
  pulse.subscribe(({ life }) => life === 'up' && refreshAll())
  keepFeeling(pulse, page, pulseMs)

  async function changeSettings(change: SettingsChange): Promise<void> {
    settings.setState(withoutAbsent(change))
    await calls.changeSettings(change).then(
      (changed) => settings.setState(changed, true),
      async (thrown: unknown) => {
        await askSettings()
        throw thrown
      },
    )
  }
  const derived = deriveFrom(lists, settings, page)
  const place = navigationStore(page)
  const choices = {
    machinesFilter: filterStore(),
    opened: openedStore(),
    fileSearch: fileSearchStore(),
    shelf: shelfStore(),
  }
  const onBrokenDownload: Console['onBrokenDownload'] = (listener) => bridge.on('downloadFailed', listener)
  return { ...lists, ...derived, ...choices, calls, settings, changeSettings, place, link, pulse, onBrokenDownload }
}

function openLists(bridge: Bridge): Lists {
  const { calls } = bridge
  const lists: Lists = {
    hosts: listStore(() => calls.listHosts(null)),
    machines: listStore(() => calls.listMachines(null)),
    points: listStore(() => calls.listPoints({})),
    repositories: listStore(() => calls.listRepositories(null)),
    runs: runStore(bridge),
    policies: listStore(() => calls.listPolicies(null)),
    pins: listStore(() => calls.listPins(null)),
    recoveries: listStore(() => calls.listRecoveries(null)),
    fileIndexes: listStore(() => calls.listFileIndexes(null)),
  }
  const { points, pins, recoveries, runs } = lists
  bridge.on('hostsChanged', () => void lists.hosts.refresh())
  bridge.on('machinesChanged', () => void lists.machines.refresh())
  bridge.on('pointsChanged', () => [points, pins, recoveries].forEach((list) => void list.refresh()))
  bridge.on('runsChanged', () => [runs, recoveries].forEach((list) => void list.refresh()))
  bridge.on('policiesChanged', () => void lists.policies.refresh())
  bridge.on('fileIndexesChanged', () => void lists.fileIndexes.refresh())
  bridge.on('repositoriesChanged', () => void lists.repositories.refresh())
  return lists
}

function deriveFrom(lists: Lists, settings: StoreApi<Settings>, page: Window): Derived {
  const { hosts, machines, points, repositories, runs, policies } = lists
  const now = createStore(() => ({ at: Date.now() }))
  page.setInterval(() => now.setState({ at: Date.now() }), ageMs)
  const pointsOf = derivedStore([points], () => [points.getState().items], groupPoints)
  const backups = derivedStore([runs], () => [runs.getState().items], lastBackups, areSameRuns)
  const coverage = derivedStore(
    [machines, hosts, points],
    () => [machines.getState().items, hosts.getState().items, pointsOf.getState()],
    coverAll,
  )
  const protection = derivedStore(
    [machines, points, runs, policies, repositories, settings, now],
    () => [
      machines.getState().items,
      pointsOf.getState(),
      backups.getState(),
      policies.getState().items,
      repositories.getState().items,
      settings.getState().wantedRpoMinutes,
      now.getState().at,
    ],
    protections,
    areSameProtections,
  )
  return { pointsOf, backups, coverage, protection }
}

/** A field that is to become absent stays as it is until the engine answers. */
function withoutAbsent(change: SettingsChange): Partial<Settings> {
  return Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined && value !== null))
}
