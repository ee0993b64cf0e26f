import { Failure } from '../../../../shared/failure.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { glance, safe64 } from '../bytes.ts'

/** From the main boot sector ("exFAT file system specification", §3.1). Bytes, clusters. */
export type ExfatShape = {
  readonly fatAt: number
  readonly clusterBytes: number
  readonly dataAt: number
  readonly clusters: number
  readonly rootCluster: number
  readonly serial: number
  readonly isDirty: boolean
}

const regionSectors = 12

/** Of the main boot region, or of the backup behind it where the main one does not pass its checksum. */
export async function readBoot(disk: ReadableDisk, signal: AbortSignal): Promise<ExfatShape> {
  const main = await readRegion(disk, 0, [512, 1024, 2048, 4096], signal)
  if (main !== undefined) return shapeOf(main, disk.sizeBytes)
  for (const sectorBytes of [512, 1024, 2048, 4096]) {
    const backup = await readRegion(disk, regionSectors * sectorBytes, [sectorBytes], signal)
    if (backup !== undefined) return shapeOf(backup, disk.sizeBytes)
  }
  throw new Failure('file-system-damaged', 'Neither boot region of the exFAT volume passes its checksum')
}

/** Its boot sector, where its sectors are of one of these sizes. */
async function readRegion(
  disk: ReadableDisk,
  at: number,
  sectorSizes: readonly number[],
  signal: AbortSignal,
): Promise<Buffer | undefined> {
  const sector = await glance(disk, at, 512, signal)
  const sectorBytes = 2 ** sector.readUInt8(108)
  if (sector.toString('latin1', 3, 11) !== 'EXFAT   ' || !sectorSizes.includes(sectorBytes)) return undefined
  const region = await glance(disk, at, regionSectors * sectorBytes, signal)
  const last = region.subarray((regionSectors - 1) * sectorBytes)
  const expected = bootChecksum(region.subarray(0, (regionSectors - 1) * sectorBytes))
  for (let place = 0; place < last.length; place += 4) if (last.readUInt32LE(place) !== expected) return undefined
  return sector
}

/** Over eleven sectors without the flags and the percentage in use, which change while it is mounted. */
function bootChecksum(region: Buffer): number {
  let sum = 0
  for (let at = 0; at < region.length; at++) {
    if (at === 106 || at === 107 || at === 112) continue
    sum = (((sum << 31) | (sum >>> 1)) + (region[at] ?? 0)) >>> 0
  }
  return sum
}

function shapeOf(sector: Buffer, diskBytes: number): ExfatShape {
  const sectorBytes = 2 ** sector.readUInt8(108)
  const clusterShift = sector.readUInt8(109)
  const [fatSector, fatSectors, dataSector] = [80, 84, 88].map((at) => sector.readUInt32LE(at))
  const [clusters, fats, flags] = [sector.readUInt32LE(92), sector.readUInt8(110), sector.readUInt16LE(106)]
  if (fatSector === undefined || fatSectors === undefined || dataSector === undefined) throw new RangeError('no fields')
  if (sector.readUInt8(105) !== 1) throw new Failure('volume-unsupported', `exFAT of version ${sector.readUInt8(105)}`)
  if (clusterShift > 25 - sector.readUInt8(108) || fats < 1 || fats > 2) throw damaged('no such cluster size')
  const clusterBytes = sectorBytes * 2 ** clusterShift
  const lengthSectors = safe64(sector, 72)
  if (lengthSectors === undefined || lengthSectors * sectorBytes > diskBytes) throw damaged('longer than its disk')
  const dataEnd = dataSector * sectorBytes + clusters * clusterBytes
  if (clusters === 0 || dataEnd > lengthSectors * sectorBytes) throw damaged('its clusters lie behind its end')
  if ((clusters + 2) * 4 > fatSectors * sectorBytes || fatSector < 24)
    throw damaged('its allocation table is too short')
  const active = fats === 2 ? flags & 1 : 0
  return {
    fatAt: (fatSector + active * fatSectors) * sectorBytes,
    clusterBytes,
    dataAt: dataSector * sectorBytes,
    clusters,
    rootCluster: sector.readUInt32LE(96),
    serial: sector.readUInt32LE(100),
    isDirty: (flags & 2) !== 0,
  }
}

function damaged(what: string): Failure {
  return new Failure('file-system-damaged', `The boot sector describes no exFAT volume: ${what}`)
}
