import { crc32c } from '../crc32c.ts'
import { u64 } from './damage.ts'
import type { Geometry } from './geometry.ts'

/** The largest sector: so much is read for a superblock. */
export const superblockBytes = 32_768

export type Superblock = {
  readonly geometry: Geometry
  readonly label: Buffer
  readonly uuid: Buffer
  readonly features: Features
  /** Secondary ones may never have been told of it. */
  readonly knowsRoot: boolean
  readonly inProgress: boolean
}

/** Bits of version 5; all zero in version 4. */
type Features = { readonly incompatible: number; readonly log: number }

const magic = 0x58465342
const incompatibleKinds = 0x1
const incompatibleMetaUuid = 0x4

/**
 * `struct xfs_dsb`, checked as the kernel checks it when it mounts (fs/xfs/libxfs/xfs_sb.c). A sentence instead where it is not whole.
 * What the log wrote has its checksum from before.
 */
export function decodeSuperblock(bytes: Buffer, isReplayed: boolean): Superblock | string {
  if (bytes.readUInt32BE(0) !== magic) return 'the superblock has no magic number'
  const version = bytes.readUInt16BE(100) & 0xf
  if (version !== 4 && version !== 5) return `version ${version} is not known`
  const wrong = wrongSizes(bytes) ?? wrongCounts(bytes)
  if (wrong !== undefined) return wrong
  if (version === 5 && !isReplayed && !sealed(bytes)) return 'the checksum of the superblock is wrong'
  return {
    geometry: geometryOf(bytes, version),
    label: bytes.subarray(108, 120),
    uuid: bytes.subarray(32, 48),
    features: version === 5 ? featuresOf(bytes) : { incompatible: 0, log: 0 },
    knowsRoot: bytes.readBigUInt64BE(56) !== 0xffff_ffff_ffff_ffffn,
    inProgress: bytes.readUInt8(126) !== 0,
  }
}

/** Version 4's directories in their first form, from before 2000, are not what is read here. */
export function oldFolders(bytes: Buffer): boolean {
  const bits = bytes.readUInt16BE(100)
  return (bits & 0xf) === 4 && (bits & 0x2000) === 0
}

function wrongSizes(bytes: Buffer): string | undefined {
  const blockBytes = bytes.readUInt32BE(4)
  const sectorBytes = bytes.readUInt16BE(102)
  const inodeBytes = bytes.readUInt16BE(104)
  const blockLog = bytes.readUInt8(120)
  if (!powerWithin(blockBytes, 512, 65_536) || 2 ** blockLog !== blockBytes) return `blocks of ${blockBytes} bytes`
  if (!powerWithin(sectorBytes, 512, superblockBytes)) return `sectors of ${sectorBytes} bytes`
  if (!powerWithin(inodeBytes, 256, Math.min(2048, blockBytes))) return `inodes of ${inodeBytes} bytes`
  if (bytes.readUInt16BE(106) * inodeBytes !== blockBytes) return 'the inodes do not fill a block'
  return blockLog + bytes.readUInt8(192) > 16 ? 'the blocks of folders are too large' : undefined
}

function wrongCounts(bytes: Buffer): string | undefined {
  const groupBlocks = bytes.readUInt32BE(84)
  const groups = bytes.readUInt32BE(88)
  const blocks = u64(bytes, 8)
  if (groupBlocks < 64 || Math.ceil(Math.log2(groupBlocks)) !== bytes.readUInt8(124)) return `groups of ${groupBlocks}`
  const fits = blocks <= groups * groupBlocks && blocks > (groups - 1) * groupBlocks
  return fits ? undefined : `${blocks} blocks do not make ${groups} groups`
}

function powerWithin(value: number, least: number, most: number): boolean {
  return value >= least && value <= most && (value & (value - 1)) === 0
}

function sealed(bytes: Buffer): boolean {
  const sector = Buffer.from(bytes.subarray(0, bytes.readUInt16BE(102)))
  const stored = sector.readUInt32LE(224)
  sector.writeUInt32LE(0, 224)
  return ~crc32c(0xffffffff, sector) >>> 0 === stored
}

function featuresOf(bytes: Buffer): Features {
  return { incompatible: bytes.readUInt32BE(216), log: bytes.readUInt32BE(220) }
}

function geometryOf(bytes: Buffer, version: 4 | 5): Geometry {
  const blockBytes = bytes.readUInt32BE(4)
  const incompatible = version === 5 ? bytes.readUInt32BE(216) : 0
  const groupBlocks = bytes.readUInt32BE(84)
  return {
    version,
    blockBytes,
    sectorBytes: bytes.readUInt16BE(102),
    inodeBytes: bytes.readUInt16BE(104),
    inodesPerBlock: bytes.readUInt16BE(106),
    groupBlocks,
    groups: bytes.readUInt32BE(88),
    totalBlocks: u64(bytes, 8),
    groupStride: 2 ** bytes.readUInt8(124),
    folderBlockBytes: blockBytes * 2 ** bytes.readUInt8(192),
    rootInode: u64(bytes, 56),
    log: logOf(bytes, blockBytes, groupBlocks),
    namesHaveKinds: version === 5 ? (incompatible & incompatibleKinds) !== 0 : hasSecondFeature(bytes, 0x200),
    ignoresCase: (bytes.readUInt16BE(100) & 0x4000) !== 0,
    metaUuid: incompatible & incompatibleMetaUuid ? bytes.subarray(248, 264) : bytes.subarray(32, 48),
  }
}

function hasSecondFeature(bytes: Buffer, bit: number): boolean {
  return (bytes.readUInt16BE(100) & 0x8000) !== 0 && (bytes.readUInt32BE(200) & bit) !== 0
}

function logOf(bytes: Buffer, blockBytes: number, groupBlocks: number): Geometry['log'] {
  const start = u64(bytes, 48)
  if (start === 0) return undefined
  const stride = 2 ** bytes.readUInt8(124)
  const block = Math.floor(start / stride) * groupBlocks + (start % stride)
  return { offset: block * blockBytes, sizeBytes: bytes.readUInt32BE(96) * blockBytes }
}
