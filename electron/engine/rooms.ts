import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { EventName, EventValue } from '../../shared/contract.ts'
import { isEnded, type Run } from '../../shared/job.ts'
import type { HostAddress } from '../../shared/machine.ts'
import type { About } from '../../shared/settings.ts'
import type { Clock } from './base/clock.ts'
import type { Log } from './base/log.ts'
import { type Catalog, openCatalog } from './catalog/catalog.ts'
import { FileCatalog } from './catalog/files/file-catalog.ts'
import { type ChunkPool, startPool } from './chunk/pool.ts'
import { Listings } from './files/listings.ts'
import { OpenedFiles } from './files/opened.ts'
import { openPointDisks } from './files/point-disks.ts'
import { Shelf } from './files/shelf.ts'
import { Tickets } from './files/tickets.ts'
import { unlock } from './guest/libguestfs/unlocked.ts'
import { openFound } from './guest/open.ts'
import { findVolumes } from './guest/volumes/volumes.ts'
import type { Hypervisor } from './hypervisor/hypervisor.ts'
import { openImageFolder } from './hypervisor/images/image-folder.ts'
import { connectLibvirt } from './hypervisor/libvirt/driver.ts'
import { isAlive, type Owner, thisOwner } from './jobs/owner.ts'
import { Runner } from './jobs/runner.ts'
import { Hosts } from './roster/hosts.ts'
import { learnFrom, pushPins } from './roster/learn.ts'
import { Repositories } from './roster/repositories.ts'
import { fileSecrets, type SecretStore } from './secrets.ts'
import { type Buckets, realBuckets, Stores } from './stores.ts'

export type EngineOptions = {
  /** Folder of all state: catalog, keys, what drivers keep. */
  readonly home: string
  /** What this engine is a part of. */
  readonly about: Omit<About, 'home'>
  /** Starts what policies want when they want it. Off in a process that ends with its one command. */
  readonly unattended: boolean
  readonly clock: Clock
  readonly log: Log
  emit<N extends EventName>(name: N, value: EventValue<N>): void
  /** The script that goes into every new repository. */
  breakGlass(): Promise<Uint8Array<ArrayBuffer>>
  /** Where root keys rest; by default files in `home` that only their owner may read. */
  readonly secrets?: SecretStore
  /** What S3 stores are reached by; by default the real thing. */
  readonly buckets?: Buckets
  readonly connect?: (address: HostAddress, signal: AbortSignal) => Promise<Hypervisor>
}

/** What the calls work with. */
export type Rooms = ReturnType<typeof openRooms>

/** Closing goes the other way: runs are cancelled first, the catalog closes last. */
export function openRooms(options: EngineOptions, opened: AsyncDisposableStack) {
  const { home, clock, log, emit } = options
  const catalog = opened.use(openCatalog(home, clock, log))
  const fileCatalog = opened.use(new FileCatalog(home, clock, log))
  const closing = new AbortController()
  const { stores, repositories } = openRepositories(options, catalog, closing.signal, opened)
  const owner = thisOwner()
  const fileRooms = openFileRooms(options, repositories, owner, opened)
  const ended = new Set<(run: Run) => void>()
  const said = (run: Run): void => {
    emit('run', run)
    if (isEnded(run.state)) for (const listen of ended) listen(run)
  }
  const runner = new Runner({ records: catalog.runs, owner, clock, log, emit: said })
  const hosts = opened.use(
    new Hosts({
      table: catalog.hosts,
      clock,
      log,
      connect: options.connect ?? ((address, signal) => connectHost(address, options, signal)),
      isKept: (pointId) => catalog.points.has(pointId) || runner.isUnderWay(pointId),
      knowing: repositories.started,
      onHosts: () => emit('hostsChanged', null),
      onMachines: () => emit('machinesChanged', null),
    }),
  )
  opened.use(runner)
  const lookElsewhere = (): void => {
    runner.endOrphans()
    if (!catalog.changedElsewhere()) return
    hosts.lookAgain()
    repositories.lookAgain()
    for (const name of ['runsChanged', 'policiesChanged', 'settingsChanged'] as const) emit(name, null)
  }
  const looking = again(lookElsewhere, options, closing.signal)
  opened.defer(() => {
    closing.abort()
    return looking
  })
  const signal: AbortSignal = closing.signal
  return {
    catalog,
    fileCatalog,
    repositories,
    stores,
    ...fileRooms,
    closing: signal,
    hosts,
    runner,
    owner,
    clock,
    options,
    ended,
  }
}

/** Stores, and what a person opened in them. */
function openRepositories(
  options: EngineOptions,
  catalog: Catalog,
  closing: AbortSignal,
  opened: AsyncDisposableStack,
) {
  const { home, clock, log, emit } = options
  const pool = lazyPool(opened)
  const breakGlass = (): Promise<Uint8Array<ArrayBuffer>> => options.breakGlass()
  const buckets = options.buckets ?? realBuckets(clock, log)
  const stores = new Stores({ clock, pool, breakGlass, buckets })
  const repositories = opened.use(
    new Repositories({
      table: catalog.repositories,
      points: catalog.points,
      secrets: options.secrets ?? fileSecrets(join(home, 'secrets')),
      clock,
      log,
      create: (site, wish, signal) => stores.create(site, wish, signal),
      open: (site, key, seen, signal) => stores.open(site, key, seen, signal),
      probe: (site, signal) => stores.probeSite(site, signal),
      learn: (repository) => learnFrom(catalog, repository),
      onOpened: async (repository) => {
        if (await pushPins(catalog, repository, log, closing)) repositories.remember(repository)
      },
      coverage: catalog.history.coverage,
      onRepositories: () => emit('repositoriesChanged', null),
      onPoints: () => emit('pointsChanged', null),
    }),
  )
  return { stores, repositories }
}

/** What is open of points while somebody looks at their files, and where those files go. */
function openFileRooms(
  { home, clock }: EngineOptions,
  repositories: Repositories,
  owner: Owner,
  opened: AsyncDisposableStack,
) {
  const files = opened.use(
    new OpenedFiles({
      guests: { findVolumes, openFound, unlock },
      clock,
      openDisks: (pointId, signal) => openPointDisks(repositories, pointId, signal),
    }),
  )
  const listings = opened.use(new Listings(files, clock))
  const tickets = new Tickets(clock)
  const shelf = opened.use(new Shelf(home, owner, (other) => isAlive(other, owner)))
  return { files, listings, tickets, shelf }
}

const lookEveryMs = 2000

/** Another process may work in the same home: what it adds, and that it died, shows here as well. */
async function again(look: () => void, { clock, log }: EngineOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => undefined)
    try {
      if (!signal.aborted) look()
    } catch (thrown) {
      log.error('The catalog could not be looked at', { problem: String(thrown) })
    }
  }
}

/** Compute threads are started for the first repository; a list of hosts needs none. */
function lazyPool(opened: AsyncDisposableStack): () => ChunkPool {
  let pool: ChunkPool | undefined
  opened.defer(() => pool?.[Symbol.asyncDispose]())
  return () => {
    pool ??= startPool(availableParallelism())
    return pool
  }
}

function connectHost(address: HostAddress, options: EngineOptions, signal: AbortSignal): Promise<Hypervisor> {
  const { clock, log, home } = options
  if (address.kind === 'images') return openImageFolder({ folder: address.folder, clock }, signal)
  return connectLibvirt({ uri: address.uri, stateFolder: join(home, 'libvirt'), clock, log }, signal)
}
