import type { Run } from '../../shared/job.ts'
import type { Machine, MachineId } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import type { Policy } from '../../shared/policy.ts'
import type { Repository } from '../../shared/repository.ts'
import { firstSettings } from '../../shared/settings.ts'
import type { Facts } from './overview.ts'

/** A small world for the tests of this room. Machines are told apart by a hexadecimal letter. */
export const dayMs = 24 * 60 * 60_000

const repositoryId = 'e'.repeat(32)

function idOf(letter: string): MachineId {
  return `${letter.repeat(8)}-0000-4000-8000-000000000000`
}

export function facts(change: Partial<Facts> = {}): Facts {
  return {
    machines: [],
    points: new Map(),
    repositories: [],
    policies: [],
    settings: firstSettings,
    runs: [],
    ...change,
  }
}

export function machine(letter: string): Machine {
  const disks = [{ name: 'vda', format: 'qcow2' }]
  return {
    id: idOf(letter),
    hostId: idOf('0'),
    name: `machine ${letter}`,
    state: 'running',
    transient: false,
    disks,
    snapshots: [],
  }
}

export function point(letter: string, createdAt: number): Point {
  const reading = { how: 'bitmap', cause: 'bitmap-usable', why: 'Its bitmap could be used' } as const
  return {
    id: createdAt.toString(16).padStart(32, letter),
    repositoryId,
    machineId: idOf(letter),
    machineName: `machine ${letter}`,
    createdAt,
    method: 'incremental',
    consistency: 'crash',
    disks: [{ name: 'vda', format: 'qcow2', sizeBytes: 1, bytesRead: 1, ...reading }],
    bytesRead: 1,
    bytesSent: 1,
    bytesStored: 1,
    warnings: [],
  }
}

export function repository(): Repository {
  return {
    id: repositoryId,
    address: { kind: 'folder', folder: '/backups' },
    state: 'open',
    points: 0,
    coverage: { verified: 0, damaged: [] },
  }
}

export function policy(letter: string, createdAt: number): Policy {
  return {
    id: 'd'.repeat(32),
    name: 'nightly',
    enabled: true,
    machineIds: [idOf(letter)],
    excluded: [],
    freeze: true,
    repositoryId,
    rules: [],
    retention: { last: 0, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 },
    createdAt,
  }
}

export function run(state: Run['state'], change: Partial<Run> = {}): Run {
  const progress = { bytesTotal: 0, bytesRead: 0, bytesSent: 0, bytesStored: 0, bytesWritten: 0, bytesPerSecond: 0 }
  const id = Buffer.from(state.padEnd(16)).toString('hex')
  const about = { id, kind: 'backup', machineId: idOf('a'), machineName: 'machine a' } as const
  return { ...about, state, queuedAt: 0, progress, disks: [], warnings: [], ...change }
}
