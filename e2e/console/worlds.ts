import type { Run } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { GiB, MiB } from '../../shared/units.ts'
import type { World } from './fake-engine.ts'

/** A fixed now, so that relative times and pictures stay the same. */
export const now = Date.UTC(2026, 10, 22, 8, 30, 0)
const minute = 60_000
const hour = 60 * minute

export const emptyWorld: World = { hosts: [], machines: [], points: [], repositories: [], runs: [] }

const kvm = '11111111-1111-4111-8111-111111111111'
const images = '22222222-2222-4222-8222-222222222222'
const away = '33333333-3333-4333-8333-333333333333'
const repositoryId = 'a'.repeat(32)

function machineId(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`
}

function machine(number: number, name: string, state: Machine['state'], rest: Partial<Machine> = {}): Machine {
  const disks = [{ name: 'vda', format: 'qcow2', sizeBytes: (number + 1) * 20 * GiB }]
  return { id: machineId(number), hostId: kvm, name, state, transient: false, disks, snapshots: [], ...rest }
}

function point(number: number, machineNumber: number, name: string, hoursAgo: number, first: boolean): Point {
  const bytesRead = first ? 14 * GiB : 410 * MiB
  const reading = first
    ? ({ how: 'full', cause: 'first-point', why: 'First point' } as const)
    : ({ how: 'bitmap', cause: 'bitmap-usable', why: 'Bitmap usable' } as const)
  return {
    id: String(number).padStart(32, '0'),
    repositoryId,
    machineId: machineId(machineNumber),
    machineName: name,
    createdAt: now - hoursAgo * hour,
    method: first ? 'full' : 'incremental',
    consistency: 'file-system',
    freezeMs: 84,
    disks: [{ name: 'vda', format: 'qcow2', sizeBytes: 40 * GiB, bytesRead, ...reading }],
    bytesRead,
    bytesSent: first ? 9 * GiB : 390 * MiB,
    bytesStored: first ? 5 * GiB : 121 * MiB,
    warnings: first ? ['The NVRAM file could not be read; the machine gets a fresh one.'] : [],
  }
}

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
  return {
    id,
    kind: 'backup',
    state: 'done',
    queuedAt: now - number * hour,
    progress,
    disks: [],
    warnings: [],
    ...rest,
  }
}

/** A small data centre at work: every state that a screen can show is in here once. */
export function busyWorld(): World {
  const names = [
    'erp-db-01',
    'web-01',
    'ad-dc-01',
    'file-01',
    'mail-01',
    'gitlab-01',
    '监控-01',
    'build-02',
    'build-10',
  ]
  const states = ['running', 'running', 'paused', 'running', 'off'] as const
  const machines = names.map((name, at) => machine(at, name, states[at % states.length] ?? 'off'))
  const trouble = machine(20, 'legacy-xp', 'running', {
    transient: true,
    disks: [
      { name: 'vda', format: 'raw', sizeBytes: 8 * GiB },
      { name: 'vdb', format: 'rbd', problem: 'Network disks of kind rbd are not supported yet' },
    ],
  })
  const image = machine(21, 'sample', 'off', {
    hostId: images,
    disks: [{ name: 'sample', format: 'raw', sizeBytes: 64 * MiB }],
  })
  const points = machines.flatMap(({ name }, at) =>
    at % 4 === 2
      ? []
      : Array.from({ length: 3 + at }, (_, n) => point(at * 100 + n, at, name, n * 24 + at, n === 2 + at)),
  )
  return {
    hosts: [
      { id: kvm, address: { kind: 'libvirt', uri: 'qemu:///system' }, name: 'kvm-1', state: 'connected' },
      { id: images, address: { kind: 'images', folder: '/srv/images' }, name: 'images', state: 'connected' },
      {
        id: away,
        address: { kind: 'libvirt', uri: 'qemu:///system?socket=/run/kvm-2/libvirt-sock' },
        name: 'kvm-2',
        state: 'unreachable',
        problem: 'Nothing listens on /run/kvm-2/libvirt-sock',
      },
    ],
    machines: [...machines, trouble, image],
    points: [...points, point(9000, 99, 'old-crm', 24 * 40, true)],
    repositories: [
      {
        id: repositoryId,
        address: { kind: 'folder', folder: '/mnt/backup/stillpoint' },
        state: 'open',
        points: points.length + 1,
        chunks: 184_000,
        storedBytes: 311 * GiB,
        verifiedAt: now - 50 * hour,
      },
      {
        id: 'b'.repeat(32),
        address: { kind: 'folder', folder: '/mnt/offsite' },
        state: 'unreachable',
        problem: 'The folder /mnt/offsite does not exist',
        points: 0,
      },
      { id: 'c'.repeat(32), address: { kind: 'folder', folder: '/mnt/old' }, state: 'locked', points: 12 },
    ],
    runs: runsOf(),
  }
}

function runsOf(): readonly Run[] {
  const disks = [
    { name: 'vda', how: 'compare', cause: 'bitmap-broken', why: 'The bitmap is inconsistent' },
    { name: 'vdb', how: 'bitmap', cause: 'bitmap-usable', why: 'The bitmap is usable' },
  ] as const
  const going = { bytesPerSecond: 412 * MiB, secondsLeft: 133, bottleneck: 'source' } as const
  const progress = { ...run(0, {}).progress, bytesRead: 9 * GiB, ...going }
  return [
    run(1, { state: 'running', machineName: 'erp-db-01', progress, disks: [...disks] }),
    run(2, { state: 'queued', machineName: 'web-01' }),
    run(3, {
      state: 'failed',
      machineName: 'mail-01',
      endedAt: now - 3 * hour + 93_000,
      failure: { code: 'no-space', message: 'ENOSPC: no space left on device, write' },
    }),
    run(4, {
      kind: 'restore',
      machineName: 'web-01',
      endedAt: now - 4 * hour + 312_000,
      target: 'web-01-restored',
      machineId: machineId(1),
      progress: { ...run(0, {}).progress, bytesWritten: 14 * GiB },
    }),
    run(5, {
      kind: 'verify',
      repositoryId,
      endedAt: now - 5 * hour + 900_000,
      report: {
        objects: 4210,
        chunks: 184_000,
        bytesRead: 311 * GiB,
        damaged: [{ object: 'packs/3f9a', problem: 'does not match its name', points: ['0'.repeat(32)] }],
      },
    }),
    run(6, { state: 'cancelled', machineName: 'file-01', endedAt: now - 6 * hour + 4000 }),
    run(7, {
      machineName: 'gitlab-01',
      endedAt: now - 7 * hour + 61_000,
      warnings: ['The guest agent did not answer.'],
    }),
  ]
}
