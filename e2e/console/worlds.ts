import type { DayResult } from '../../shared/history.ts'
import type { Machine, Snapshot } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { firstSettings } from '../../shared/settings.ts'
import { GiB, MiB } from '../../shared/units.ts'
import type { World } from './fake-engine.ts'
import { policiesOf } from './world-policies.ts'
import { run, runsOf } from './world-runs.ts'
import { away, hour, images, kvm, machineId, now, pointId, repositoryId } from './world-words.ts'

export { run } from './world-runs.ts'
export { hour, images, machineId, now, pointId, repositoryId } from './world-words.ts'

const nothingElse = {
  policies: [],
  pins: [],
  proofs: [],
  recoveries: [],
  turns: {},
  settings: firstSettings,
  days: () => [],
} satisfies Partial<World>

export function emptyWorld(): World {
  return { hosts: [], machines: [], points: [], repositories: [], runs: [], ...nothingElse }
}

export function machine(number: number, name: string, state: Machine['state'], rest: Partial<Machine> = {}): Machine {
  const disks = [
    { name: 'vda', format: 'qcow2', sizeBytes: (number + 1) * 20 * GiB, path: `/var/lib/vm/${number}.qcow2` },
  ]
  return { id: machineId(number), hostId: kvm, name, state, transient: false, disks, snapshots: [], ...rest }
}

