import * as z from 'zod/mini'
import { machineId } from './machine.ts'
import { pointId } from './point.ts'

/** What lies on a volume, by its own signature; `empty` has none and is all zeroes where signatures would be. */
export const contentKinds = [
  'ext2',
  'ext3',
  'ext4',
  'xfs',
  'ntfs',
  'fat12',
  'fat16',
  'fat32',
  'exfat',
  'btrfs',
  'apfs',
  'hfs-plus',
  'iso9660',
  'udf',
  'squashfs',
  'refs',
  'zfs',
  'swap',
  'luks',
  'bitlocker',
  'lvm2-member',
  'raid-member',
  'empty',
  'unknown',
] as const
export const contentKind = z.enum(contentKinds)
export type ContentKind = z.infer<typeof contentKind>

/** Who reads it: a reader of ours, 7-Zip in a worker, or libguestfs where it is installed. */
export const volumeReaders = ['own', '7-zip', 'libguestfs'] as const
export type VolumeReader = (typeof volumeReaders)[number]

/** Why nobody reads a volume. The window has a sentence for each. */
export const volumeRefusals = [
  /** Nothing a person would look for: swap, a member of a volume group, nothing at all. */
  'no-files',
  'encrypted',
  'thin-volume',
  /** A volume group or an array of which a disk is missing in this point. */
  'disk-missing',
  'lvm-layout',
  'raid',
  /** Only libguestfs could, and it is not installed. */
  'needs-libguestfs',
  'feature-unknown',
  'damaged',
  'unknown-content',
] as const
export type VolumeRefusal = (typeof volumeRefusals)[number]

/** What a person should know of how it was read. */
export const volumeNotes = [
  /** Its journal held changes that were taken into account, as mounting it would. */
  'journal-replayed',
  /** Its journal holds changes that are not shown: the newest files may be missing. */
  'journal-ignored',
  /** It was in use when the point was made. */
  'unclean',
  /** Parts of it could not be read; what is listed is right, but not everything is. */
  'partly-damaged',
] as const
export type VolumeNote = (typeof volumeNotes)[number]

/** Of one machine the same in every point in which its disks are cut the same way: `vda`, `vda/2`, `vg0/root`. */
export const volumeId = z.string().check(z.minLength(1), z.maxLength(300))
export type VolumeId = z.infer<typeof volumeId>

export const volume = z.object({
  id: volumeId,
  kind: z.enum(['disk', 'partition', 'logical-volume']),
  /** Disks of the point on which it lies. */
  disks: z.array(z.string()),
  /** What the partition table or the volume group calls it. */
  name: z.optional(z.string()),
  sizeBytes: z.number(),
  content: contentKind,
  label: z.optional(z.string()),
  uuid: z.optional(z.string()),
  reader: z.optional(z.enum(volumeReaders)),
  refusal: z.optional(z.enum(volumeRefusals)),
  /** What was found, in English, for "copy details". */
  told: z.optional(z.string()),
  notes: z.array(z.enum(volumeNotes)),
})
export type Volume = z.infer<typeof volume>

export const fileKinds = ['file', 'folder', 'link', 'char-device', 'block-device', 'pipe', 'socket', 'other'] as const
export const fileKind = z.enum(fileKinds)
export type FileKind = z.infer<typeof fileKind>

/**
 * From the root of a volume: `/` alone, or `/` before each name. Names are the guest's own and hostile until shown otherwise; a byte
 * that is no UTF-8 is the lone surrogate U+DC80–U+DCFF that stands for it (PEP 383), so that every name can be told and found again.
 */
export const filePath = z.string().check(z.minLength(1), z.maxLength(16_384), z.startsWith('/'))
export type FilePath = z.infer<typeof filePath>

export const fileAttributes = [
  'read-only',
  'hidden',
  'system',
  'archive',
  'compressed',
  'sparse',
  'encrypted',
  'immutable',
  'append-only',
  'reparse-point',
] as const

