import { Failure } from '../../../../shared/failure.ts'
import type { FileFacts } from '../guest.ts'
import type { FatShape } from './shape.ts'
import { dosTime } from './times.ts'

export const entryBytes = 32

/** What the short entry of a file or folder tells. */
export type FatEntry = {
  readonly isFolder: boolean
  readonly cluster: number
  readonly sizeBytes: number
  readonly facts: FileFacts
}

export const attribute = { readOnly: 0x01, hidden: 0x02, system: 0x04, label: 0x08, folder: 0x10, archive: 0x20 }

/** All four lower bits at once: a part of a long name. */
function isLongPart(entry: Buffer): boolean {
  return (entry.readUInt8(11) & 0x3f) === 0x0f
}

/** `end` from where nothing more was ever written. */
export function roleOf(entry: Buffer): 'end' | 'deleted' | 'long' | 'label' | 'short' {
  const first = entry.readUInt8(0)
  if (first === 0) return 'end'
  if (first === 0xe5) return 'deleted'
  if (isLongPart(entry)) return 'long'
  return (entry.readUInt8(11) & attribute.label) === 0 ? 'short' : 'label'
}

export function readEntry(shape: FatShape, entry: Buffer): FatEntry {
  const isFolder = (entry.readUInt8(11) & attribute.folder) !== 0
  const high = shape.kind === 'fat32' ? entry.readUInt16LE(20) : 0
  const sizeBytes = isFolder ? 0 : entry.readUInt32LE(28)
  return {
    isFolder,
    cluster: high * 65_536 + entry.readUInt16LE(26),
    sizeBytes,
    facts: {
      kind: isFolder ? 'folder' : 'file',
      sizeBytes,
      ...(isFolder ? {} : { allocatedBytes: Math.ceil(sizeBytes / shape.clusterBytes) * shape.clusterBytes }),
      ...timesOf(entry),
      attributes: attributesOf(entry.readUInt8(11)),
    },
  }
}

/** The day of the last access has no hour. FAT's clock is the guest's own, its zone unknown: it is taken for UTC. */
function timesOf(entry: Buffer): Pick<FileFacts, 'modifiedAt' | 'createdAt' | 'accessedAt'> {
  const modifiedAt = dosTime(entry.readUInt16LE(24), entry.readUInt16LE(22), 0, 0)
  const createdAt = dosTime(entry.readUInt16LE(16), entry.readUInt16LE(14), entry.readUInt8(13), 0)
  const accessedAt = dosTime(entry.readUInt16LE(18), 0, 0, 0)
  return {
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(accessedAt === undefined ? {} : { accessedAt }),
  }
}

const told = [
  [attribute.readOnly, 'read-only'],
  [attribute.hidden, 'hidden'],
  [attribute.system, 'system'],
  [attribute.archive, 'archive'],
] as const

/** FAT's attributes, which exFAT has too. */
export function attributesOf(bits: number): NonNullable<FileFacts['attributes']> {
  return told.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name)
}

export function needFolder(isFolder: boolean): void {
  if (!isFolder) throw new Failure('invalid-argument', 'This is no folder')
}

export function needFile(isFolder: boolean, stream: string | undefined): void {
  if (isFolder) throw new Failure('invalid-argument', 'This is no file')
  if (stream !== undefined)
    throw new Failure('file-not-found', `There is no stream ${stream}: this file system has none`)
}
