import type { Machine, Snapshot } from '../../shared/machine.ts'
import type { Cause, Point } from '../../shared/point.ts'

/** A machine that runs and has these snapshots, for tests of what is made of it. */
export function machineWith(snapshots: readonly Snapshot[]): Machine {
  const place = { id: 'm', hostId: 'h', name: 'web-01', state: 'running', transient: false } as const
  return { ...place, disks: [], snapshots: [...snapshots] }
}

export function snapshotAt(name: string, createdAt: number | undefined, rest: Partial<Snapshot>): Snapshot {
  const time = createdAt === undefined ? {} : { createdAt }
  return { name, ...time, current: false, memory: 'none', disks: [], depth: 1, ...rest }
}

export function pointAt(id: string, createdAt: number, cause: Cause = 'bitmap-usable'): Point {
  const bytes = { bytesRead: 0, bytesSent: 0, bytesStored: 0 }
  const disk = { name: 'vda', how: 'bitmap', cause, why: '', sizeBytes: 0, bytesRead: 0, format: 'qcow2' } as const
  const machine = { repositoryId: 'r', machineId: 'm', machineName: 'web-01' }
  const kind = { method: 'incremental', consistency: 'off' } as const
  return { id, ...machine, createdAt, ...kind, disks: [disk], ...bytes, warnings: [] }
}
