import { setTimeout as delay } from 'node:timers/promises'
import type { Run } from '../../../shared/job.ts'
import { MiB } from '../../../shared/units.ts'
import { systemClock } from '../base/clock.ts'
import { until } from '../calls/until.suite.ts'
import type { EngineOptions } from '../engine.ts'
import type { ChaosProxy } from '../store/chaos-proxy.rig.ts'
import { openS3Store } from '../store/s3.ts'
import { probeS3 } from '../store/s3-probe.ts'
import type { Shop } from './s3-console.rig.ts'
import { type Console, never } from './walk.ts'

export type Outage = { begin(proxy: ChaosProxy): Promise<void>; end(proxy: ChaosProxy): Promise<void> }

export type Survived = {
  readonly run: Run
  /** From when the store was back until packs were under way again. */
  readonly goesOnMs: number
  /** Memory of this process during and after the outage, beyond what it was when that began. */
  readonly grownBytes: number
  /** Everything that the engine sent, to whomever. */
  readonly sentBytes: number
}

/** Where an outage is short, a silent line is taken for dead sooner. */
export const hasty: NonNullable<EngineOptions['buckets']> = {
  open: (site, signal) => openS3Store({ ...site, clock: systemClock, idleMs: 2000 }, signal),
  probe: (site, signal) => probeS3({ ...site, clock: systemClock }, signal),
}

/** A full backup; when the outage begins, half of the machine is sent. */
export async function backUpThrough(
  console: Console,
  proxy: ChaosProxy,
  outage: Outage,
  { machineId, content, repositoryId, outageMs }: Shop & { readonly repositoryId: string; readonly outageMs: number },
): Promise<Survived> {
  const { seen } = proxy
  const first = seen.sentBytes
  const sent = (atLeast: number) => until(async () => seen.sentBytes >= atLeast || undefined)
  const { runId } = await console.calls.startBackup({ machineId, repositoryId, method: 'full' }, never)
  await sent(first + content.length / 2)
  const before = process.memoryUsage().rss
  await outage.begin(proxy)
  let most = before
  for (const end = performance.now() + outageMs; performance.now() < end; await delay(100)) {
    most = Math.max(most, process.memoryUsage().rss)
  }
  await outage.end(proxy)
  const back = performance.now()
  await sent(seen.sentBytes + MiB)
  const goesOnMs = performance.now() - back
  const run = await console.ended(runId)
  const grownBytes = Math.max(most, process.memoryUsage().rss) - before
  return { run, goesOnMs, grownBytes, sentBytes: seen.sentBytes - first }
}
