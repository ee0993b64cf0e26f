import type { MachineId } from '../../../../shared/machine.ts'
import { readImageHeader } from '../../disk/image-header.ts'
import { checkpointNames } from './checkpoints.ts'
import type { LibvirtConnection } from './connection.ts'
import type { DomainDisk } from './domain-xml.ts'
import { LibvirtError } from './libvirt-error.ts'
import type { Findings } from './plan.ts'
import { flags } from './protocol.ts'

/** Asks the host and the images what planning needs; `usableNow` says which disks' bitmaps of a checkpoint are whole. */
export async function findOut(
  connection: LibvirtConnection,
  machineId: MachineId,
  disks: readonly DomainDisk[],
  usableNow: (checkpoint: string) => Promise<ReadonlySet<string>>,
  signal: AbortSignal,
): Promise<Findings> {
  const [transient, names, versions, sizes] = await Promise.all([
    isTransient(connection, machineId, signal),
    checkpointNames(connection, machineId, signal),
    Promise.all(disks.map(async (disk) => [disk.name, await isOldQcow2(disk)] as const)),
    Promise.all(disks.map(async (disk) => [disk.name, await sizeOf(connection, machineId, disk, signal)] as const)),
  ])
  const old = new Map(versions)
  const asked = new Map<string, Promise<ReadonlySet<string>>>()
  return {
    transient,
    checkpoints: new Set(names),
    usable(checkpoint) {
      const answer = asked.get(checkpoint) ?? usableNow(checkpoint).catch(noneOfThem)
      asked.set(checkpoint, answer)
      return answer
    },
    untracked: (disk) => untrackedReason(disk, old.get(disk.name) ?? false),
    sizes: new Map(sizes.flatMap(([name, sizeBytes]) => (sizeBytes === undefined ? [] : [[name, sizeBytes] as const]))),
  }
}

/** Whether the host forgets the machine when it stops. */
export async function isTransient(
  connection: LibvirtConnection,
  machineId: MachineId,
  signal: AbortSignal,
): Promise<boolean> {
  const transient = await connection.host.listDomains(flags.list.transient, signal)
  return transient.some(({ uuid }) => uuid === machineId)
}

async function sizeOf(
  connection: LibvirtConnection,
  machineId: MachineId,
  disk: DomainDisk,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    return (await connection.blocks.info(machineId, disk.name, signal)).sizeBytes
  } catch (error) {
    if (error instanceof LibvirtError) return undefined
    throw error
  }
}

/** A host that cannot even describe a checkpoint would not use it either. */
function noneOfThem(error: unknown): ReadonlySet<string> {
  if (error instanceof LibvirtError) return new Set()
  throw error
}

function untrackedReason(disk: DomainDisk, old: boolean): ReturnType<Findings['untracked']> {
  const { name } = disk
  if (disk.format !== 'qcow2')
    return {
      cause: 'format-without-bitmaps',
      why: `${name} is a ${disk.format} image, which cannot hold dirty bitmaps.`,
    }
  if (disk.readonly || disk.transient)
    return { cause: 'format-without-bitmaps', why: `${name} keeps nothing that the guest writes, bitmaps included.` }
  if (old)
    return {
      cause: 'qcow2-version-2',
      why: `${name} is a qcow2 image of version 2, which cannot hold dirty bitmaps; while the machine is off, "qemu-img amend -o compat=1.1" makes it version 3.`,
    }
  return undefined
}

/** An image that we may not read is taken for a current one: beginning the backup will show. */
async function isOldQcow2(disk: DomainDisk): Promise<boolean> {
  if (disk.format !== 'qcow2' || disk.source.kind !== 'file') return false
  const info = await readImageHeader({ path: disk.source.path, format: 'qcow2' }, true).catch(() => undefined)
  return info?.qcow2Version === 2
}
