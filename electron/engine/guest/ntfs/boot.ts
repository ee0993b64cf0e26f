import { Failure } from '../../../../shared/failure.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { big64, damaged, isDamage, u8, u16, u64 } from './fields.ts'

/** What the boot sector says of the volume. */
export type Geometry = {
  readonly clusterBytes: number
  /** Clusters of the volume: no cluster's number is this or more. */
  readonly clusters: number
  readonly recordBytes: number
  readonly mftCluster: number
  readonly mirrorCluster: number
  /** Sixteen hexadecimal digits. */
  readonly serial: string
}

type FoundGeometry = { readonly geometry: Geometry; readonly isBackup: boolean }

const sectorSizes = [512, 1024, 2048, 4096]

/**
 * The boot sector, or where that is damaged its copy in the last sector. Fails with `volume-unsupported` where neither says NTFS, with
 * `file-system-damaged` where what it says cannot be.
 */
export async function readGeometry(disk: ReadableDisk, signal: AbortSignal): Promise<FoundGeometry> {
  const places = [0, ...sectorSizes.map((sectorBytes) => disk.sizeBytes - sectorBytes)]
  let failed: unknown
  for (const place of places.filter((at) => at >= 0 && at + 512 <= disk.sizeBytes)) {
    const sector = Buffer.alloc(512)
    await disk.read(place, sector, signal)
    try {
      if (isBootSector(sector)) return { geometry: parseGeometry(sector), isBackup: place !== 0 }
    } catch (thrown) {
      if (!isDamage(thrown)) throw thrown
      failed ??= thrown
    }
  }
  throw failed ?? new Failure('volume-unsupported', 'neither the first nor the last sector says NTFS')
}

function isBootSector(sector: Buffer): boolean {
  return sector.toString('latin1', 3, 11) === 'NTFS    ' && u16(sector, 510) === 0xaa55
}

function parseGeometry(sector: Buffer): Geometry {
  const sectorBytes = u16(sector, 11)
  if (!sectorSizes.includes(sectorBytes)) throw damaged(`sectors of ${sectorBytes} bytes`)
  const clusterBytes = sectorBytes * sectorsPerCluster(u8(sector, 13))
  const recordBytes = sizeOf(u8(sector, 64), clusterBytes)
  if (!isPower(clusterBytes, 512, 2 * MiB)) throw damaged(`clusters of ${clusterBytes} bytes`)
  if (!isPower(recordBytes, 512, 64 * KiB)) throw damaged(`file records of ${recordBytes} bytes`)
  const clusters = Math.floor((u64(sector, 40) * sectorBytes) / clusterBytes)
  if (!Number.isSafeInteger(clusters * clusterBytes)) throw damaged(`a volume of ${clusters} clusters`)
  const geometry = { clusterBytes, clusters, recordBytes, mftCluster: u64(sector, 48), mirrorCluster: u64(sector, 56) }
  if (geometry.mftCluster >= clusters) throw damaged('the master file table lies behind the volume')
  return { ...geometry, serial: big64(sector, 72).toString(16).toUpperCase().padStart(16, '0') }
}

/** Beyond 64 KiB a cluster is told as the negative power of two of its sectors. */
function sectorsPerCluster(told: number): number {
  return told <= 128 ? told : 2 ** (256 - told)
}

/** Clusters, or the negative power of two of bytes. */
function sizeOf(told: number, clusterBytes: number): number {
  return told < 128 ? told * clusterBytes : 2 ** (256 - told)
}

/** A power of two within both bounds. */
export function isPower(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && Number.isInteger(Math.log2(value))
}
