import { Failure } from '../../../../shared/failure.ts'
import type { Superblock } from './superblock.ts'

/** Incompatible features (`XFS_SB_FEAT_INCOMPAT_*`) by their bit, with whether this reader knows what they change. */
const incompatible: readonly { readonly name: string; readonly known: boolean }[] = [
  { name: 'ftype', known: true },
  { name: 'spinodes', known: true },
  { name: 'meta_uuid', known: true },
  { name: 'bigtime', known: true },
  { name: 'needsrepair', known: true },
  { name: 'nrext64', known: true },
  { name: 'exchange', known: true },
  { name: 'parent', known: true },
  { name: 'metadir', known: false },
  { name: 'zoned', known: false },
  { name: 'zone_gaps', known: false },
]

/** Read-only compatible features change nothing for a reader. Fails with `volume-unsupported`, naming what is unknown. */
export function needKnownFeatures({ features }: Superblock): void {
  const unknown: string[] = []
  for (let bit = 0; bit < 32; bit++) {
    if (((features.incompatible >>> bit) & 1) === 0 || incompatible[bit]?.known === true) continue
    unknown.push(incompatible[bit]?.name ?? `bit ${bit}`)
  }
  if (unknown.length === 0) return
  throw new Failure('volume-unsupported', `XFS: incompatible features that are not known here: ${unknown.join(', ')}`)
}

/** xfs_admin and xfs_repair leave this mark until a repair has been through. */
export function needsRepair({ features }: Superblock): boolean {
  return (features.incompatible & 0x10) !== 0
}

/** Bits of `XFS_SB_FEAT_INCOMPAT_LOG_*` but for extended attributes, which are not shown. */
export function unknownLogFeatures({ features }: Superblock): boolean {
  return (features.log & ~0x1) !== 0
}
