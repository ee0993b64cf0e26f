import { damaged, u64 } from '../damage.ts'
import type { Inode } from '../inode.ts'
import type { NamedInode } from './name.ts'

/** A folder inside its inode (`struct xfs_dir2_sf_hdr`): numbers have 8 bytes when one of them needs them, else 4. */
export function* shortFormEntries(inode: Inode, namesHaveKinds: boolean): Generator<NamedInode> {
  const bytes = inode.fork.subarray(0, inode.sizeBytes)
  const numberBytes = (bytes[1] ?? 0) > 0 ? 8 : 4
  const kindBytes = namesHaveKinds ? 1 : 0
  if (bytes.length < 2 + numberBytes) throw damaged(`folder ${inode.number} has no header`)
  let at = 2 + numberBytes
  for (let left = bytes.readUInt8(0); left > 0; left--) {
    const nameBytes = bytes[at] ?? 0
    const numberAt = at + 3 + nameBytes + kindBytes
    if (nameBytes === 0 || numberAt + numberBytes > bytes.length)
      throw damaged(`folder ${inode.number} ends in an entry`)
    yield { name: bytes.subarray(at + 3, at + 3 + nameBytes), inode: numberOf(bytes.subarray(numberAt), numberBytes) }
    at = numberAt + numberBytes
  }
}

function numberOf(bytes: Buffer, numberBytes: 4 | 8): number {
  return numberBytes === 8 ? u64(bytes, 0) : bytes.readUInt32BE(0)
}
