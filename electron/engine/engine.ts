import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { Argument, EventName, EventValue, Handlers } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { HostAddress } from '../../shared/machine.ts'
import type { PointId } from '../../shared/point.ts'
import type { StoreAddress } from '../../shared/repository.ts'
import type { Clock } from './base/clock.ts'
import type { Log } from './base/log.ts'
import { type Catalog, openCatalog } from './catalog/catalog.ts'
import { type ChunkPool, startPool } from './chunk/pool.ts'
import { checkPrimitives } from './chunk/primitives.ts'
import type { Hypervisor } from './hypervisor/hypervisor.ts'
import { openImageFolder } from './hypervisor/images/image-folder.ts'
import { connectLibvirt } from './hypervisor/libvirt/driver.ts'
import { createSampleMachine } from './hypervisor/sample/sample-machine.ts'
import { backUp } from './jobs/backup.ts'
import { thisOwner } from './jobs/owner.ts'
import { restore } from './jobs/restore.ts'
import { type Order, Runner } from './jobs/runner.ts'
import { verify } from './jobs/verify.ts'
import { createRepository, openRepository } from './repository/repository.ts'
import { Hosts } from './roster/hosts.ts'
import { Repositories } from './roster/repositories.ts'
import { fileSecrets, type SecretStore } from './secrets.ts'
import { createLocalStore, openLocalStore } from './store/local.ts'
import type { Store } from './store/store.ts'

export type EngineOptions = {
  /** Folder of all state: catalog, keys, what drivers keep. */
  readonly home: string
  readonly clock: Clock
  readonly log: Log
  emit<N extends EventName>(name: N, value: EventValue<N>): void
  /** The script that goes into every new repository. */
  breakGlass(): Promise<Uint8Array<ArrayBuffer>>
  /** Where root keys rest; by default files in `home` that only their owner may read. */
  readonly secrets?: SecretStore
  readonly connect?: (address: HostAddress, signal: AbortSignal) => Promise<Hypervisor>
}

export type Engine = AsyncDisposable & { readonly handlers: Handlers<AbortSignal> }

/**
 * Puts the rooms together. Ready as soon as the catalog is open: hosts and repositories follow in the background.
 * Fails with `catalog-from-future`, and with `bug` when a cryptographic primitive does not give its known answers.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  checkPrimitives()
  await using opened = new AsyncDisposableStack()
  const rooms = openRooms(options, opened)
  const owned = opened.move()
  return { handlers: handlersOf(rooms), [Symbol.asyncDispose]: () => owned.disposeAsync() }
}

type Rooms = ReturnType<typeof openRooms>

/** Closing goes the other way: runs are cancelled first, the catalog closes last. */
function openRooms(options: EngineOptions, opened: AsyncDisposableStack) {
  const { home, clock, log, emit } = options
  const catalog = opened.use(openCatalog(home, clock, log))
  const pool = lazyPool(opened)
  const repositories = opened.use(
    new Repositories({
      table: catalog.repositories,
      points: catalog.points,
      secrets: options.secrets ?? fileSecrets(join(home, 'secrets')),
      clock,
      log,
      create: (address, passphrase, signal) => create(address, passphrase, options, pool(), signal),
      open: async (address, key, seen, signal) => {
        const store = await openStore(address, signal)
        return owning(store, openRepository({ store, pool: pool(), clock, key, seen }, signal))
      },
      onRepositories: () => emit('repositoriesChanged', null),
      onPoints: () => emit('pointsChanged', null),
    }),
  )
  const owner = thisOwner()
  const runner = new Runner({ records: catalog.runs, owner, clock, log, emit: (run) => emit('run', run) })
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
  const closing = new AbortController()
  const looking = lookElsewhere(catalog, clock, closing.signal, () => {
    hosts.lookAgain()
    repositories.lookAgain()
  })
  opened.defer(() => {
    closing.abort()
    return looking
  })
  return { catalog, repositories, hosts, runner, clock }
}

const lookEveryMs = 2000

