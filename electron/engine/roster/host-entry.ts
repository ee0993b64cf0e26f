import { Failure, toWire, type WireFailure } from '../../../shared/failure.ts'
import type { Host, Machine, MachineId } from '../../../shared/machine.ts'
import type { HostRecord } from '../catalog/hosts.ts'
import type { Hypervisor } from '../hypervisor/hypervisor.ts'

/** How long a host may take to list its machines before the list goes on without it. */
const listWaitMs = 5000

/** One host of the list: what is known of it, and its driver once it has answered. */
export class HostEntry implements AsyncDisposable {
  readonly record: HostRecord
  readonly #abort = new AbortController()
  #hypervisor: Hypervisor | undefined
  #problem: WireFailure | undefined
  #machines: readonly Machine[] = []
  #cleaned: Promise<void> = Promise.resolve()

  constructor(record: HostRecord) {
    this.record = record
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get state(): Host['state'] {
    if (this.#problem !== undefined) return 'unreachable'
    return this.#hypervisor === undefined ? 'connecting' : 'connected'
  }

  /** Machines as they were when the host last told them. */
  get lastSeen(): readonly Machine[] {
    return this.#machines
  }

  describe(): Host {
    const { state } = this
    return { ...this.record, state, ...problemOf(this.#problem) }
  }

  /** `cleanUp` ends before the host is used for anything that changes it. */
  connected(hypervisor: Hypervisor, cleanUp: Promise<void>): void {
    this.#hypervisor = hypervisor
    this.#problem = undefined
    this.#cleaned = cleanUp
  }

  unreachable(thrown: unknown): void {
    this.#problem = toWire(thrown)
  }

  /** The driver, once leftovers of an earlier death are gone. One that was unreachable is asked again. Fails with `host-unreachable`. */
  async need(signal: AbortSignal): Promise<Hypervisor> {
    if (this.#problem !== undefined) await this.machines(signal)
    if (this.#hypervisor === undefined || this.state !== 'connected') {
      const why = this.#problem?.message ?? 'It has not answered yet'
      throw new Failure('host-unreachable', `${this.record.name} cannot be reached: ${why}`)
    }
    await this.#cleaned
    return this.#hypervisor
  }

  /**
   * What the host has now. One that does not answer is unreachable from now on, and its machines are told as they were
   * last seen, in a state that nobody knows.
   */
  async machines(signal: AbortSignal): Promise<readonly Machine[]> {
    if (this.#hypervisor === undefined) return []
    try {
      const bounded = AbortSignal.any([signal, this.signal, AbortSignal.timeout(listWaitMs)])
      const found = await this.#hypervisor.listMachines(bounded)
      this.#machines = found.map((machine) => ({ ...machine, hostId: this.record.id }))
      this.#problem = undefined
    } catch (thrown) {
      signal.throwIfAborted()
      this.unreachable(thrown)
      this.#machines = this.#machines.map((machine) => ({ ...machine, state: 'other' }))
    }
    return this.#machines
  }

  /** The machine as its host, which must answer, tells it now. */
  async find(machineId: MachineId, signal: AbortSignal): Promise<Machine | undefined> {
    const machines = await this.machines(signal)
    return this.state === 'connected' ? machines.find((machine) => machine.id === machineId) : undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort()
    await this.#hypervisor?.[Symbol.asyncDispose]()
  }
}

function problemOf(problem: WireFailure | undefined): Pick<Host, 'problem' | 'problemCode'> {
  return problem === undefined ? {} : { problemCode: problem.code, problem: problem.message }
}
