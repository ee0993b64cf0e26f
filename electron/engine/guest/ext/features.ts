import { Failure } from '../../../../shared/failure.ts'

/** Incompatible features: who does not know one must not read. Values as in the superblock's `s_feature_incompat`. */
export const incompatible = {
  compression: 0x1,
  fileType: 0x2,
  recover: 0x4,
  journalDevice: 0x8,
  metaGroups: 0x10,
  extents: 0x40,
  wide: 0x80,
  mountProtection: 0x100,
  flexibleGroups: 0x200,
  attributeInodes: 0x400,
  folderData: 0x1000,
  checksumSeed: 0x2000,
  largeFolders: 0x4000,
  inlineData: 0x8000,
  encryption: 0x10000,
  caseFolding: 0x20000,
} as const

/** Features that matter for reading among those that are incompatible only with writing. */
export const writeIncompatible = {
  sparseCopies: 0x1,
  largeFiles: 0x2,
  treeFolders: 0x4,
  hugeFiles: 0x8,
  groupChecksums: 0x10,
  bigClusters: 0x200,
  checksums: 0x400,
} as const

/** Compatible features that tell the reader something. */
export const compatible = { journal: 0x4, folderIndex: 0x20, twoCopies: 0x200 } as const

export type Features = {
  readonly compatible: number
  readonly incompatible: number
  readonly writeIncompatible: number
}

/** What this reader cannot read, by the names that mke2fs has for it. */
const refused: readonly (readonly [number, string])[] = [
  [incompatible.compression, 'compression'],
  [incompatible.journalDevice, 'journal_dev'],
  [incompatible.folderData, 'dirdata'],
]

const known = Object.values(incompatible).reduce((all, bit) => all | bit, 0)

/** Fails with `volume-unsupported`, naming the features. */
export function needKnownFeatures(features: Features): void {
  const names = refused.filter(([bit]) => features.incompatible & bit).map(([, name]) => name)
  for (let bit = 0; bit < 32; bit++) {
    const unknown = (features.incompatible & ~known) >>> bit
    if (unknown & 1) names.push(`incompatible feature 0x${(2 ** bit).toString(16)}`)
  }
  if (names.length > 0) throw new Failure('volume-unsupported', `ext features that are not read: ${names.join(', ')}`)
}

/** The drivers of ext2 and ext3 know these; anything beyond makes an ext4, as `blkid` has it. */
const beforeExt4 = {
  incompatible: incompatible.fileType | incompatible.recover | incompatible.metaGroups,
  writeIncompatible: writeIncompatible.sparseCopies | writeIncompatible.largeFiles | writeIncompatible.treeFolders,
}

export function kindOf(features: Features): 'ext2' | 'ext3' | 'ext4' {
  const newer =
    (features.incompatible & ~beforeExt4.incompatible) | (features.writeIncompatible & ~beforeExt4.writeIncompatible)
  if (newer !== 0) return 'ext4'
  return features.compatible & compatible.journal ? 'ext3' : 'ext2'
}
