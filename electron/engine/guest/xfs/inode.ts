import { Failure } from '../../../../shared/failure.ts'
import type { FileKind } from '../../../../shared/files.ts'
import { readAt } from '../bytes.ts'
import { damaged, u64 } from './damage.ts'
import { inodeOffset } from './geometry.ts'
import { type Block, needStamp, type Stamp, type XfsVolume } from './volume.ts'

/** How the data fork, what follows the core, tells where the content is. */
type ForkForm = 'device' | 'local' | 'extents' | 'tree'

export type Inode = {
  readonly number: number
  readonly kind: FileKind
  readonly mode: number
  readonly form: ForkForm
  readonly sizeBytes: number
  readonly blocks: number
  /** How many mappings the data fork has. */
  readonly mappings: number
  readonly uid: number
  readonly gid: number
  readonly links: number
  readonly accessedAt: bigint
  readonly modifiedAt: bigint
  readonly changedAt: bigint
  readonly createdAt: bigint | undefined
  readonly flags: number
  readonly fork: Buffer
}

const stamp: Stamp = { checksumAt: 100, uuidAt: 160, ownerAt: 152 }
const magic = 0x494e
export const onRealTimeDevice = 0x1

const kinds: Readonly<Record<number, FileKind>> = {
  1: 'pipe',
  2: 'char-device',
  4: 'folder',
  6: 'block-device',
  8: 'file',
  10: 'link',
  12: 'socket',
}

const forms: Readonly<Record<number, ForkForm>> = { 0: 'device', 1: 'local', 2: 'extents', 3: 'tree' }

const formsOf: Partial<Record<FileKind, readonly ForkForm[]>> = {
  file: ['extents', 'tree'],
  folder: ['local', 'extents', 'tree'],
  link: ['local', 'extents'],
}

/** Fails with `file-not-found` where the inode is free. */
export async function readInode(volume: XfsVolume, number: number, signal: AbortSignal): Promise<Inode> {
  const offset = inodeOffset(volume.geometry, number)
  const { inodeBytes } = volume.geometry
  const bytes = await readAt(volume.disk, offset, inodeBytes, signal)
  return decodeInode(volume, number, { bytes, offset, replayed: volume.replayed(offset, inodeBytes) })
}

/** `struct xfs_dinode` of versions 1 to 3, and the data fork behind it. */
export function decodeInode(volume: XfsVolume, number: number, block: Block): Inode {
  const { bytes } = block
  if (bytes.readUInt16BE(0) !== magic) throw damaged(`there is no inode ${number}`)
  const version = bytes.readUInt8(4)
  if (volume.geometry.version === 5 ? version !== 3 : version !== 1 && version !== 2) {
    throw damaged(`inode ${number} is of version ${version}`)
  }
  needStamp(volume, block, stamp, number, `inode ${number}`)
  const mode = bytes.readUInt16BE(2)
  if (mode === 0) throw new Failure('file-not-found', `XFS: inode ${number} is not in use`)
  const kind = kinds[mode >>> 12] ?? 'other'
  return { ...coreOf(bytes, version), number, kind, mode: mode & 0o7777, ...forkOf(bytes, number, kind, version) }
}

type Core = Omit<Inode, 'number' | 'kind' | 'mode' | 'form' | 'fork' | 'mappings' | 'sizeBytes'>

function coreOf(bytes: Buffer, version: number): Core {
  const big = version === 3 && (bytes.readUInt32BE(124) & 0x8) !== 0
  return {
    blocks: u64(bytes, 64),
    uid: bytes.readUInt32BE(8),
    gid: bytes.readUInt32BE(12),
    links: version === 1 ? bytes.readUInt16BE(6) : bytes.readUInt32BE(16),
    accessedAt: timeAt(bytes, 32, big),
    modifiedAt: timeAt(bytes, 40, big),
    changedAt: timeAt(bytes, 48, big),
    createdAt: version === 3 ? timeAt(bytes, 144, big) : undefined,
    flags: bytes.readUInt16BE(90),
  }
}

/** Big times count nanoseconds from the earliest moment of the small ones, 2^31 seconds before 1970. */
function timeAt(bytes: Buffer, at: number, big: boolean): bigint {
  if (big) return bytes.readBigUInt64BE(at) - 2n ** 31n * 1_000_000_000n
  return BigInt(bytes.readInt32BE(at)) * 1_000_000_000n + BigInt(bytes.readUInt32BE(at + 4))
}

function forkOf(bytes: Buffer, number: number, kind: FileKind, version: number) {
  const form = forms[bytes.readUInt8(5)]
  const start = version === 3 ? 176 : 100
  const attributesAt = bytes.readUInt8(82) * 8
  const fork = bytes.subarray(start, attributesAt === 0 ? bytes.length : start + attributesAt)
  const sizeBytes = u64(bytes, 56)
  const mappings = mappingsOf(bytes, version)
  const allowed = formsOf[kind] ?? ['device', 'extents']
  if (form === undefined || !allowed.includes(form)) throw damaged(`inode ${number} keeps its content in no known form`)
  if (start + attributesAt > bytes.length) throw damaged(`the forks of inode ${number} do not fit into it`)
  if (!Number.isSafeInteger(sizeBytes)) throw damaged(`inode ${number} has an impossible size`)
  if (form === 'local' && sizeBytes > fork.length) throw damaged(`the content of inode ${number} does not fit into it`)
  if (form === 'extents' && mappings * 16 > fork.length) {
    throw damaged(`${mappings} mappings do not fit into inode ${number}`)
  }
  return { form, fork, sizeBytes, mappings }
}

function mappingsOf(bytes: Buffer, version: number): number {
  const big = version === 3 && (bytes.readUInt32BE(124) & 0x10) !== 0
  return big ? u64(bytes, 24) : bytes.readUInt32BE(76)
}
