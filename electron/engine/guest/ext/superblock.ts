import { Failure } from '../../../../shared/failure.ts'
import { KiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { crc32c } from '../crc32c.ts'
import { type Features, incompatible, needKnownFeatures, writeIncompatible } from './features.ts'
import { damaged, readBytes } from './volume.ts'

/** The parts of `struct ext4_super_block` that reading needs, checked against each other. Blocks count from the volume's start. */
export type Superblock = {
  readonly features: Features
  readonly blockBytes: number
  readonly blocks: number
  readonly firstBlock: number
  readonly blocksPerGroup: number
  readonly groups: number
  readonly inodes: number
  readonly inodesPerGroup: number
  readonly inodeBytes: number
  readonly firstInode: number
  readonly descriptorBytes: number
  /** Blocks of descriptors from this one on lie in their own groups. */
  readonly firstMetaGroup: number
  /** Of `sparse_super2`: the only groups with copies. */
  readonly copyGroups: readonly number[]
  readonly uuid: Buffer
  readonly label: string
  /** Where every checksum of metadata begins; undefined without them. */
  readonly checksumSeed: number | undefined
  readonly hashSeed: readonly number[]
  readonly unsignedHash: boolean
  readonly journalInode: number
  /** It was unmounted, or never mounted, and no error was found since. */
  readonly clean: boolean
  /** The group that holds it: beyond 0 it is a copy, with old news of journal and state. */
  readonly group: number
}

const superblockBytes = 1024
const magic = 0xef53

/** The first, or else the first copy that is sound. Fails as opening does; what fails is told of the first. */
export async function findSuperblock(disk: ReadableDisk, signal: AbortSignal): Promise<Superblock> {
  try {
    return await superblockAt(disk, superblockBytes, 0, signal)
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'file-system-damaged') throw thrown
    const copy = await findCopy(disk, signal)
    if (copy === undefined) throw thrown
    return copy
  }
}

/** Copies lie at the start of groups, whose size is eight times the block size in blocks unless somebody asked for less. */
async function findCopy(disk: ReadableDisk, signal: AbortSignal): Promise<Superblock | undefined> {
  for (const group of [1, 3, 5, 7, 9, 25, 27, 49]) {
    for (let blockBytes = KiB; blockBytes <= 64 * KiB; blockBytes *= 2) {
      const first = blockBytes === KiB ? 1 : 0
      const copy = await sound(superblockAt(disk, (group * 8 * blockBytes + first) * blockBytes, group, signal))
      if (copy?.blockBytes === blockBytes) return copy
    }
  }
  return undefined
}

async function sound(found: Promise<Superblock>): Promise<Superblock | undefined> {
  try {
    return await found
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === 'file-system-damaged') return undefined
    throw thrown
  }
}

export async function superblockAt(
  disk: ReadableDisk,
  offset: number,
  group: number,
  signal: AbortSignal,
): Promise<Superblock> {
  const bytes = await readBytes({ disk }, offset, superblockBytes, signal)
  if (bytes.readUInt16LE(0x38) !== magic) throw damaged(`no ext superblock at ${offset}`)
  const features = featuresOf(bytes)
  const summed = (features.writeIncompatible & writeIncompatible.checksums) !== 0
  if (summed && crc32c(0xffffffff, bytes.subarray(0, 0x3fc)) !== bytes.readUInt32LE(0x3fc)) {
    throw damaged(`the superblock at ${offset} has a wrong checksum`)
  }
  needKnownFeatures(features)
  const superblock = parse(bytes, features)
  if (isOld(bytes) ? false : bytes.readUInt16LE(0x5a) !== group)
    throw damaged(`the superblock at ${offset} is of another group`)
  return needSound(superblock)
}

/** Revision 0 has neither features nor a choice of inode size. */
function isOld(bytes: Buffer): boolean {
  return bytes.readUInt32LE(0x4c) === 0
}

