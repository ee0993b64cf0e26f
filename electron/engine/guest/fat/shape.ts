import { textOf } from '../bytes.ts'

/** Where everything lies, as the boot sector describes it ("FAT: General Overview of On-Disk Format", 1.03). Bytes, clusters. */
export type FatShape = {
  readonly kind: 'fat12' | 'fat16' | 'fat32'
  readonly sectorBytes: number
  readonly clusterBytes: number
  readonly fatAt: number
  readonly fatBytes: number
  readonly fats: number
  /** The one FAT that is in use where FAT32 does not mirror them. */
  readonly activeFat: number | undefined
  /** Of FAT12 and FAT16, whose root is no chain; `rootCluster` of FAT32. */
  readonly rootAt: number
  readonly rootBytes: number
  readonly rootCluster: number
  readonly dataAt: number
  /** Data clusters; the highest number is this plus one. */
  readonly clusters: number
  readonly sizeBytes: number
  readonly serial: number | undefined
  readonly label: string | undefined
  /** Set while a system has it mounted. */
  readonly isDirty: boolean
}

/** Answers what is wrong where it is no description of a FAT volume on a disk of `diskBytes`. */
export function fatShape(sector: Buffer, diskBytes: number): FatShape | string {
  const said = boot(sector)
  const wrong = mistake(sector, said, diskBytes)
  if (wrong !== undefined) return wrong
  const rootAt = (said.reserved + said.fats * said.fatSectors) * said.sectorBytes
  const rootBytes = said.rootEntries * 32
  const dataAt = rootAt + Math.ceil(rootBytes / said.sectorBytes) * said.sectorBytes
  const clusterBytes = said.sectorBytes * said.clusterSectors
  const clusters = Math.floor((said.sectors * said.sectorBytes - dataAt) / clusterBytes)
  if (clusters < 1) return 'it has no clusters'
  const kind = kindOf(said, clusters)
  if (kind === 'fat16' && clusters > 65_524) return 'it has more clusters than FAT16 can have'
  const needed = Math.ceil(((clusters + 2) * { fat12: 12, fat16: 16, fat32: 32 }[kind]) / 8)
  const fatBytes = said.fatSectors * said.sectorBytes
  if (needed > fatBytes) return 'its allocation table is too short'
  return {
    kind,
    sectorBytes: said.sectorBytes,
    clusterBytes,
    fatAt: said.reserved * said.sectorBytes,
    fatBytes,
    fats: said.fats,
    activeFat: kind === 'fat32' && (said.flags & 0x80) !== 0 ? said.flags & 0xf : undefined,
    rootAt,
    rootBytes,
    rootCluster: kind === 'fat32' ? said.rootCluster : 0,
    dataAt,
    clusters,
    sizeBytes: said.sectors * said.sectorBytes,
    ...stampOf(sector.subarray(kind === 'fat32' ? 64 : 36)),
  }
}

function stampOf(tail: Buffer): Pick<FatShape, 'serial' | 'label' | 'isDirty'> {
  const isSigned = tail[2] === 0x29
  return {
    serial: isSigned || tail[2] === 0x28 ? tail.readUInt32LE(3) : undefined,
    isDirty: ((tail[1] ?? 0) & 1) !== 0,
    label: isSigned ? textOf(tail.subarray(7, 18), 'latin1') : undefined,
  }
}

/** FAT12 and FAT16 are told apart by nothing but the number of clusters. */
function kindOf(said: Boot, clusters: number): FatShape['kind'] {
  if (said.fatSectors16 === 0) return 'fat32'
  return clusters < 4085 ? 'fat12' : 'fat16'
}

type Boot = ReturnType<typeof boot>

function boot(sector: Buffer) {
  const [sectors16, fatSectors16] = [sector.readUInt16LE(19), sector.readUInt16LE(22)]
  return {
    sectorBytes: sector.readUInt16LE(11),
    clusterSectors: sector.readUInt8(13),
    reserved: sector.readUInt16LE(14),
    fats: sector.readUInt8(16),
    rootEntries: sector.readUInt16LE(17),
    sectors: sectors16 === 0 ? sector.readUInt32LE(32) : sectors16,
    media: sector.readUInt8(21),
    fatSectors16,
    fatSectors: fatSectors16 === 0 ? sector.readUInt32LE(36) : fatSectors16,
    flags: sector.readUInt16LE(40),
    version: sector.readUInt16LE(42),
    rootCluster: sector.readUInt32LE(44),
  }
}

/** As the kernel's own check before it mounts, and that the volume fits its disk. */
function mistake(sector: Buffer, said: Boot, diskBytes: number): string | undefined {
  if (sector.readUInt16LE(510) !== 0xaa55) return 'it is not signed'
  if (!isPower(said.sectorBytes) || said.sectorBytes < 512 || said.sectorBytes > 4096) return 'no such sector size'
  if (!isPower(said.clusterSectors)) return 'no such cluster size'
  if (said.reserved === 0 || said.fats === 0 || said.fatSectors === 0) return 'it has no allocation table'
  if (said.media < 0xf8 && said.media !== 0xf0) return 'no such medium'
  if (said.sectors === 0 || said.sectors * said.sectorBytes > diskBytes) return 'it is longer than its disk'
  return said.fatSectors16 === 0 ? mistakeOf32(said) : mistakeOf16(said)
}

function mistakeOf32(said: Boot): string | undefined {
  if (said.version !== 0 || said.rootEntries !== 0) return 'an unknown version of FAT32'
  return (said.flags & 0x80) !== 0 && (said.flags & 0xf) >= said.fats ? 'no such active table' : undefined
}

function mistakeOf16(said: Boot): string | undefined {
  return said.rootEntries === 0 ? 'it has no root folder' : undefined
}

function isPower(value: number): boolean {
  return value !== 0 && (value & (value - 1)) === 0
}
