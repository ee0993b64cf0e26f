import { crc32c } from '../crc32c.ts'
import { crc16 } from './crc16.ts'
import { compatible, writeIncompatible } from './features.ts'
import type { Superblock } from './superblock.ts'
import { damaged, type ExtVolume, needInVolume, readBytes } from './volume.ts'

/**
 * The block at which a group's inodes begin. Where the descriptor is damaged, one of its copies must do: they are as old as the last
 * resize, but where the inodes lie does not change between.
 */
export async function inodeTableOf(volume: ExtVolume, group: number, signal: AbortSignal): Promise<number> {
  const { superblock } = volume
  const known = volume.tables?.[group]
  if (known !== undefined) return known
  let failed: unknown
  for (const place of descriptorPlaces(superblock, group)) {
    try {
      if (place + superblock.descriptorBytes > superblock.blocks * superblock.blockBytes) continue
      return tableIn(volume, group, await readBytes(volume, place, superblock.descriptorBytes, signal))
    } catch (thrown) {
      signal.throwIfAborted()
      failed ??= thrown
    }
  }
  throw failed ?? damaged(`group ${group} has no descriptor`)
}

function tableIn(volume: ExtVolume, group: number, descriptor: Buffer): number {
  const { superblock } = volume
  needChecksum(superblock, group, descriptor)
  const high = descriptor.length >= 64 ? descriptor.readUInt32LE(0x28) : 0
  const table = descriptor.readUInt32LE(0x8) + high * 2 ** 32
  const lengthBytes = superblock.inodesPerGroup * superblock.inodeBytes
  needInVolume(volume, table, Math.ceil(lengthBytes / superblock.blockBytes))
  return table
}

function needChecksum(superblock: Superblock, group: number, descriptor: Buffer): void {
  const number = Buffer.alloc(4)
  number.writeUInt32LE(group)
  const expected = descriptor.readUInt16LE(0x1e)
  const [before, after] = [descriptor.subarray(0, 0x1e), descriptor.subarray(0x20)]
  if (superblock.checksumSeed !== undefined) {
    const sum = [number, before, Buffer.alloc(2), after].reduce(crc32c, superblock.checksumSeed)
    if ((sum & 0xffff) !== expected) throw damaged(`the descriptor of group ${group} has a wrong checksum`)
  } else if (superblock.features.writeIncompatible & writeIncompatible.groupChecksums) {
    const sum = [superblock.uuid, number, before, after].reduce(crc16, 0xffff)
    if (sum !== expected) throw damaged(`the descriptor of group ${group} has a wrong checksum`)
  }
}

/** Byte offsets of a group's descriptor and of its copies. */
function* descriptorPlaces(superblock: Superblock, group: number): Generator<number> {
  const { blockBytes, descriptorBytes } = superblock
  const perBlock = blockBytes / descriptorBytes
  const block = Math.floor(group / perBlock)
  const within = (group % perBlock) * descriptorBytes
  for (const place of block < superblock.firstMetaGroup
    ? tableBlocks(superblock, block)
    : metaBlocks(superblock, block * perBlock, perBlock)) {
    yield place * blockBytes + within
  }
}

function* tableBlocks(superblock: Superblock, block: number): Generator<number> {
  yield (superblock.blockBytes === 1024 ? 2 : 1) + block
  for (const group of [1, 3, 5, 7, 9, ...superblock.copyGroups]) {
    if (group > 0 && group < superblock.groups && hasCopy(superblock, group)) {
      yield firstBlockOf(superblock, group) + 1 + block
    }
  }
}

/** With `meta_bg` the first, second and last group of as many as fit one block of descriptors hold that block. */
function* metaBlocks(superblock: Superblock, first: number, perBlock: number): Generator<number> {
  for (const group of [first, first + 1, first + perBlock - 1]) {
    if (group >= superblock.groups) continue
    // A volume of 1 KiB blocks whose first is 0 has its boot block before the superblock in group 0.
    const boot = group === 0 && superblock.blockBytes === 1024 && superblock.firstBlock === 0 ? 1 : 0
    yield firstBlockOf(superblock, group) + (hasCopy(superblock, group) ? 1 : 0) + boot
  }
}

function firstBlockOf({ firstBlock, blocksPerGroup }: Superblock, group: number): number {
  return firstBlock + group * blocksPerGroup
}

function hasCopy({ features, copyGroups }: Superblock, group: number): boolean {
  if (group === 0) return true
  if (features.compatible & compatible.twoCopies) return copyGroups.includes(group)
  if (group === 1 || (features.writeIncompatible & writeIncompatible.sparseCopies) === 0) return true
  return [3, 5, 7].some((base) => isPowerOf(base, group))
}

function isPowerOf(base: number, value: number): boolean {
  let power = base
  while (power < value) power *= base
  return power === value
}
