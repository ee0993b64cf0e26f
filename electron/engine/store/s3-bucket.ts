import { Failure } from '../../../shared/failure.ts'
import type { Credentials, S3Address } from '../../../shared/repository.ts'
import type { Clock } from '../base/clock.ts'
import { type Log, silentLog } from '../base/log.ts'
import { noPlants, type Plants } from './plant.ts'
import { Supervisor } from './retry.ts'
import { S3Api, type Send } from './s3-api.ts'
import { verdictOf } from './s3-error.ts'
import { Exchange } from './s3-exchange.ts'
import { Throttle } from './throttle.ts'

export type S3Options = {
  readonly address: S3Address
  readonly credentials: Credentials
  readonly clock: Clock
  readonly log?: Log
  /** How fast bytes are sent, and whether at all; everything at once when absent. */
  readonly throttle?: Throttle
  /** How long a request goes on through failures from the first of them. Fifteen minutes when absent. */
  readonly patienceMs?: number
  /** How long nothing may move on a connection. Each further attempt is given twice as long. Half a minute when absent. */
  readonly idleMs?: number
  readonly plants?: Plants
}

const patienceMs = 15 * 60 * 1000
const openingMs = 15 * 1000
const idleMs = 30 * 1000
const longestIdleMs = 4 * 60 * 1000
const upIdleMs = 2500

export type Ask = <T>(question: (send: Send) => Promise<T>, signal: AbortSignal) => Promise<T>

/** One bucket that is spoken to: its calls, and the persistence with which they are made. */
export class S3Bucket {
  readonly address: S3Address
  readonly api: S3Api
  readonly clock: Clock
  readonly log: Log
  readonly plants: Plants
  readonly #exchange: Exchange
  readonly #throttle: Throttle
  readonly #options: S3Options
  readonly #patient: Supervisor
  readonly #hasty: Supervisor

  constructor(options: S3Options) {
    const { address, credentials, clock, log = silentLog } = options
    this.address = address
    this.clock = clock
    this.log = log
    this.plants = options.plants ?? noPlants
    this.#options = options
    this.#throttle = options.throttle ?? new Throttle(clock)
    this.#exchange = new Exchange(address, clock, this.#throttle)
    this.api = new S3Api(address, credentials, this.#exchange)
    const isUp = (signal: AbortSignal): Promise<boolean> => this.#exchange.isUp(upIdleMs, signal)
    const common = { clock, log, verdictOf, isUp }
    const patience = options.patienceMs ?? patienceMs
    this.#patient = new Supervisor({ ...common, patienceMs: patience })
    this.#hasty = new Supervisor({ ...common, patienceMs: Math.min(patience, openingMs) })
  }

  /** Goes on through outages. */
  readonly ask: Ask = (question, signal) => this.#ask(this.#patient, question, signal)

  /** For when somebody waits: a store that is not there says so soon. */
  readonly askSoon: Ask = (question, signal) => this.#ask(this.#hasty, question, signal)

  /** The store's time as far as its answers have told it. */
  get now(): number {
    return this.clock.now() + this.#exchange.skewMs
  }

  get skewMs(): number {
    return this.#exchange.skewMs
  }

  close(): void {
    this.#patient.close()
    this.#hasty.close()
    this.#exchange.close()
  }

  async #ask<T>(supervisor: Supervisor, question: (send: Send) => Promise<T>, signal: AbortSignal): Promise<T> {
    const first = this.#options.idleMs ?? idleMs
    return await supervisor.run(async (number) => {
      await this.#throttle.flowing(signal)
      const wait = Math.min(first * 2 ** number, Math.max(first, longestIdleMs))
      return await question({ idleMs: wait, number, signal })
    }, signal)
  }
}

/** An answer of a store that nothing can be made of. */
export function unexpected(doing: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown.name !== 'S3Refusal') return thrown
  return new Failure('repository-unreachable', `${doing}: ${thrown.message}`, { cause: thrown })
}
