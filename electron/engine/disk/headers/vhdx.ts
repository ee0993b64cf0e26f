import { KiB } from '../../../../shared/units.ts'
import { type HeaderSource, hostile, type ImageInfo, needSafe, readHeader, refuse } from './header.ts'

/** Source: [MS-VHDX]. All little-endian; ids are GUIDs in the byte order of Windows. */
const regionTableOffset = 192 * KiB
const metadataRegion = guid('8B7CA206-4790-4B9A-B8FE-575F050F886E')
const items = {
  parameters: guid('CAA16737-FA36-4D43-B3B6-33F0AA44E76B'),
  size: guid('2FA54224-CD1B-4876-B211-5DBED83BF4B8'),
  parentLocator: guid('A8D35F2D-B30B-454D-ABF7-D3D84834AB0C'),
} as const

const hasParentBit = 2
const entryBytes = 32
const regionLimit = 2047
const itemLimit = 1023

type Region = { readonly offset: number; readonly lengthBytes: number }

export async function parseVhdx(source: HeaderSource): Promise<ImageInfo> {
  const identifier = await readHeader(source, 0, 8)
  if (identifier.toString('latin1') !== 'vhdxfile') throw refuse('not a VHDX image')
  const region = await findMetadata(source)
  const table = await readHeader(source, region.offset, entryBytes)
  const count = table.readUInt16LE(10)
  if (table.toString('latin1', 0, 8) !== 'metadata' || count > itemLimit) throw refuse('its metadata table is damaged')
  const entries = await readHeader(source, region.offset + entryBytes, count * entryBytes)
  if (find(entries, items.parentLocator) !== undefined) throw hostile('it names a parent image')
  const parameters = await readItem(source, region, find(entries, items.parameters))
  if ((parameters.readUInt32LE(4) & hasParentBit) !== 0) throw hostile('it is a difference to another image')
  const size = await readItem(source, region, find(entries, items.size))
  return { sizeBytes: needSafe(size.readBigUInt64LE(0), 'a size'), rewritable: true }
}

async function findMetadata(source: HeaderSource): Promise<Region> {
  const head = await readHeader(source, regionTableOffset, 16)
  const count = head.readUInt32LE(8)
  if (head.toString('latin1', 0, 4) !== 'regi' || count > regionLimit) throw refuse('its region table is damaged')
  const entries = await readHeader(source, regionTableOffset + 16, count * entryBytes)
  const entry = find(entries, metadataRegion)
  if (entry === undefined) throw refuse('it has no metadata')
  return { offset: needSafe(entry.readBigUInt64LE(16), 'an offset'), lengthBytes: entry.readUInt32LE(24) }
}

/** The entry of 32 bytes that begins with an id. */
function find(entries: Buffer, id: Buffer): Buffer | undefined {
  for (let at = 0; at + entryBytes <= entries.length; at += entryBytes) {
    const entry = entries.subarray(at, at + entryBytes)
    if (entry.subarray(0, id.length).equals(id)) return entry
  }
  return undefined
}

/** Both items that are read have 8 bytes. */
async function readItem(source: HeaderSource, region: Region, entry: Buffer | undefined): Promise<Buffer> {
  if (entry === undefined) throw refuse('its metadata lack an item')
  const offset = entry.readUInt32LE(16)
  if (offset + 8 > region.lengthBytes) throw refuse('an item lies outside the metadata')
  return await readHeader(source, region.offset + offset, 8)
}

function guid(text: string): Buffer {
  const bytes = Buffer.from(text.replaceAll('-', ''), 'hex')
  bytes.subarray(0, 4).swap32()
  bytes.subarray(4, 8).swap16()
  return bytes
}
