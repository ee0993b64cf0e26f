import type { Host, Machine } from '../../shared/machine.ts'
import type { Point } from '../../shared/point.ts'
import { groupPoints, type PointsOf } from './protection.ts'

/** A machine with what protects it. Machines that no host knows any more stay, as long as a point of theirs does. */
export type Coverage = {
  readonly machineId: string
  readonly name: string
  /** Absent for a machine that is on none of the connected hosts. */
  readonly machine?: Machine
  readonly host?: Host
  /** Newest first. */
  readonly points: readonly Point[]
  readonly sizeBytes: number
  readonly problems: number
}

export function coverageOf(
  machines: readonly Machine[],
  hosts: readonly Host[],
  points: readonly Point[],
): readonly Coverage[] {
  return coverAll(machines, hosts, groupPoints(points))
}

/** Sorted by name as people read it, then by id, so rows never jump. */
export function coverAll(
  machines: readonly Machine[],
  hosts: readonly Host[],
  pointsOf: PointsOf,
): readonly Coverage[] {
  const hostById = new Map(hosts.map((host) => [host.id, host]))
  const present = machines.map((machine) => coverMachine(machine, hostById, pointsOf.get(machine.id) ?? []))
  const known = new Set(machines.map((machine) => machine.id))
  const gone = [...pointsOf].filter(([id]) => !known.has(id)).map(([, own]) => coverGone(own))
  const collator = new Intl.Collator(undefined, { numeric: true })
  return [...present, ...gone].sort((a, b) => collator.compare(a.name, b.name) || (a.machineId < b.machineId ? -1 : 1))
}

function coverMachine(machine: Machine, hosts: ReadonlyMap<string, Host>, points: readonly Point[]): Coverage {
  const host = hosts.get(machine.hostId)
  return {
    machineId: machine.id,
    name: machine.name,
    machine,
    ...(host === undefined ? {} : { host }),
    points,
    sizeBytes: machine.disks.reduce((sum, disk) => sum + (disk.sizeBytes ?? 0), 0),
    problems: machine.disks.filter((disk) => disk.problem !== undefined).length,
  }
}

function coverGone(points: readonly Point[]): Coverage {
  const newest = points[0]
  return {
    machineId: newest?.machineId ?? '',
    name: newest?.machineName ?? '',
    points,
    sizeBytes: newest?.disks.reduce((sum, disk) => sum + disk.sizeBytes, 0) ?? 0,
    problems: 0,
  }
}
