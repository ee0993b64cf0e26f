import { isAbort } from '../../../../shared/failure.ts'
import type { MachineId } from '../../../../shared/machine.ts'
import type { Consistency } from '../../../../shared/point.ts'
import { sentence } from '../../../../shared/sentences.ts'
import type { LibvirtConnection } from './connection.ts'
import type { SessionHost } from './session-host.ts'
import { armWatchdog, type Watchdog } from './watchdog.ts'

/** How still the guest stood, told honestly. */
export type Stillness = {
  readonly consistency: Consistency
  /** From the order to freeze until the guest's file systems went on; absent when none was frozen. */
  readonly freezeMs: number | undefined
  readonly warnings: readonly string[]
}

export type Guest = {
  readonly machineId: MachineId
  readonly agent: 'none' | 'disconnected' | 'connected'
  readonly running: boolean
  /** False when somebody chose that the agent is not asked. */
  readonly freeze: boolean
}

const freezeLimitMs = 15_000
const thawLimitMs = 45_000

/**
 * Runs `act` while the guest's file systems stand still, as far as its agent can bring that about, and lets them go on
 * whatever happens: here, and by a watchdog that outlives the engine. Without a watchdog nothing is frozen.
 */
export async function whileFrozen<T>(
  host: SessionHost,
  connection: LibvirtConnection,
  guest: Guest,
  act: () => Promise<T>,
  signal: AbortSignal,
): Promise<{ readonly result: T; readonly stillness: Stillness }> {
  if (!guest.freeze) return { result: await act(), stillness: unasked }
  const obstacle = obstacleOf(guest)
  if (obstacle !== undefined) return { result: await act(), stillness: crash(obstacle) }
  const watchdog = await arm(host, guest, signal)
  if (watchdog === undefined) return { result: await act(), stillness: crash(noWatchdog) }
  await using freeze = new Freeze(host, connection, guest.machineId, watchdog)
  await freeze.start(signal)
  const result = await act()
  return { result, stillness: await freeze.end() }
}

const noWatchdog = sentence('freeze-without-watchdog')

function obstacleOf({ agent, running }: Guest): string | undefined {
  if (!running) return sentence('freeze-while-paused')
  if (agent === 'none') return sentence('freeze-without-agent')
  if (agent === 'disconnected') return sentence('freeze-agent-stopped')
  return undefined
}

/** What was chosen needs no warning. */
const unasked: Stillness = { consistency: 'crash', freezeMs: undefined, warnings: [] }

function crash(warning: string): Stillness {
  return { consistency: 'crash', freezeMs: undefined, warnings: [warning] }
}

async function arm(host: SessionHost, guest: Guest, signal: AbortSignal): Promise<Watchdog | undefined> {
  try {
    return await armWatchdog(host.uri, guest.machineId, AbortSignal.any([signal, AbortSignal.timeout(freezeLimitMs)]))
  } catch (error) {
    if (isAbort(error) && signal.aborted) throw error
    host.log.warn('no freeze watchdog', { problem: String(error) })
    return undefined
  }
}

/** One freeze and its thaw. Disposed of before it ended, it thaws all the same. */
class Freeze implements AsyncDisposable {
  readonly #host: SessionHost
  readonly #connection: LibvirtConnection
  readonly #machineId: MachineId
  readonly #watchdog: Watchdog
  #startedAt = 0
  /** File systems that stood still, or why none does. */
  #frozen: number | string = sentence('freeze-not-asked')
  #ended = false

  constructor(host: SessionHost, connection: LibvirtConnection, machineId: MachineId, watchdog: Watchdog) {
    this.#host = host
    this.#connection = connection
    this.#machineId = machineId
    this.#watchdog = watchdog
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#startedAt = this.#host.clock.elapsed()
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(freezeLimitMs)])
      this.#frozen = await this.#connection.guest.freeze(this.#machineId, limited)
    } catch (error) {
      signal.throwIfAborted()
      this.#frozen = sentence('freeze-failed', { message: messageOf(error) })
    }
  }

  async end(): Promise<Stillness> {
    const thawed = await this.#thaw()
    const freezeMs = this.#host.clock.elapsed() - this.#startedAt
    if (typeof this.#frozen === 'string') return crash(this.#frozen)
    if (this.#frozen === 0) return crash(sentence('freeze-nothing'))
    if (thawed === 0) return crash(sentence('freeze-thawed-early'))
    return { consistency: 'file-system', freezeMs, warnings: [] }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#ended) await this.#thaw()
  }

  /** Answers the file systems that go on; undefined when the watchdog has to see to it. */
  async #thaw(): Promise<number | undefined> {
    this.#ended = true
    try {
      const thawed = await this.#connection.guest.thaw(this.#machineId, AbortSignal.timeout(thawLimitMs))
      this.#watchdog.disarm()
      return thawed
    } catch (error) {
      this.#host.log.warn('thaw left to the watchdog', { machineId: this.#machineId, problem: messageOf(error) })
      await this.#watchdog[Symbol.asyncDispose]()
      return undefined
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
