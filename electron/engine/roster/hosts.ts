import { Failure } from '../../../shared/failure.ts'
import type { Host, HostAddress, HostId, Machine, MachineId } from '../../../shared/machine.ts'
import type { PointId } from '../../../shared/point.ts'
import type { Clock } from '../base/clock.ts'
import type { Log } from '../base/log.ts'
import type { HostTable } from '../catalog/hosts.ts'
import type { Hypervisor } from '../hypervisor/hypervisor.ts'
import { HostEntry } from './host-entry.ts'
import { Settling } from './settling.ts'

export type HostsOptions = {
  readonly table: HostTable
  readonly clock: Clock
  readonly log: Log
  connect(address: HostAddress, signal: AbortSignal): Promise<Hypervisor>
  /** True for points that are durable or that a living run is making: what belongs to them stays on the host. */
  isKept(pointId: PointId): boolean
  /** Resolves when `isKept` knows what it can know. */
  readonly knowing: Promise<void>
  onHosts(): void
  onMachines(): void
}

export type Found = { readonly machine: Machine; readonly hypervisor: Hypervisor }

export type Tested = { readonly id: HostId; readonly name: string; readonly machines: number }

const connectWaitMs = 20_000
const retryWaitsMs = [2000, 5000, 15_000, 30_000, 60_000]
/** A repository on a dead share must not keep the hosts waiting: a checkpoint too few only costs reading. */
const knowWaitMs = 10_000
/** How long a search for a machine waits for hosts that have not answered yet. */
const searchWaitMs = 25_000

/** The hosts that a person added. Nothing here waits for a dead one: it is tried again and again in the background. */
export class Hosts implements AsyncDisposable {
  readonly #options: HostsOptions
  readonly #entries = new Map<HostId, HostEntry>()
  readonly #settling: Settling
  readonly #following = new Set<Promise<void>>()

  constructor(options: HostsOptions) {
    this.#options = options
    this.#settling = new Settling(options.clock)
    this.#followNew()
  }

