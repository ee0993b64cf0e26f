import { Failure } from '../../../../shared/failure.ts'
import type { NodeRef } from '../guest.ts'
import { type Attribute, attributeTypes } from './attribute.ts'
import { type ListedAttribute, parseAttributeList } from './attribute-list.ts'
import { damaged } from './fields.ts'
import { type Mft, mostListBytes, readRecord } from './mft.ts'
import { type FileRecord, type FileReference, isSame } from './record.ts'
import { joinStream, readStream, type Stream } from './stream.ts'

/** A file with those of its attribute records that were asked for, out of all its file records. */
export type FileNode = FileReference & { readonly isFolder: boolean; readonly attributes: readonly Attribute[] }

/** Which attribute records are wanted: a fragmented file has thousands of records of runs that only reading it needs. */
export type Wanted = (attribute: Pick<ListedAttribute, 'type' | 'name' | 'firstVcn'>) => boolean

/** Record number and sequence, as text. */
export function refOf({ number, sequence }: FileReference): NodeRef {
  return `${number}:${sequence}`
}

export function parseRef(ref: NodeRef): FileReference {
  const [, number, sequence] = /^(\d{1,15}):(\d{1,5})$/.exec(ref) ?? []
  if (number === undefined || sequence === undefined) throw new Failure('file-not-found', `${ref} is no file of NTFS`)
  return { number: Number(number), sequence: Number(sequence) }
}

/** Fails with `file-not-found` where this reference is of no file in use, and with `file-system-damaged`. */
export async function loadNode(mft: Mft, at: FileReference, wanted: Wanted, signal: AbortSignal): Promise<FileNode> {
  return await gatherNode(mft, needFile(await readRecord(mft, at.number, signal), at), wanted, signal)
}

/** The record, if it is that of the file. Fails with `file-not-found`. */
export function needFile(record: FileRecord, at: FileReference): FileRecord {
  if (record.isInUse && record.base === undefined && isSame(record, at)) return record
  throw new Failure('file-not-found', `no file is ${refOf(at)}`)
}

/** The file whose own record this is. */
export async function gatherNode(mft: Mft, own: FileRecord, wanted: Wanted, signal: AbortSignal): Promise<FileNode> {
  const { number, sequence, isFolder } = own
  const attributes = own.attributes.filter((attribute) => wanted(keyOf(attribute)))
  for (const place of await furtherPlaces(mft, own, wanted, signal)) {
    signal.throwIfAborted()
    const record = await readRecord(mft, place.number, signal)
    const isOurs = record.isInUse && isSame(record, place) && record.base !== undefined && isSame(record.base, own)
    if (!isOurs) throw damaged(`file record ${place.number} is not of file ${number}`)
    attributes.push(...record.attributes.filter((attribute) => wanted(keyOf(attribute))))
  }
  return { number, sequence, isFolder, attributes }
}

function keyOf(attribute: Attribute): Parameters<Wanted>[0] {
  const { type, name } = attribute
  return { type, name, firstVcn: attribute.kind === 'resident' ? 0 : attribute.firstVcn }
}

async function furtherPlaces(mft: Mft, own: FileRecord, wanted: Wanted, signal: AbortSignal) {
  const lists = own.attributes.filter(({ type }) => type === attributeTypes.attributeList)
  if (lists.length === 0) return []
  const list = parseAttributeList(await readStream(mft.medium, joinStream(mft.medium, lists), mostListBytes, signal))
  const places = new Map<number, FileReference>()
  for (const entry of list)
    if (wanted(entry) && entry.place.number !== own.number) places.set(entry.place.number, entry.place)
  return [...places.values()]
}

/** The stream of this type and name. Undefined where there is none. */
export function streamOf(mft: Mft, node: FileNode, type: number, name: string): Stream | undefined {
  const records = node.attributes.filter((attribute) => attribute.type === type && attribute.name === name)
  return records.length === 0 ? undefined : joinStream(mft.medium, records)
}

/** The first value of this type that lies in a file record. */
export function residentOf({ attributes }: Pick<FileNode, 'attributes'>, type: number, name = ''): Buffer | undefined {
  for (const attribute of attributes) {
    if (attribute.type === type && attribute.name === name && attribute.kind === 'resident') return attribute.value
  }
  return undefined
}
