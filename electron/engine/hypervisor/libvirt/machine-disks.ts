import { Failure } from '../../../../shared/failure.ts'
import type { MachineDisk, MachineId } from '../../../../shared/machine.ts'
import { sentence } from '../../../../shared/sentences.ts'
import type { HostMachine } from '../hypervisor.ts'
import type { LibvirtConnection } from './connection.ts'
import { type DomainDefinition, type DomainDisk, pathOf } from './domain-xml.ts'
import { isLibvirtError, LibvirtError } from './libvirt-error.ts'
import { errors } from './protocol.ts'
import type { TypedValues } from './values.ts'

/**
 * The disks of a machine; drives for media are left out. `figures` are those of virConnectGetAllDomainStats, where they
 * could be had.
 */
export async function readDisks(
  connection: LibvirtConnection,
  uuid: MachineId,
  definition: DomainDefinition | Failure,
  state: HostMachine['state'],
  figures: TypedValues,
  signal: AbortSignal,
): Promise<MachineDisk[]> {
  if (definition instanceof Failure) return [{ name: 'definition', format: 'unknown', problem: definition.message }]
  const sizes = sizesByName(figures)
  const disks = definition.disks.filter((disk) => disk.device === 'disk' || disk.device === 'lun')
  return await Promise.all(
    disks.map(async (disk) => {
      const known = sizes.get(disk.name)
      const isAskedFor = known === undefined && state === 'off' && isImage(disk)
      const size = isAskedFor ? await askSize(connection, uuid, disk, signal) : sizeFrom(known)
      const problem = diskProblem(disk, state) ?? size.problem
      const path = pathOf(disk.source)
      return {
        name: disk.name,
        format: disk.format,
        ...size,
        ...(path === undefined ? {} : { path }),
        ...(problem === undefined ? {} : { problem }),
      }
    }),
  )
}

/** From `block.0.name` and `block.0.capacity`. */
function sizesByName(figures: TypedValues): ReadonlyMap<string, number> {
  const indexes = Array.from({ length: Number(figures.get('block.count') ?? 0) }, (_, index) => index)
  return new Map(
    indexes.flatMap((index) => {
      const sizeBytes = Number(figures.get(`block.${index}.capacity`) ?? 0)
      return sizeBytes > 0 ? [[String(figures.get(`block.${index}.name`)), sizeBytes] as const] : []
    }),
  )
}

type DiskSize = { readonly sizeBytes?: number; readonly problem?: string }

function sizeFrom(sizeBytes: number | undefined): DiskSize {
  return sizeBytes === undefined ? {} : { sizeBytes }
}

function isImage({ source }: DomainDisk): boolean {
  return source.kind === 'file' || source.kind === 'block'
}

/** For an image that the host left out of the figures; mostly it is not there, and the host says so when asked for it alone. */
async function askSize(
  connection: LibvirtConnection,
  uuid: MachineId,
  disk: DomainDisk,
  signal: AbortSignal,
): Promise<DiskSize> {
  try {
    return { sizeBytes: (await connection.blocks.info(uuid, disk.name, signal)).sizeBytes }
  } catch (error) {
    if (isLibvirtError(error, errors.noDomain) || !(error instanceof LibvirtError)) throw error
    return { problem: sentence('disk-size-unknown', { message: error.message }) }
  }
}

/** Why a disk cannot be backed up. QEMU serves whatever it has open itself; what is off can only be read as a file. */
export function diskProblem(disk: DomainDisk, state: HostMachine['state']): string | undefined {
  const { source } = disk
  if (disk.device === 'lun') return sentence('disk-is-lun')
  if (source.kind === 'none') return sentence('disk-without-image')
  if (source.kind === 'other') return sentence('disk-of-other-type', { type: source.type })
  if (state !== 'off' || source.kind === 'file' || source.kind === 'block') return undefined
  return source.kind === 'network'
    ? sentence('disk-on-network', { protocol: source.protocol })
    : sentence('disk-is-volume', { pool: source.pool })
}
