import type { ContentKind, FileEntry, FileKind, VolumeNote } from '../../../shared/files.ts'
import type { ReadableDisk } from '../disk/disk.ts'

/**
 * What a reader of a file system promises. Everything on a guest's disk is hostile until checked: a reader bounds what it allocates
 * and how far it follows, answers only bytes that it is sure of (checksums are checked where the file system has them), and else
 * fails with `file-system-damaged`. Nothing is ever written.
 */

/** A file's place in its file system: an inode or record number as text, whatever its reader needs to find it. Opaque to others. */
export type NodeRef = string

/** Nanoseconds since 1970 in UTC. */
export type GuestTime = bigint

export type FileFacts = {
  readonly kind: FileKind
  /** Of a link the length of its target. */
  readonly sizeBytes: number
  readonly allocatedBytes?: number
  readonly modifiedAt?: GuestTime
  readonly changedAt?: GuestTime
  readonly accessedAt?: GuestTime
  readonly createdAt?: GuestTime
  /** The lower twelve bits of POSIX's mode. */
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly links?: number
  /** Where a symbolic link (or junction) points, as it stands in it. */
  readonly target?: string
  readonly device?: { readonly major: number; readonly minor: number }
  readonly attributes?: NonNullable<FileEntry['attributes']>
  /** Alternate data streams. */
  readonly streams?: readonly { readonly name: string; readonly sizeBytes: number }[]
}

/** `facts` are undefined where the entry is there but what it names cannot be read; `problem` then says why. */
export type FolderEntry = {
  readonly name: string
  readonly ref: NodeRef
  readonly facts: FileFacts | undefined
  readonly problem?: string
}

export type FileSystem = AsyncDisposable & {
  readonly content: ContentKind
  readonly label: string | undefined
  readonly uuid: string | undefined
  readonly notes: readonly VolumeNote[]
  /**
   * A hash of what the reader keeps in mind from opening and that a listing depends on beside what it reads itself (where the inode
   * tables lie, where the MFT lies): two points with the same layout, and the same bytes wherever a listing read, list the same. A
   * reader keeps nothing else between calls; caching is done below it, by the disk that it is given.
   */
  readonly layout: string
  /** Ranges of the disk that the reader sees otherwise than they lie there, because a journal was replayed. */
  readonly overlaid: readonly { readonly start: number; readonly end: number }[]
  readonly root: NodeRef
  /** Fails with `file-not-found` where nothing in use has this reference, else as reading does. */
  facts(ref: NodeRef, signal: AbortSignal): Promise<FileFacts>
  /**
   * The entries of a folder without `.` and `..`, in batches of at most a few thousand, in the order of the disk. Fails with
   * `invalid-argument` for what is no folder.
   */
  list(ref: NodeRef, signal: AbortSignal): AsyncIterable<readonly FolderEntry[]>
  /** The entry of this name; where the file system ignores case, so does this. By an index on the disk where there is one. */
  find(ref: NodeRef, name: string, signal: AbortSignal): Promise<FolderEntry | undefined>
  /**
   * The bytes of a file, or of one of its streams: a disk like any other (holes are not `allocated`). Its reads fail with
   * `file-system-damaged`, and with `volume-unsupported` for content that is encrypted or packed in a way unknown to the reader.
   */
  open(ref: NodeRef, stream: string | undefined, signal: AbortSignal): Promise<ReadableDisk>
}

/** Opens a reader on the bytes of one volume; owns nothing of `disk`. Fails with `volume-unsupported` and `file-system-damaged`. */
export type OpenFileSystem = (disk: ReadableDisk, signal: AbortSignal) => Promise<FileSystem>
