import { Failure } from '../../../../shared/failure.ts'
import { inodeTableOf } from './groups.ts'
import { foreseen } from './inode.ts'
import type { ExtVolume } from './volume.ts'

/** 8 TiB in blocks of 4 KiB; of a larger volume nothing is kept. */
const mostGroups = 65_536
/** So many that are damaged in all copies: looking for the others would take long. */
const mostDamaged = 64

/**
 * Where the inodes of every group begin; undefined where that could not be learned. Descriptors lie beside the superblock and count
 * what is free, so that they change with every file; where the inodes lie does not.
 */
export async function inodeTables(volume: ExtVolume, signal: AbortSignal): Promise<readonly (number | undefined)[]> {
  const tables: (number | undefined)[] = []
  const { groups } = volume.superblock
  let damaged = 0
  for (let group = 0; group < groups && groups <= mostGroups && damaged < mostDamaged; group++) {
    const table = await foreseen(inodeTableOf(volume, group, signal))
    if (table instanceof Failure) damaged++
    tables.push(table instanceof Failure ? undefined : table)
  }
  return tables
}