  /** Takes up hosts that another process has added to the catalog, and lets go of those that it removed. */
  lookAgain(): void {
    const kept = new Set(this.#options.table.list().map(({ id }) => id))
    const gone = [...this.#entries].filter(([id]) => !kept.has(id))
    for (const [id, entry] of gone) {
      this.#entries.delete(id)
      void entry[Symbol.asyncDispose]()
    }
    if (this.#followNew() || gone.length > 0) this.#options.onHosts()
    if (gone.length > 0) this.#options.onMachines()
  }

  list(): readonly Host[] {
    return [...this.#entries.values()].map((entry) => entry.describe())
  }

  /** Connects, counts and lets go again; fails as adding would, but for a host that is in the list already. */
  async test(address: HostAddress, signal: AbortSignal): Promise<Tested> {
    await using hypervisor = await this.#connect(address, signal)
    const { id, name } = hypervisor.identity
    const machines = await answered((bounded) => hypervisor.listMachines(bounded), signal)
    return { id, name, machines: machines.length }
  }

  /** Connects first, so that only a host that answered is added. Fails with the driver's reason, or `identity-taken`. */
  async add(address: HostAddress, signal: AbortSignal): Promise<HostId> {
    const hypervisor = await this.#connect(address, signal)
    const record = { ...hypervisor.identity, address }
    const known = this.#entries.get(record.id)
    if (known?.state === 'connected') {
      await hypervisor[Symbol.asyncDispose]()
      if (JSON.stringify(known.record.address) === JSON.stringify(address)) return record.id
      throw new Failure('identity-taken', `This is ${known.record.name}, which is in the list already`)
    }
    await known?.[Symbol.asyncDispose]()
    this.#options.table.put(record)
    const entry = new HostEntry(record)
    this.#entries.set(record.id, entry)
    this.#connected(entry, hypervisor)
    return record.id
  }

  async remove(id: HostId): Promise<void> {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw notFound(id)
    this.#options.table.remove(id)
    this.#entries.delete(id)
    this.#options.onHosts()
    this.#options.onMachines()
    await entry[Symbol.asyncDispose]()
  }

  /** What the host had when it last answered. */
  lastSeen(id: HostId): readonly Machine[] {
    return this.#entries.get(id)?.lastSeen ?? []
  }

  async machines(signal: AbortSignal): Promise<readonly Machine[]> {
    const before = this.#states()
    const lists = await Promise.all([...this.#entries.values()].map((entry) => entry.machines(signal)))
    if (this.#states() !== before) this.#options.onHosts()
    return lists.flat()
  }

  /** The driver of one host. Waits for a host that has not answered yet. */
  async need(id: HostId, signal: AbortSignal): Promise<Hypervisor> {
    const entry = this.#entries.get(id)
    if (entry === undefined) throw notFound(id)
    if (entry.state === 'connecting') await this.#settling.wait(searchWaitMs, signal)
    return entry.need(signal)
  }

  /**
   * The host that has the machine now. Where several have it, the one that runs it; else `machine-ambiguous`.
   * `machine-not-found` is said only after every host has answered or proved unreachable.
   */
  async find(id: MachineId, signal: AbortSignal): Promise<Found> {
    const allAnswered = this.#settling.isSettled
    const found = await this.#holders(id, signal)
    if (found.length === 0 && !allAnswered) {
      await this.#settling.wait(searchWaitMs, signal)
      found.push(...(await this.#holders(id, signal)))
    }
    const [first, second] = found
    if (first === undefined)
      throw new Failure('machine-not-found', `No reachable host has the machine ${id}${this.#missing()}`)
    if (second === undefined) return { machine: first.machine, hypervisor: await first.entry.need(signal) }
    const [active, other] = found.filter(({ machine }) => machine.state === 'running' || machine.state === 'paused')
    if (active === undefined || other !== undefined) {
      const names = found.map(({ entry }) => entry.record.name).join(', ')
      throw new Failure('machine-ambiguous', `${first.machine.name} is on several hosts: ${names}`)
    }
    return { machine: active.machine, hypervisor: await active.entry.need(signal) }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#entries.values()].map((entry) => entry[Symbol.asyncDispose]()))
    await Promise.all(this.#following)
  }

  async #holders(id: MachineId, signal: AbortSignal): Promise<{ entry: HostEntry; machine: Machine }[]> {
    const asked = [...this.#entries.values()].map(async (entry) => {
      const machine = await entry.find(id, signal)
      return machine === undefined ? [] : [{ entry, machine }]
    })
    return (await Promise.all(asked)).flat()
  }

  #missing(): string {
    const names = this.list().flatMap((host) => (host.state === 'connected' ? [] : [host.name]))
    return names.length === 0 ? '' : `; not reachable: ${names.join(', ')}`
  }

  #states(): string {
    return [...this.#entries.values()].map((entry) => entry.state).join()
  }

  #connect(address: HostAddress, signal: AbortSignal): Promise<Hypervisor> {
    return answered((bounded) => this.#options.connect(address, bounded), signal)
  }

  #followNew(): boolean {
    const fresh = this.#options.table.list().filter((record) => !this.#entries.has(record.id))
    for (const record of fresh) this.#follow(new HostEntry(record))
    return fresh.length > 0
  }

  #follow(entry: HostEntry): void {
    this.#entries.set(entry.record.id, entry)
    const following = this.#connectUntilDone(entry).finally(() => this.#following.delete(following))
    this.#following.add(following)
  }

  async #connectUntilDone(entry: HostEntry): Promise<void> {
    const settled = this.#settling.begin()
    for (let tries = 0; !entry.signal.aborted; tries++) {
      try {
        const hypervisor = await this.#connect(entry.record.address, entry.signal)
        if (entry.signal.aborted) await hypervisor[Symbol.asyncDispose]()
        else this.#connected(entry, hypervisor)
        break
      } catch (thrown) {
        entry.unreachable(thrown)
        this.#options.onHosts()
      }
      settled()
      const waitMs = retryWaitsMs[Math.min(tries, retryWaitsMs.length - 1)] ?? 0
      await this.#options.clock.sleep(waitMs, entry.signal).catch(() => undefined)
    }
    settled()
  }

  #connected(entry: HostEntry, hypervisor: Hypervisor): void {
    entry.connected(hypervisor, this.#cleanUp(entry, hypervisor))
    hypervisor.onChange(() => void this.#look(entry))
    this.#options.onHosts()
    this.#options.onMachines()
  }

  /** Something changed, perhaps whether the host can be reached at all. Never fails. */
  async #look(entry: HostEntry): Promise<void> {
    const before = entry.state
    await entry.machines(entry.signal).catch(() => undefined)
    if (entry.state !== before) this.#options.onHosts()
    this.#options.onMachines()
  }

  /** Never fails: what could not be mended now is met again by the backup that it disturbs. */
  async #cleanUp(entry: HostEntry, hypervisor: Hypervisor): Promise<void> {
    const { clock, log, knowing, isKept } = this.#options
    const host = entry.record.name
    try {
      await Promise.race([knowing, clock.sleep(knowWaitMs, entry.signal)])
      for (const mended of await hypervisor.cleanUp(isKept, entry.signal))
        log.warn('Mended on a host', { host, mended })
    } catch (thrown) {
      log.warn('A host could not be looked over', { host, problem: String(thrown) })
    }
  }
}

/** A host that does not answer soon is `host-unreachable`. */
async function answered<T>(ask: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(connectWaitMs)
  try {
    return await ask(AbortSignal.any([signal, timeout]))
  } catch (thrown) {
    if (!timeout.aborted || signal.aborted) throw thrown
    throw new Failure('host-unreachable', `No answer within ${connectWaitMs / 1000} seconds`, { cause: thrown })
  }
}

function notFound(id: HostId): Failure {
  return new Failure('host-not-found', `No host has the id ${id}`)
}