/** The `number`th point of the world; the first of a machine is a full one with a warning, the others are increments. */
export function point(number: number, machineNumber: number, name: string, hoursAgo: number, first: boolean): Point {
  const bytesRead = first ? 14 * GiB : 410 * MiB
  const reading = first
    ? ({ how: 'full', cause: 'first-point', why: 'First point' } as const)
    : ({ how: 'bitmap', cause: 'bitmap-usable', why: 'Bitmap usable' } as const)
  return {
    id: pointId(number),
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

/** One that lies inside the image, without memory, and that may be deleted and gone back to. */
export function snapshot(name: string, hoursAgo: number, rest: Partial<Snapshot> = {}): Snapshot {
  return {
    name,
    createdAt: now - hoursAgo * hour,
    current: false,
    memory: 'none',
    disks: [{ name: 'vda', location: 'internal' }],
    depth: 1,
    ...rest,
  }
}

/** What `listDays` would answer: a failed run outweighs a point, a point with a warning a good one. */
export function daysOf(world: Pick<World, 'points' | 'runs'>): World['days'] {
  return (starts) => {
    const ids = new Set([...world.points, ...world.runs].flatMap(({ machineId: id }) => (id === undefined ? [] : [id])))
    return [...ids].map((id) => ({
      machineId: id,
      days: starts.slice(0, -1).map((start, at) => dayOf(world, id, start, starts[at + 1] ?? start)),
    }))
  }
}

function dayOf(world: Pick<World, 'points' | 'runs'>, id: string, start: number, end: number): DayResult {
  const within = (at: number): boolean => at >= start && at < end
  const runs = world.runs.filter((each) => each.kind === 'backup' && each.machineId === id && within(each.queuedAt))
  if (runs.some(({ state }) => state === 'failed')) return 'failed'
  const points = world.points.filter((each) => each.machineId === id && within(each.createdAt))
  if (points.length === 0) return 'none'
  const isWarned = [...runs, ...points].some(({ warnings }) => warnings.length > 0)
  return isWarned ? 'warning' : 'good'
}

const names = ['erp-db-01', 'web-01', 'ad-dc-01', 'file-01', 'mail-01', 'gitlab-01', '监控-01', 'build-02', 'build-10']
const states = ['running', 'running', 'paused', 'running', 'off'] as const

/** The machine `gitlab-01` went back to `before-16.4` forty hours ago; two points and a snapshot stayed behind on the branch. */
const gitlabSnapshots = [
  snapshot('before-16.4', 100, { memory: 'internal', sizeBytes: 3 * GiB, description: 'Before the upgrade to 16.4' }),
  snapshot('trial', 60, { parent: 'before-16.4', depth: 2, deleteRefusal: 'mixed-chain' }),
  snapshot('after revert', 20, {
    parent: 'before-16.4',
    depth: 2,
    current: true,
    disks: [{ name: 'vda', location: 'external' }],
    memory: 'external',
    sizeBytes: 900 * MiB,
    revertRefusal: 'external-revert',
    deleteRefusal: 'external-parent',
  }),
]

function machinesOf(): readonly Machine[] {
  const usual = names.map((name, at) =>
    machine(at, name, states[at % states.length] ?? 'off', name === 'gitlab-01' ? { snapshots: gitlabSnapshots } : {}),
  )
  const trouble = machine(20, 'legacy-xp', 'running', {
    transient: true,
    disks: [
      { name: 'vda', format: 'raw', sizeBytes: 8 * GiB },
      { name: 'vdb', format: 'rbd', problem: 'Network disks of kind rbd are not supported yet' },
    ],
    snapshotRefusal: 'format-without-snapshots',
    deepChain: 42,
  })
  const image = machine(21, 'sample', 'off', {
    hostId: images,
    disks: [{ name: 'sample', format: 'raw', sizeBytes: 64 * MiB, path: '/srv/images/sample.raw' }],
    snapshotRefusal: 'host-without-snapshots',
  })
  return [...usual, trouble, image]
}

/** A small data centre at work: every state that a screen can show is in here once. */
export function busyWorld(): World {
  const points = names.flatMap((name, at) =>
    at % 4 === 2
      ? []
      : Array.from({ length: 3 + at }, (_, n) => point(at * 100 + n, at, name, n * 24 + at, n === 2 + at)),
  )
  const all = [...points, point(9000, 99, 'old-crm', 24 * 40, true)]
  const runs = runsOf()
  return {
    hosts: hosts(),
    machines: machinesOf(),
    points: all,
    repositories: repositoriesOf(all.length),
    runs,
    policies: policiesOf(),
    pins: [pointId(401), pointId(507)],
    proofs: [
      { kind: 'restore', pointId: pointId(400), at: now - 3 * hour, seconds: 312, bytes: 14 * GiB, damaged: false },
      { kind: 'verify', pointId: pointId(500), at: now - 2 * hour, bytes: 9 * GiB, damaged: false },
      { kind: 'verify', pointId: pointId(503), at: now - 2 * hour, bytes: 9 * GiB, damaged: true },
    ],
    recoveries: [
      { machineId: machineId(1), pointId: pointId(100), at: now - 4 * hour, seconds: 312, bytes: 14 * GiB },
      { machineId: machineId(4), pointId: pointId(400), at: now - 3 * hour, seconds: 655, bytes: 31 * GiB },
    ],
    turns: { [machineId(5)]: [{ at: now - 40 * hour, to: { kind: 'snapshot', name: 'before-16.4' } }] },
    settings: firstSettings,
    days: daysOf({ points: all, runs }),
  }
}

function hosts(): World['hosts'] {
  return [
    { id: kvm, address: { kind: 'libvirt', uri: 'qemu:///system' }, name: 'kvm-1', state: 'connected' },
    { id: images, address: { kind: 'images', folder: '/srv/images' }, name: 'images', state: 'connected' },
    {
      id: away,
      address: { kind: 'libvirt', uri: 'qemu:///system?socket=/run/kvm-2/libvirt-sock' },
      name: 'kvm-2',
      state: 'unreachable',
      problem: 'Nothing listens on /run/kvm-2/libvirt-sock',
    },
  ]
}

function repositoriesOf(points: number): World['repositories'] {
  return [
    {
      id: repositoryId,
      address: { kind: 'folder', folder: '/mnt/backup/stillpoint' },
      state: 'open',
      points,
      chunks: 184_000,
      storedBytes: 311 * GiB,
      verifiedAt: now - 50 * hour,
      rawBytes: 540 * GiB,
      pointBytes: 2900 * GiB,
      freeBytes: 1200 * GiB,
      totalBytes: 2000 * GiB,
      coverage: { verified: points - 5, oldestAt: now - 50 * hour, damaged: [pointId(503)] },
    },
    {
      id: 'b'.repeat(32),
      address: { kind: 'folder', folder: '/mnt/offsite' },
      state: 'unreachable',
      problem: 'The folder /mnt/offsite does not exist',
      points: 0,
      coverage: { verified: 0, damaged: [] },
    },
    {
      id: 'c'.repeat(32),
      address: { kind: 'folder', folder: '/mnt/old' },
      state: 'locked',
      points: 12,
      coverage: { verified: 0, damaged: [] },
    },
  ]
}

/** `count` machines of one host with `pointsEach` daily points, each in the order in which a catalog lists them: by machine. */
export function manyWorld(count: number, pointsEach: number): World {
  const world = busyWorld()
  const machines = Array.from({ length: count }, (_, at) => machine(at, `node-${at}`, at % 7 === 0 ? 'off' : 'running'))
  const points = machines.flatMap(({ name }, at) =>
    Array.from({ length: pointsEach }, (_, n) =>
      point(at * pointsEach + n, at, name, n * 24 + (at % 20), n === pointsEach - 1),
    ),
  )
  const runs = [
    run(1, {
      machineId: machineId(3),
      machineName: 'node-3',
      state: 'failed',
      failure: { code: 'no-space', message: 'ENOSPC' },
    }),
  ]
  const days: World['days'] = (starts) =>
    machines.map(({ id }, at) => ({
      machineId: id,
      days: starts
        .slice(1)
        .map((_, day) => ((at + day) % 11 === 0 ? 'failed' : (at + day) % 7 === 0 ? 'none' : 'good')),
    }))
  return { ...world, machines, points, runs, pins: [], proofs: [], recoveries: [], turns: {}, days }
}
