import { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { RpcClient } from './rpc.ts'

export type KeepaliveSettings = {
  readonly intervalMs: number
  /** Intervals without a word after which the host is given up. */
  readonly maxSilent: number
}

/** As libvirt's own client does: five seconds, five times. */
export const usualKeepalive: KeepaliveSettings = { intervalMs: 5000, maxSilent: 5 }

/** Pings a silent host and ends the connection with `host-unreachable` when it stays silent. Resolves once the connection is gone. */
export async function keepAlive(rpc: RpcClient, settings: KeepaliveSettings, clock: Clock): Promise<void> {
  let silent = 0
  let heard = rpc.heard
  while (await slept(clock, settings.intervalMs, rpc.lost)) {
    silent = rpc.heard === heard ? silent + 1 : 0
    heard = rpc.heard
    if (silent > settings.maxSilent) rpc.fail(givenUp(settings))
    else rpc.ping()
  }
}

function givenUp({ intervalMs, maxSilent }: KeepaliveSettings): Failure {
  return new Failure('host-unreachable', `The host did not answer for ${(intervalMs * maxSilent) / 1000} seconds`)
}

/** False when the signal ended the sleep. */
async function slept(clock: Clock, ms: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(ms, signal)
    return true
  } catch (error) {
    if (signal.aborted) return false
    throw error
  }
}
