import type { ContentKind } from '../../../../shared/files.ts'
import { guidText, textOf, uuidText } from '../bytes.ts'
import { fatShape } from '../fat/shape.ts'

export type Content = {
  readonly kind: ContentKind
  readonly label?: string | undefined
  readonly uuid?: string | undefined
  readonly told?: string
}

type Probe = (head: Buffer, sizeBytes: number) => Content | undefined

/**
 * In the first 68 KiB. Strong signatures in the first sector come before those further in, which a later format may have left
 * where they were; FAT, which has none worth the name, is taken only when its whole description holds together.
 */
export function signatureIn(head: Buffer, sizeBytes: number): Content | undefined {
  for (const probe of probes) {
    const content = probe(head, sizeBytes)
    if (content !== undefined) return content
  }
  return undefined
}

const luks: Probe = (head) => {
  if (head.toString('latin1', 0, 6) !== 'LUKS\xba\xbe') return undefined
  const version = head.readUInt16BE(6)
  const label = version === 2 ? textOf(head.subarray(24, 72), 'utf8') : undefined
  return { kind: 'luks', label, uuid: textOf(head.subarray(168, 208), 'latin1'), told: `LUKS ${version}` }
}

const xfs: Probe = (head) =>
  head.toString('latin1', 0, 4) === 'XFSB'
    ? { kind: 'xfs', label: textOf(head.subarray(108, 120), 'utf8'), uuid: uuidText(head.subarray(32, 48)) }
    : undefined

/** BitLocker's boot sector has its own name where NTFS's is; To Go keeps a FAT description and tells itself by its GUID. */
const bitlocker: Probe = (head) => {
  const toGo = guidText(head.subarray(424, 440)) === '4967d63b-2e29-4ad8-8399-f6a339e3d001'
  return head.toString('latin1', 3, 11) === '-FVE-FS-' || toGo ? { kind: 'bitlocker' } : undefined
}

const ntfs: Probe = (head) =>
  head.toString('latin1', 3, 11) === 'NTFS    '
    ? { kind: 'ntfs', uuid: head.readBigUInt64LE(72).toString(16).toUpperCase().padStart(16, '0') }
    : undefined

const exfat: Probe = (head) =>
  head.toString('latin1', 3, 11) === 'EXFAT   ' ? { kind: 'exfat', uuid: serial(head.readUInt32LE(100)) } : undefined

const refs: Probe = (head) => (head.toString('latin1', 3, 11) === 'ReFS\0\0\0\0' ? { kind: 'refs' } : undefined)

const squashfs: Probe = (head) => (head.toString('latin1', 0, 4) === 'hsqs' ? { kind: 'squashfs' } : undefined)

const apfs: Probe = (head) =>
  head.toString('latin1', 32, 36) === 'NXSB' ? { kind: 'apfs', uuid: uuidText(head.subarray(72, 88)) } : undefined

/** A label may stand in any of the first four sectors; its checksums are looked at by the volume group's own room. */
const lvm: Probe = (head) => {
  for (const at of [512, 0, 1024, 1536]) {
    if (
      head.toString('latin1', at, at + 8) === 'LABELONE' &&
      head.toString('latin1', at + 24, at + 32) === 'LVM2 001'
    ) {
      return { kind: 'lvm2-member' }
    }
  }
  return undefined
}

const fat: Probe = (head, sizeBytes) => {
  const shape = fatShape(head.subarray(0, 512), sizeBytes)
  if (typeof shape === 'string') return undefined
  const label = shape.label === 'NO NAME' ? undefined : shape.label
  return { kind: shape.kind, label, uuid: shape.serial === undefined ? undefined : serial(shape.serial) }
}

const featuresOfExt4 = { incompatible: ~(0x2 | 0x4 | 0x10), readOnly: ~(0x1 | 0x2 | 0x4) }

/** Told apart as blkid does: by features that its elder does not know. */
const ext: Probe = (head) => {
  if (head.readUInt16LE(1024 + 56) !== 0xef53 || head.readUInt32LE(1024 + 24) > 6) return undefined
  const [compatible, incompatible, readOnly] = [92, 96, 100].map((at) => head.readUInt32LE(1024 + at))
  const label = textOf(head.subarray(1024 + 120, 1024 + 136), 'utf8')
  const uuid = uuidText(head.subarray(1024 + 104, 1024 + 120))
  if (((incompatible ?? 0) & 0x8) !== 0) return { kind: 'unknown', label, uuid, told: 'a journal of another volume' }
  const isLater =
    ((incompatible ?? 0) & featuresOfExt4.incompatible) !== 0 || ((readOnly ?? 0) & featuresOfExt4.readOnly) !== 0
  if (isLater) return { kind: 'ext4', label, uuid }
  return { kind: ((compatible ?? 0) & 0x4) === 0 ? 'ext2' : 'ext3', label, uuid }
}

const hfsPlus: Probe = (head) => {
  const magic = head.toString('latin1', 1024, 1026)
  const isWrapped = magic === 'BD' && head.toString('latin1', 1024 + 124, 1024 + 126) === 'H+'
  return magic === 'H+' || magic === 'HX' || isWrapped ? { kind: 'hfs-plus' } : undefined
}

/** The signature ends the first page, whose size is the machine's. */
const swap: Probe = (head) => {
  for (const page of [4096, 8192, 16_384, 65_536]) {
    const signature = head.toString('latin1', page - 10, page)
    if (signature !== 'SWAPSPACE2' && signature !== 'SWAP-SPACE') continue
    return { kind: 'swap', label: textOf(head.subarray(1052, 1068), 'utf8'), uuid: uuidText(head.subarray(1036, 1052)) }
  }
  return undefined
}

const btrfs: Probe = (head) => {
  const at = 64 * 1024
  if (head.toString('latin1', at + 64, at + 72) !== '_BHRfS_M') return undefined
  const label = textOf(head.subarray(at + 299, at + 299 + 256), 'utf8')
  return { kind: 'btrfs', label, uuid: uuidText(head.subarray(at + 32, at + 48)) }
}

/** ECMA-167 puts its volume structures behind the ones of ISO 9660; a disc may have both, then UDF is the one that counts. */
const optical: Probe = (head) => {
  const names = [0, 1, 2, 3, 4, 5, 6, 7].map((at) => head.toString('latin1', 32_769 + at * 2048, 32_774 + at * 2048))
  if (names.some((name) => name === 'NSR02' || name === 'NSR03')) return { kind: 'udf' }
  if (names[0] !== 'CD001') return undefined
  return { kind: 'iso9660', label: textOf(head.subarray(32_768 + 40, 32_768 + 72), 'latin1') }
}

const probes: readonly Probe[] = [
  luks,
  xfs,
  bitlocker,
  ntfs,
  exfat,
  refs,
  squashfs,
  apfs,
  lvm,
  fat,
  ext,
  hfsPlus,
  swap,
  btrfs,
  optical,
]

function serial(value: number): string {
  const hex = value.toString(16).toUpperCase().padStart(8, '0')
  return `${hex.slice(0, 4)}-${hex.slice(4)}`
}
