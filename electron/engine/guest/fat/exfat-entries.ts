import { safe64 } from '../bytes.ts'
import type { FileFacts } from '../guest.ts'
import type { Start } from './chain.ts'
import { attribute, attributesOf, entryBytes } from './entries.ts'
import { dosTime } from './times.ts'

/** Types of entries in use ("exFAT file system specification", §7). */
export const entryType = { end: 0x00, bitmap: 0x81, upcase: 0x82, label: 0x83, file: 0x85, stream: 0xc0, name: 0xc1 }

/** The set of entries that describes one file or folder. `start` is undefined where nothing is allocated. */
export type ExfatEntry = {
  readonly name: string
  readonly isFolder: boolean
  readonly start: Start | undefined
  readonly sizeBytes: number
  readonly validBytes: number
  readonly facts: FileFacts
}

/** How many entries belong to the set that this file entry begins, itself among them; 0 where it can be no set. */
export function setLength(file: Buffer): number {
  const secondary = file.readUInt8(1)
  return secondary < 2 || secondary > 18 ? 0 : secondary + 1
}

/** Answers what is wrong where the set does not pass its checksum or does not hold together. */
export function readSet(set: Buffer, clusterBytes: number): ExfatEntry | string {
  if (setChecksum(set) !== set.readUInt16LE(2)) return 'its entries do not pass their checksum'
  const stream = set.subarray(entryBytes, 2 * entryBytes)
  if (stream.readUInt8(0) !== entryType.stream) return 'it has no stream entry'
  const name = nameIn(set, stream.readUInt8(3))
  if (name === undefined) return 'its name is cut off'
  const content = contentIn(stream, clusterBytes)
  if (content === undefined) return 'its length cannot be right'
  const bits = set.readUInt16LE(4)
  const isFolder = (bits & attribute.folder) !== 0
  const { start, sizeBytes } = content
  const allocatedBytes = start === undefined ? 0 : Math.ceil(sizeBytes / clusterBytes) * clusterBytes
  const facts: FileFacts = {
    kind: isFolder ? 'folder' : 'file',
    sizeBytes: isFolder ? 0 : sizeBytes,
    ...(isFolder ? {} : { allocatedBytes }),
    ...timesOf(set),
    attributes: attributesOf(bits),
  }
  return { name, isFolder, ...content, facts }
}

function contentIn(
  stream: Buffer,
  clusterBytes: number,
): Pick<ExfatEntry, 'start' | 'sizeBytes' | 'validBytes'> | undefined {
  const [sizeBytes, validBytes] = [safe64(stream, 24), safe64(stream, 8)]
  const cluster = stream.readUInt32LE(20)
  if (sizeBytes === undefined || validBytes === undefined || validBytes > sizeBytes) return undefined
  if (cluster === 0 && validBytes > 0) return undefined
  const inARow = (stream.readUInt8(1) & 2) === 0 ? undefined : Math.ceil(sizeBytes / clusterBytes)
  return { start: cluster === 0 || sizeBytes === 0 ? undefined : { cluster, inARow }, sizeBytes, validBytes }
}

/** What is left of a name whose set does not pass, for showing that something is there. */
export function nameLeft(set: Buffer): string {
  return nameIn(set, set.readUInt8(entryBytes + 3)) ?? ''
}

function nameIn(set: Buffer, length: number): string | undefined {
  const parts: string[] = []
  for (let at = 2 * entryBytes; at + entryBytes <= set.length && parts.length * 15 < length; at += entryBytes) {
    if (set.readUInt8(at) !== entryType.name) return undefined
    parts.push(set.toString('utf16le', at + 2, at + entryBytes))
  }
  const name = parts.join('').slice(0, length)
  return name.length === length && length > 0 ? name : undefined
}

function setChecksum(set: Buffer): number {
  let sum = 0
  for (let at = 0; at < set.length; at++) {
    if (at !== 2 && at !== 3) sum = (((sum & 1) << 15) + (sum >> 1) + (set[at] ?? 0)) & 0xffff
  }
  return sum
}

function timesOf(set: Buffer): Pick<FileFacts, 'modifiedAt' | 'createdAt' | 'accessedAt'> {
  const at = (place: number, hundredths: number, zone: number) =>
    dosTime(set.readUInt16LE(place + 2), set.readUInt16LE(place), hundredths, quarters(set.readUInt8(zone)))
  const createdAt = at(8, set.readUInt8(20), 22)
  const modifiedAt = at(12, set.readUInt8(21), 23)
  const accessedAt = at(16, 0, 24)
  return {
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
    ...(accessedAt === undefined ? {} : { accessedAt }),
  }
}

/** Seven bits with a sign; without the eighth bit the zone is unknown, and the time taken for UTC. */
function quarters(zone: number): number {
  if ((zone & 0x80) === 0) return 0
  return (zone & 0x40) === 0 ? zone & 0x3f : (zone & 0x3f) - 64
}
