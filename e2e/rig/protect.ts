import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../electron/engine/base/clock.ts'
import { silentLog } from '../../electron/engine/base/log.ts'
import type { ReadableDisk } from '../../electron/engine/disk/disk.ts'
import { cut, type Extents, intersect, subtract, union } from '../../electron/engine/disk/extents.ts'
import type {
  BackupRequest,
  BackupSession,
  BasePoint,
  HostMachine,
} from '../../electron/engine/hypervisor/hypervisor.ts'
import type { LibvirtConnection } from '../../electron/engine/hypervisor/libvirt/connection.ts'
import { connectHost } from '../../electron/engine/hypervisor/libvirt/host.ts'
import { beginSession } from '../../electron/engine/hypervisor/libvirt/session.ts'
import type { SessionHost } from '../../electron/engine/hypervisor/libvirt/session-host.ts'
import type { Method } from '../../shared/point.ts'

/** What a repository would hold of one point: every disk byte for byte. */
export type TakenPoint = BasePoint & {
  readonly method: Method
  readonly images: ReadonlyMap<string, Buffer>
}

export type Protector = AsyncDisposable & {
  readonly host: SessionHost
  readonly connection: LibvirtConnection
  readonly stateFolder: string
  /** The machine as the list has it now. */
  listed(): Promise<HostMachine>
  /** Points so far, newest first. */
  readonly points: readonly TakenPoint[]
  /** Opens a session as the backup job would, with all points as bases unless a full one is asked for. */
  begin(method: Method): Promise<BackupSession>
  /**
   * A whole backup: reads by increments where the session says so, compares the result with every byte of the same moment,
   * and keeps the checkpoint.
   */
  take(
    method: Method,
    meanwhile?: (session: BackupSession) => Promise<void>,
    choices?: Partial<Pick<BackupRequest, 'excluded' | 'freeze'>>,
  ): Promise<Taken>
}

export type Taken = {
  readonly session: Pick<BackupSession, 'consistency' | 'freezeMs' | 'warnings' | 'checkpoint'>
  /** How each disk was read: `bitmap`, or why it was not. */
  readonly causes: Readonly<Record<string, string>>
  readonly changedBytes: Readonly<Record<string, number>>
}

export const never = new AbortController().signal

/** A stand-in for engine and repository that protects one machine through our own libvirt driver. */
export async function protect(machineId: string, repositoryId = randomBytes(16).toString('hex')): Promise<Protector> {
  const stateFolder = await mkdtemp(join(tmpdir(), 'sp-test-state-'))
  const uri = 'qemu:///system'
  const libvirt = await connectHost({ uri, environment: process.env, clock: systemClock }, never)
  const host: SessionHost = {
    uri,
    openConnection: (signal) => libvirt.openConnection(signal),
    stateFolder,
    clock: systemClock,
    log: silentLog,
  }
  const points: TakenPoint[] = []
  const newId = () => randomBytes(16).toString('hex')
  const begin = (method: Method, pointId = newId(), choices = {}) => {
    const bases = method === 'full' ? [] : points.filter((point) => method === 'incremental' || point.method === 'full')
    const request = { machineId, pointId, repositoryId, method, bases, excluded: [], freeze: true, ...choices }
    return beginSession(host, request, never)
  }
  return {
    host,
    connection: libvirt.connection(),
    stateFolder,
    points,
    async listed() {
      const machine = (await libvirt.listMachines(never)).find(({ id }) => id === machineId)
      assert.ok(machine, `${machineId} is not in the list`)
      return machine
    },
    begin: (method) => begin(method),
    async take(method, meanwhile, choices) {
      const id = newId()
      await using session = await begin(method, id, choices)
      await meanwhile?.(session)
      const { images, changedBytes } = await readPoint(session, points)
      await session.keepCheckpoint(never)
      const disks = session.disks.map(({ name, disk }) => ({ name, sizeBytes: disk.sizeBytes }))
      points.unshift({ id, method, checkpoint: session.checkpoint, disks, images })
      const { consistency, freezeMs, warnings, checkpoint } = session
      const causes = Object.fromEntries(session.disks.map(({ name, cause }) => [name, cause]))
      return { session: { consistency, freezeMs, warnings, checkpoint }, causes, changedBytes }
    },
    async [Symbol.asyncDispose]() {
      await libvirt[Symbol.asyncDispose]()
      await rm(stateFolder, { recursive: true, force: true })
    },
  }
}

async function readPoint(session: BackupSession, points: readonly TakenPoint[]) {
  const images = new Map<string, Buffer>()
  const changedBytes: Record<string, number> = {}
  for (const { name, disk, increment } of session.disks) {
    const truth = await readExtents(disk, await disk.allocated(never), Buffer.alloc(disk.sizeBytes))
    images.set(name, truth)
    if (increment === undefined) continue
    const base = points.find((point) => point.id === increment.basePoint)?.images.get(name)
    assert.ok(base, `${name} builds on a point that was never taken`)
    const built = Buffer.alloc(disk.sizeBytes)
    base.copy(built)
    await applyIncrement(disk, increment.changed, built)
    assert.ok(built.equals(truth), `${name}: base and increment differ from a full read of the same moment`)
    changedBytes[name] = increment.changed.reduce((sum, { start, end }) => sum + end - start, 0)
  }
  return { images, changedBytes }
}

/** As the backup job does: what changed and is not allocated any more became zero. */
async function applyIncrement(disk: ReadableDisk, changed: Extents, into: Buffer): Promise<void> {
  const allocated = await disk.allocated(never)
  for (const { start, end } of subtract(changed, allocated)) into.fill(0, start, end)
  await readExtents(disk, intersect(changed, allocated), into)
}

async function readExtents(disk: ReadableDisk, extents: Extents, into: Buffer): Promise<Buffer> {
  for (const { start, end } of cut(union(extents), 1 << 20)) await disk.read(start, into.subarray(start, end), never)
  return into
}
