import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { silentLog } from '../../electron/engine/base/log.ts'
import { openCatalog } from '../../electron/engine/catalog/catalog.ts'
import { openImageFolder } from '../../electron/engine/hypervisor/images/image-folder.ts'
import type { Run } from '../../shared/job.ts'
import type { Point } from '../../shared/point.ts'
import { GiB, MiB } from '../../shared/units.ts'

/** What the seeded console knows: the figures that the window is to bear. */
export const load = { machines: 1000, points: 10_000, pointsOfOne: 500, runDays: 14 }

const dayMs = 24 * 60 * 60 * 1000

export type Seeded = Disposable & {
  readonly home: string
  /** The one whose lineage is long. */
  readonly machineId: string
}

/**
 * A state folder with a host of a thousand image files and a catalog of ten thousand points, one machine having five hundred
 * over a year, and a fortnight of nightly runs. In memory where there is such a place: commits are durable one by one.
 */
export async function seed(): Promise<Seeded> {
  const folder = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'stillpoint-window-'))
  const [home, images] = [path.join(folder, 'home'), path.join(folder, 'images')]
  mkdirSync(home)
  mkdirSync(images)
  for (let at = 0; at < load.machines; at++) {
    const image = path.join(images, `server-${String(at).padStart(4, '0')}.raw`)
    writeFileSync(image, '')
    truncateSync(image, MiB)
  }
  const signal = new AbortController().signal
  await using host = await openImageFolder({ folder: images, clock: systemClock }, signal)
  const machines = (await host.listMachines(signal)).map(({ id, name }) => ({ id, name }))
  fill(home, { ...host.identity, address: { kind: 'images', folder: images } }, machines)
  return {
    home,
    machineId: machines[0]?.id ?? '',
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  }
}

type Machine = { readonly id: string; readonly name: string }
type HostRecord = Parameters<ReturnType<typeof openCatalog>['hosts']['put']>[0]

function fill(home: string, host: HostRecord, machines: readonly Machine[]): void {
  using catalog = openCatalog(home, systemClock, silentLog)
  const repositoryId = idOf('repository')
  catalog.hosts.put(host)
  catalog.repositories.put(repositoryId, { kind: 'folder', folder: path.join(home, 'nothing-is-here') })
  const now = Date.now()
  const each = (load.points - load.pointsOfOne) / (load.machines - 1)
  const points = machines.flatMap((machine, at) => {
    const count = at === 0 ? load.pointsOfOne : Math.round(at * each) - Math.round((at - 1) * each)
    const apartMs = at === 0 ? (365 * dayMs) / count : dayMs
    return Array.from({ length: count }, (_, n) => pointOf(machine, repositoryId, now - n * apartMs, n === count - 1))
  })
  catalog.points.replace(repositoryId, points)
  for (let day = 0; day < load.runDays; day++) {
    for (const [at, machine] of machines.entries()) {
      const run = runOf(machine, repositoryId, now - day * dayMs - at * 1000, (at + day) % 37 === 0)
      catalog.runs.put({ run, owner: 'seed', draftPoint: undefined })
    }
  }
}

function idOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}

function pointOf(machine: Machine, repositoryId: string, createdAt: number, isFirst: boolean): Point {
  const bytesRead = isFirst ? 8 * GiB : 300 * MiB
  const reading = isFirst
    ? ({ how: 'full', cause: 'first-point', why: 'The first point.' } as const)
    : ({ how: 'compare', cause: 'image-folder', why: 'Images record no changes.' } as const)
  return {
    id: idOf(`${machine.id} ${createdAt}`),
    repositoryId,
    machineId: machine.id,
    machineName: machine.name,
    createdAt: Math.round(createdAt),
    method: isFirst ? 'full' : 'incremental',
    consistency: 'off',
    disks: [{ name: machine.name, sizeBytes: MiB, bytesRead, format: 'raw', ...reading }],
    bytesRead,
    bytesSent: bytesRead / 2,
    bytesStored: bytesRead / 4,
    warnings: [],
  }
}

function runOf(machine: Machine, repositoryId: string, queuedAt: number, failed: boolean): Run {
  const bytes = { bytesTotal: MiB, bytesRead: MiB, bytesSent: MiB, bytesStored: MiB, bytesWritten: 0 }
  return {
    id: idOf(`run ${machine.id} ${queuedAt}`),
    kind: 'backup',
    state: failed ? 'failed' : 'done',
    machineId: machine.id,
    machineName: machine.name,
    repositoryId,
    queuedAt,
    endedAt: queuedAt + 60_000,
    progress: { ...bytes, bytesPerSecond: 0 },
    disks: [],
    warnings: [],
    ...(failed ? { failure: { code: 'disk-unreadable', message: 'A read failed.' } as const } : {}),
  }
}