/** Another process may work in the same home: what it adds shows here as well. */
async function lookElsewhere(catalog: Catalog, clock: Clock, signal: AbortSignal, onChange: () => void): Promise<void> {
  while (!signal.aborted) {
    await clock.sleep(lookEveryMs, signal).catch(() => undefined)
    if (!signal.aborted && catalog.changedElsewhere()) onChange()
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

function openStore(address: StoreAddress, signal: AbortSignal): Promise<Store> {
  return openLocalStore(address.folder, signal)
}

async function create(
  address: StoreAddress,
  passphrase: string,
  options: EngineOptions,
  pool: ChunkPool,
  signal: AbortSignal,
) {
  const breakGlass = await options.breakGlass()
  const store = await createLocalStore(address.folder, signal)
  return owning(store, createRepository({ store, pool, clock: options.clock, passphrase, breakGlass }, signal))
}

/** The store goes with what was opened in it, and is closed when that failed. */
async function owning<T>(store: Store, opening: Promise<T>): Promise<T & { readonly store: Store }> {
  try {
    return { ...(await opening), store }
  } catch (thrown) {
    await store[Symbol.asyncDispose]()
    throw thrown
  }
}

function handlersOf(rooms: Rooms): Handlers<AbortSignal> {
  const { catalog, hosts, repositories, runner } = rooms
  return {
    addHost: async ({ address }, signal) => ({ hostId: await hosts.add(address, signal) }),
    listHosts: async () => [...hosts.list()],
    removeHost: async ({ hostId }) => {
      await hosts.remove(hostId)
      return null
    },
    listMachines: async (_, signal) => [...(await hosts.machines(signal))],
    createRepository: async ({ address, passphrase }, signal) => {
      const { repository, recoveryWords } = await repositories.create(address, passphrase, signal)
      return { repositoryId: repository.id, recoveryWords }
    },
    openRepository: async ({ address, unlock }, signal) => ({
      repositoryId: await repositories.open(address, unlock, signal),
    }),
    listRepositories: async (_, signal) => [...(await repositories.list(signal))],
    startBackup: async (argument, signal) => ({ runId: runner.start(await backupOrder(rooms, argument, signal)) }),
    startRestore: async (argument, signal) => ({ runId: runner.start(await restoreOrder(rooms, argument, signal)) }),
    startVerify: async (argument, signal) => ({ runId: runner.start(await verifyOrder(rooms, argument, signal)) }),
    cancelRun: async ({ runId }) => {
      runner.cancel(runId)
      return null
    },
    listRuns: async ({ limit }) => [...runner.list(limit)],
    showRun: async ({ runId }) => runner.get(runId),
    listPoints: async ({ machineId }) => [...catalog.points.list(machineId)],
    showPoint: async ({ pointId }, signal) =>
      catalog.points.get(pointId) ?? (await repositories.needPoint(pointId, signal)).point,
    createSample: async ({ folder }, signal) => createSample(rooms, folder, signal),
  }
}

/** Runs of one machine that touch its disks never overlap. */
function machineKey(machineId: string): string {
  return `machine ${machineId}`
}

async function backupOrder(rooms: Rooms, argument: Argument<'startBackup'>, signal: AbortSignal): Promise<Order> {
  const { machineId, repositoryId, method } = argument
  const repository = await rooms.repositories.need(repositoryId, signal)
  if (repository.readOnly !== undefined) throw new Failure('repository-too-new', repository.readOnly)
  const { machine, hypervisor } = await rooms.hosts.find(machineId, signal)
  const pointId: PointId = randomBytes(16).toString('hex')
  return {
    kind: 'backup',
    machineId,
    machineName: machine.name,
    repositoryId,
    draftPoint: pointId,
    keys: [machineKey(machineId)],
    work: async (step) => {
      const point = await backUp(step, { machineId, method, pointId, repository, hypervisor })
      rooms.repositories.remember(repository)
      return { pointId: point.id }
    },
  }
}

async function restoreOrder(rooms: Rooms, argument: Argument<'startRestore'>, signal: AbortSignal): Promise<Order> {
  const { pointId, target } = argument
  const { point, repository } = await rooms.repositories.needPoint(pointId, signal)
  const hypervisor = await restoreHost(rooms, argument, point.machineId, signal)
  return {
    kind: 'restore',
    machineId: point.machineId,
    machineName: target.kind === 'new-machine' ? target.name : point.machineName,
    repositoryId: repository.id,
    pointId,
    keys: target.kind === 'in-place' ? [machineKey(point.machineId)] : [],
    work: async (step) => {
      const restored = await restore(step, { repository, pointId, target, hypervisor })
      return { target: restored.target, machineId: restored.machineId ?? point.machineId }
    },
  }
}

async function restoreHost(
  rooms: Rooms,
  { target }: Argument<'startRestore'>,
  machineId: string,
  signal: AbortSignal,
): Promise<Hypervisor | undefined> {
  if (target.kind === 'new-machine') return rooms.hosts.need(target.hostId, signal)
  if (target.kind === 'in-place') return (await rooms.hosts.find(machineId, signal)).hypervisor
  return undefined
}

async function verifyOrder(rooms: Rooms, argument: Argument<'startVerify'>, signal: AbortSignal): Promise<Order> {
  const { repositoryId, pointId } = argument
  if ((repositoryId === undefined) === (pointId === undefined)) {
    throw new Failure('invalid-argument', 'Either a repository or a point is to be verified')
  }
  const found = pointId === undefined ? undefined : await rooms.repositories.needPoint(pointId, signal)
  const repository = found?.repository ?? (await rooms.repositories.need(repositoryId ?? '', signal))
  return {
    kind: 'verify',
    repositoryId: repository.id,
    ...(found === undefined ? {} : { pointId: found.point.id, machineName: found.point.machineName }),
    keys: [`verify ${repository.id}`],
    work: async (step) => {
      await repository.refresh(step.signal)
      await verify(step, { repository, pointId })
      if (pointId === undefined) rooms.catalog.repositories.verified(repository.id, rooms.clock.now())
      rooms.repositories.remember(repository)
      return {}
    },
  }
}

/** The folder becomes a host, where it is none yet. */
async function createSample(rooms: Rooms, folder: string, signal: AbortSignal) {
  const name = await createSampleMachine(folder, signal)
  const hostId = await rooms.hosts.add({ kind: 'images', folder }, signal)
  const machines = await rooms.hosts.machines(signal)
  const machine = machines.find((each) => each.hostId === hostId && each.name === name)
  if (machine === undefined) throw new Failure('machine-not-found', `${name} was made, but ${folder} does not list it`)
  return { machineId: machine.id, hostId }
}
