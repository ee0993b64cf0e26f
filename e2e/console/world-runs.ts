import type { Run } from '../../shared/job.ts'
import { GiB, MiB } from '../../shared/units.ts'
import { hour, machineId, now, pointId, repositoryId } from './world-words.ts'

/** The `number`th run: a backup that was asked for that many hours ago and went well, unless `rest` says otherwise. */
export function run(number: number, rest: Partial<Run>): Run {
  const progress = {
    bytesTotal: 14 * GiB,
    bytesRead: 14 * GiB,
    bytesSent: 9 * GiB,
    bytesStored: 5 * GiB,
    bytesWritten: 0,
    bytesPerSecond: 0,
  }
  const id = String(number).padStart(32, 'f')
  const queuedAt = now - number * hour
  return { id, kind: 'backup', state: 'done', queuedAt, progress, disks: [], warnings: [], ...rest }
}

/** Every kind of run and every end, of the machines of the busy world. */
export function runsOf(): readonly Run[] {
  const disks = [
    { name: 'vda', how: 'compare', cause: 'bitmap-broken', why: 'The bitmap is inconsistent' },
    { name: 'vdb', how: 'bitmap', cause: 'bitmap-usable', why: 'The bitmap is usable' },
  ] as const
  const going = { bytesPerSecond: 412 * MiB, secondsLeft: 133, bottleneck: 'source' } as const
  const progress = { ...run(0, {}).progress, bytesRead: 9 * GiB, ...going }
  return [
    run(1, { state: 'running', machineId: machineId(0), machineName: 'erp-db-01', progress, disks: [...disks] }),
    run(2, { state: 'queued', machineId: machineId(1), machineName: 'web-01' }),
    run(3, {
      state: 'failed',
      machineId: machineId(4),
      machineName: 'mail-01',
      endedAt: now - 3 * hour + 93_000,
      failure: { code: 'no-space', message: 'ENOSPC: no space left on device, write' },
    }),
    run(4, {
      kind: 'restore',
      machineName: 'web-01',
      endedAt: now - 4 * hour + 312_000,
      target: 'web-01-restored',
      targetKind: 'new-machine',
      machineId: machineId(1),
      pointId: pointId(100),
      progress: { ...run(0, {}).progress, bytesWritten: 14 * GiB },
    }),
    run(5, {
      kind: 'verify',
      repositoryId,
      endedAt: now - 5 * hour + 900_000,
      report: {
        points: 42,
        objects: 4210,
        chunks: 184_000,
        bytesRead: 311 * GiB,
        damaged: [{ object: 'packs/3f9a', problem: 'does not match its name', points: [pointId(503)] }],
      },
    }),
    run(6, { state: 'cancelled', machineId: machineId(3), machineName: 'file-01', endedAt: now - 6 * hour + 4000 }),
    run(7, {
      machineId: machineId(5),
      machineName: 'gitlab-01',
      endedAt: now - 7 * hour + 61_000,
      warnings: ['The guest agent did not answer.'],
    }),
  ]
}