/** Times are milliseconds since 1970 in UTC, with fractions; absent where the file system has none. */
export const fileEntry = z.object({
  name: z.string(),
  kind: fileKind,
  sizeBytes: z.number(),
  modifiedAt: z.optional(z.number()),
  changedAt: z.optional(z.number()),
  createdAt: z.optional(z.number()),
  /** The lower twelve bits of POSIX. */
  mode: z.optional(z.number()),
  uid: z.optional(z.number()),
  gid: z.optional(z.number()),
  /** Where a link points, as it stands in it. */
  target: z.optional(z.string()),
  attributes: z.optional(z.array(z.enum(fileAttributes))),
  /** Why nothing more is known of it, in English: it is there, but damaged. */
  problem: z.optional(z.string()),
})
export type FileEntry = z.infer<typeof fileEntry>

export const fileDetails = z.object({
  ...fileEntry.shape,
  path: filePath,
  accessedAt: z.optional(z.number()),
  allocatedBytes: z.optional(z.number()),
  links: z.optional(z.number()),
  /** The file's number in its file system. */
  node: z.string(),
  device: z.optional(z.object({ major: z.number(), minor: z.number() })),
  /** Alternate data streams. */
  streams: z.array(z.object({ name: z.string(), sizeBytes: z.number() })),
})
export type FileDetails = z.infer<typeof fileDetails>

/** NTFS allows 255 units of UTF-16. */
const streamName = z.string().check(z.minLength(1), z.maxLength(255))

/** One file or folder of one point. */
export const fileRef = z.object({ pointId, volumeId, path: filePath, stream: z.optional(streamName) })
export type FileRef = z.infer<typeof fileRef>

export const fileChanges = ['new', 'changed', 'gone'] as const
export type FileChange = (typeof fileChanges)[number]

/** What a folder would show that it does not, and the reverse: seen from the later of two points. */
export const changedFile = z.object({
  volumeId,
  path: filePath,
  change: z.enum(fileChanges),
  before: z.optional(fileEntry),
  after: z.optional(fileEntry),
})
export type ChangedFile = z.infer<typeof changedFile>

/** One content of a path: size, time and kind were the same in all of `pointIds`, the newest first. */
export const fileVersion = z.object({
  kind: fileKind,
  sizeBytes: z.number(),
  modifiedAt: z.optional(z.number()),
  pointIds: z.array(pointId),
})
export type FileVersion = z.infer<typeof fileVersion>

export const fileHit = z.object({
  machineId,
  volumeId,
  path: filePath,
  kind: fileKind,
  sizeBytes: z.number(),
  modifiedAt: z.optional(z.number()),
  /** The newest point that has it. */
  pointId,
  pointAt: z.number(),
  /** How many contents are known. */
  versions: z.number(),
  /** The first point in which it is not there any more. */
  goneSince: z.optional(z.number()),
})
export type FileHit = z.infer<typeof fileHit>

/** How much of a machine's points can be searched without a look into a repository. */
export const fileIndex = z.object({
  machineId,
  enabled: z.boolean(),
  points: z.number(),
  indexed: z.number(),
  entries: z.number(),
  /** Volumes whose files nobody reads, or that could not be read. */
  skipped: z.number(),
  bytes: z.optional(z.number()),
})
export type FileIndex = z.infer<typeof fileIndex>

export const fileTarget = z.discriminatedUnion('kind', [
  /** A folder of the machine on which the engine runs. What is there stays: a name that is taken gets a number. */
  z.object({ kind: z.literal('folder'), folder: z.string().check(z.minLength(1), z.maxLength(4096)) }),
  /** A folder inside a running machine, through its guest agent. */
  z.object({ kind: z.literal('machine'), machineId, folder: z.string().check(z.minLength(1), z.maxLength(4096)) }),
  /** A folder of the console's own, from which a window can drag them on; it goes when the engine ends. */
  z.object({ kind: z.literal('shelf') }),
])
export type FileTarget = z.infer<typeof fileTarget>

/** What came of a restore of files. */
export const fileReport = z.object({
  files: z.number(),
  folders: z.number(),
  links: z.number(),
  bytes: z.number(),
  /** Names that had to be written otherwise, and what was not written at all; the first thousand of each. */
  renamed: z.array(z.object({ path: z.string(), as: z.string() })),
  skipped: z.array(z.object({ path: z.string(), why: z.string() })),
})
export type FileReport = z.infer<typeof fileReport>
