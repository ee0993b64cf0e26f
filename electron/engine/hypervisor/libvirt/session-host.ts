import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import type { LibvirtConnection } from './connection.ts'

/** What work on a host's machines needs of the host and of the engine. */
export type SessionHost = {
  /** As given by the person; a watchdog opens it again by itself. */
  readonly uri: string
  /** A connection of one's own, for work that must not wait behind the calls of others. */
  openConnection(signal: AbortSignal): Promise<LibvirtConnection>
  /** A folder that only this engine writes: what it has under way on hosts, and checkpoints that a host forgets. */
  readonly stateFolder: string
  readonly clock: Clock
  readonly log: Log
}
