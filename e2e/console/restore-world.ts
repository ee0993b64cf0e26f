import type { Handlers, RestoreTarget } from '../../shared/contract.ts'
import { Failure } from '../../shared/failure.ts'
import type { Run } from '../../shared/job.ts'
import type { Machine } from '../../shared/machine.ts'
import type { Obstacle } from '../../shared/plan.ts'
import type { Point } from '../../shared/point.ts'
import { GiB, MiB } from '../../shared/units.ts'
import type { World } from './fake-engine.ts'
import { kvm } from './world-words.ts'
import { busyWorld, hour, machineId, now, pointId, repositoryId, run } from './worlds.ts'

export const ledger = machineId(50)
export const runId = 'e'.repeat(32)

const sizes = { vda: 40 * GiB, vdb: 200 * GiB } as const

/** The busy world and in it `ledger-01`: a machine of two disks with three points, the middle one proven, the oldest damaged. */
export function restoreWorld(state: Machine['state'] = 'off'): World {
  const world = busyWorld()
  const disks = Object.entries(sizes).map(([name, sizeBytes]) => ({
    name,
    format: 'qcow2',
    sizeBytes,
    path: `/var/lib/libvirt/images/ledger-${name}.qcow2`,
  }))
  const machine: Machine = {
    id: ledger,
    hostId: kvm,
    name: 'ledger-01',
    state,
    transient: false,
    disks,
    snapshots: [],
  }
  return {
    ...world,
    machines: [...world.machines, machine],
    points: [ledgerPoint(0), ledgerPoint(1), ledgerPoint(2), ...world.points],
    proofs: [
      {
        kind: 'restore',
        pointId: ledgerPoint(1).id,
        at: now - 3 * hour,
        seconds: 412,
        bytes: 90 * GiB,
        damaged: false,
      },
    ],
    repositories: world.repositories.map((each) =>
      each.id === repositoryId ? { ...each, coverage: { ...each.coverage, damaged: [ledgerPoint(2).id] } } : each,
    ),
    runs: [],
  }
}

/** 0 is the newest. */
export function ledgerPoint(number: number): Point {
  const reading = { how: 'bitmap', cause: 'bitmap-usable', why: 'The bitmap is usable' } as const
  return {
    id: pointId(5000 + number),
    repositoryId,
    machineId: ledger,
    machineName: 'ledger-01',
    createdAt: now - (number * 24 + 2) * hour,
    method: 'incremental',
    consistency: 'file-system',
    freezeMs: 84,
    disks: Object.entries(sizes).map(([name, sizeBytes]) => ({
      ...reading,
      name,
      sizeBytes,
      format: 'qcow2',
      bytesRead: 300 * MiB,
    })),
    bytesRead: 600 * MiB,
    bytesSent: 580 * MiB,
    bytesStored: 200 * MiB,
    warnings: [],
  }
}

/** A restore of the ledger that has just begun. */
export function restoreRun(rest: Partial<Run>): Run {
  const progress = { ...run(0, {}).progress, bytesTotal: 90 * GiB, bytesRead: 0, bytesSent: 0, bytesStored: 0 }
  return {
    ...run(0, {}),
    id: runId,
    kind: 'restore',
    state: 'running',
    startedAt: now,
    machineId: ledger,
    machineName: 'ledger-01',
    repositoryId,
    pointId: ledgerPoint(0).id,
    progress: {
      ...progress,
      bytesWritten: 27 * GiB,
      bytesPerSecond: 310 * MiB,
      secondsLeft: 208,
      bottleneck: 'target',
    },
    ...rest,
  }
}

/** Plans as the engine would, by what the world holds at the moment of asking. */
export function planIn(world: World): Handlers<AbortSignal>['planRestore'] {
  return async ({ pointId: id, target }) => {
    const point = world.points.find((each) => each.id === id)
    if (point === undefined) throw new Failure('point-not-found', id)
    const chosen = 'disks' in target ? target.disks : undefined
    const disks = point.disks.filter(({ name }) => chosen?.includes(name) ?? true)
    return {
      writes: disks.map(({ name, sizeBytes }) => ({
        disk: name,
        path: pathOf(target, name),
        sizeBytes,
        overwrites: target.kind === 'in-place',
      })),
      bytes: 90 * GiB,
      freeBytes: 800 * GiB,
      seconds: 312,
      undo: undos[target.kind],
      obstacles: [...obstaclesIn(world, point, target)],
    }
  }
}

const undos = { 'in-place': 'undo-point', 'new-machine': 'remove-machine', images: 'remove-files' } as const

function* obstaclesIn(world: World, point: Point, target: RestoreTarget): Generator<Obstacle> {
  const repository = world.repositories.find(({ id }) => id === point.repositoryId)
  const machine = world.machines.find(({ id }) => id === point.machineId)
  if (repository?.state !== 'open') yield 'repository-not-open'
  if (target.kind === 'in-place' && machine?.state === 'running') yield 'machine-running'
  if (target.kind === 'images' && target.folder === '/taken') yield 'files-exist'
  if (target.kind === 'new-machine' && world.machines.some(({ name }) => name === target.name)) yield 'name-taken'
}

function pathOf(target: RestoreTarget, disk: string): string {
  switch (target.kind) {
    case 'in-place':
      return `/var/lib/libvirt/images/ledger-${disk}.qcow2`
    case 'new-machine':
      return `/pool/new-${disk}.qcow2`
    case 'images':
      return `${target.folder}/ledger-01-${disk}.${target.format}`
  }
}
