import type { DiskReading } from '../../shared/point.ts'
import type { World } from './fake-engine.ts'
import { policiesOf } from './world-policies.ts'
import { kvm } from './world-words.ts'
import {
  busyWorld,
  daysOf,
  hour,
  machine,
  machineId,
  now,
  point,
  pointId,
  repositoryId,
  run,
  snapshot,
} from './worlds.ts'

export const idOfPolicy = (number: number): string => String(number + 1).padStart(32, 'a')
export const idOfRun = (number: number): string => String(number).padStart(32, 'f')
/** As the contract says. */
const longestPolicyName = 200
const longestSite = 200
const longestLabel = 64
const keepSome = { last: 1, hourly: 0, daily: 0, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }
/** The machine that has a disk and a snapshot of every name; those before it have one name each. */
export const fullMachine = 500
/** A machine that is on no host, only in its point. */
export const goneMachine = 501

/** A world in which every text that a host, a guest, a folder or another person chose is one of `names`, each of them once at least. */
export function worldOf(names: readonly string[]): World {
  const { settings } = busyWorld()
  const points = pointsOf(names)
  const runs = runsOf(names)
  return {
    hosts: hostsOf(names),
    machines: [...names.map(machineOf), fullMachineOf(names)],
    points,
    repositories: repositoriesOf(names),
    runs,
    policies: names.map((name, at) => ({
      ...(policiesOf()[at % 3] ?? policiesOf()[0]),
      id: idOfPolicy(at),
      name: name.slice(0, longestPolicyName),
      machineIds: [machineId(at), machineId(fullMachine)],
      excluded: [{ machineId: machineId(fullMachine), disk: name }],
      repositoryId: at === 0 ? repositoryId : repositoryIdOf(at),
      retention: { ...keepSome, labels: [labelOf(name)] },
      copies: [repositoryIdOf(at + 1)],
      problem: name,
    })) as World['policies'],
    pins: [pointId(0)],
    proofs: [],
    recoveries: names.map((_, at) => ({
      machineId: machineId(at),
      pointId: pointId(at),
      at: now - hour,
      seconds: 60,
      bytes: 1000,
    })),
    turns: { [machineId(fullMachine)]: [{ at: now - hour, to: { kind: 'snapshot', name: names[0] ?? '' } }] },
    settings,
    days: daysOf({ points, runs }),
  }
}

function machineOf(name: string, at: number): World['machines'][number] {
  return machine(at, name, 'off', {
    hostId: hostIdOf(at),
    disks: [{ name, format: name, sizeBytes: 1000, path: name, ...(at % 2 === 0 ? {} : { problem: name }) }],
    snapshots: [snapshot(name, 5, { description: name })],
  })
}

function fullMachineOf(names: readonly string[]): World['machines'][number] {
  return machine(fullMachine, `full ${names[0]}`, 'off', {
    hostId: hostIdOf(0),
    disks: names.map((name) => ({ name, format: 'qcow2', sizeBytes: 1000, path: `/disks/${name}` })),
    snapshots: names.map((name, at) => ({
      ...snapshot(name, 200 - at, { description: `${name}\n${name}`, depth: at + 1 }),
      ...(at === 0 ? {} : { parent: names[at - 1] ?? '' }),
      disks: [{ name, location: 'internal' as const }],
    })),
  })
}

function hostIdOf(at: number): string {
  return at === 0 ? kvm : `99999999-9999-4999-8999-${String(at).padStart(12, '0')}`
}

function hostsOf(names: readonly string[]): World['hosts'] {
  return names.map((name, at) => ({
    id: hostIdOf(at),
    name,
    address: at % 3 === 2 ? { kind: 'images', folder: name } : { kind: 'libvirt', uri: name },
    ...(at % 2 === 0
      ? { state: 'connected' }
      : { state: 'unreachable', problem: name, problemCode: 'host-unreachable' }),
  }))
}

function pointsOf(names: readonly string[]): World['points'] {
  const disksOf = (some: readonly string[]) =>
    some.map((name) => ({
      name,
      format: name,
      sizeBytes: 1000,
      bytesRead: 10,
      ...({ how: 'full', cause: 'first-point', why: name } satisfies Omit<DiskReading, 'name'>),
    }))
  const each = names.map((name, at) => ({
    ...point(at, at, name, 2, true),
    disks: disksOf([name]),
    warnings: [name],
    labels: [labelOf(name)],
  }))
  const full = { ...point(9000, fullMachine, `full ${names[0]}`, 1, true), disks: disksOf(names), warnings: [...names] }
  return [...each, full, point(9001, goneMachine, `gone ${names[0]}`, 3, true)]
}

function labelOf(name: string): string {
  return name.slice(0, longestLabel)
}

function repositoryIdOf(at: number): string {
  return at === 0 ? repositoryId : String(at).padStart(32, 'b')
}

function repositoriesOf(names: readonly string[]): World['repositories'] {
  const states = ['open', 'unreachable', 'locked'] as const
  return names.map((name, at) => ({
    id: repositoryIdOf(at),
    address: { kind: 'folder', folder: name },
    state: states[at % 3] ?? 'open',
    points: 1,
    place: { medium: 'disk', site: name.slice(0, longestSite) },
    freeBytes: 1000,
    totalBytes: 5000,
    coverage: { verified: 0, damaged: at === 0 ? [pointId(0), name] : [] },
    ...(at % 3 === 1 ? { problem: name, problemCode: 'repository-unreachable' } : {}),
    ...(at % 3 === 0 && at > 0 ? { readOnly: name } : {}),
  }))
}

/** Every kind and every end in turn. */
function runsOf(names: readonly string[]): World['runs'] {
  const kinds = ['backup', 'restore', 'verify', 'snapshot-create', 'snapshot-revert'] as const
  const failure = (name: string) => ({ code: 'target-failed' as const, message: name })
  return names.map((name, at) => {
    const kind = kinds[at % kinds.length] ?? 'backup'
    const ends = [
      { state: 'done', endedAt: now, target: name, targetKind: 'images' },
      { state: 'failed', endedAt: now, failure: failure(name), targetKind: 'in-place' },
      { state: 'running', startedAt: now - hour },
    ] as const
    return run(at, {
      id: idOfRun(at),
      kind,
      machineName: name,
      machineId: machineId(at),
      disks: [{ name, how: 'compare', cause: 'machine-off', why: name }],
      warnings: [name],
      ...(kind.startsWith('snapshot') ? { snapshot: name } : {}),
      ...(kind === 'verify' ? { report: reportOf(name) } : {}),
      ...ends[at % ends.length],
    })
  })
}

function reportOf(name: string): NonNullable<World['runs'][number]['report']> {
  return { objects: 1, chunks: 1, bytesRead: 1, damaged: [{ object: name, problem: name, points: [pointId(0)] }] }
}