function featuresOf(bytes: Buffer): Features {
  if (isOld(bytes)) return { compatible: 0, incompatible: 0, writeIncompatible: 0 }
  return {
    compatible: bytes.readUInt32LE(0x5c),
    incompatible: bytes.readUInt32LE(0x60),
    writeIncompatible: bytes.readUInt32LE(0x64),
  }
}

function parse(bytes: Buffer, features: Features): Superblock {
  const has = (bit: number): boolean => (features.incompatible & bit) !== 0
  const old = isOld(bytes)
  const state = bytes.readUInt16LE(0x3a)
  const blocks = bytes.readUInt32LE(0x4) + (has(incompatible.wide) ? bytes.readUInt32LE(0x150) * 2 ** 32 : 0)
  const firstBlock = bytes.readUInt32LE(0x14)
  const blocksPerGroup = bytes.readUInt32LE(0x20)
  return {
    features,
    blockBytes: KiB * 2 ** Math.min(bytes.readUInt32LE(0x18), 20),
    blocks,
    firstBlock,
    blocksPerGroup,
    groups: Math.ceil((blocks - firstBlock) / blocksPerGroup),
    inodes: bytes.readUInt32LE(0),
    inodesPerGroup: bytes.readUInt32LE(0x28),
    inodeBytes: old ? 128 : bytes.readUInt16LE(0x58),
    firstInode: old ? 11 : bytes.readUInt32LE(0x54),
    descriptorBytes: has(incompatible.wide) ? bytes.readUInt16LE(0xfe) : 32,
    firstMetaGroup: has(incompatible.metaGroups) ? bytes.readUInt32LE(0x104) : Number.POSITIVE_INFINITY,
    copyGroups: [bytes.readUInt32LE(0x24c), bytes.readUInt32LE(0x250)],
    uuid: bytes.subarray(0x68, 0x78),
    label: bytes.toString('utf8', 0x78, 0x88).replace(/\0.*$/s, ''),
    checksumSeed: checksumSeedOf(bytes, features),
    hashSeed: [0xec, 0xf0, 0xf4, 0xf8].map((at) => bytes.readUInt32LE(at)),
    unsignedHash: (bytes.readUInt32LE(0x160) & 2) !== 0,
    journalInode: bytes.readUInt32LE(0xe0),
    clean: (state & 1) !== 0 && (state & 2) === 0,
    group: old ? 0 : bytes.readUInt16LE(0x5a),
  }
}

function checksumSeedOf(bytes: Buffer, features: Features): number | undefined {
  if ((features.writeIncompatible & writeIncompatible.checksums) === 0) return undefined
  if (features.incompatible & incompatible.checksumSeed) return bytes.readUInt32LE(0x270)
  return crc32c(0xffffffff, bytes.subarray(0x68, 0x78))
}

/** What the kernel refuses to mount is no file system to us either, but one that ends too early may still give up what it has. */
function needSound(superblock: Superblock): Superblock {
  const { blockBytes, blocks, firstBlock, blocksPerGroup, groups, inodes, inodesPerGroup } = superblock
  const { inodeBytes, descriptorBytes, features } = superblock
  const clusters = (features.writeIncompatible & writeIncompatible.bigClusters) !== 0
  const sound =
    blockBytes <= 64 * KiB &&
    blocks > firstBlock &&
    blocks * blockBytes <= Number.MAX_SAFE_INTEGER &&
    firstBlock <= 1 &&
    blocksPerGroup > 0 &&
    (clusters || blocksPerGroup <= 8 * blockBytes) &&
    inodesPerGroup > 0 &&
    inodesPerGroup <= 8 * blockBytes &&
    inodes === groups * inodesPerGroup &&
    isPower(inodeBytes) &&
    inodeBytes >= 128 &&
    inodeBytes <= blockBytes &&
    isPower(descriptorBytes) &&
    descriptorBytes >= 32 &&
    descriptorBytes <= blockBytes
  if (!sound) throw damaged('the superblock contradicts itself')
  return superblock
}

function isPower(value: number): boolean {
  return value > 0 && (value & (value - 1)) === 0
}
