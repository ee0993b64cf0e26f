import { crc32 } from 'node:zlib'
import type { ReadableDisk } from '../../../disk/disk.ts'
import { glance, safe64 } from '../../bytes.ts'
import { parseText, type Section } from './text.ts'

const sectorBytes = 512
/** Labels stand in one of the first four sectors. */
const labelSectors = 4
/** Lists of areas end by themselves; a label has room for some twenty. */
const mostAreas = 32
/** The area that LVM makes by itself has 1 MiB. */
const longestTextBytes = 8 * 1024 * 1024
const areaMagic = ' LVM2 x[5A%r0N*>'
const ignoredFlag = 1

/** A physical volume as it tells of itself: its id without dashes, and the texts of its group that pass their checksum. */
export type Label = { readonly uuid: string; readonly texts: readonly Section[] }

/** Undefined where there is no label, or none that passes its checksum. */
export async function readLabel(disk: ReadableDisk, signal: AbortSignal): Promise<Label | undefined> {
  const head = await glance(disk, 0, labelSectors * sectorBytes, signal)
  for (let sector = 0; sector < labelSectors; sector++) {
    const label = head.subarray(sector * sectorBytes, (sector + 1) * sectorBytes)
    if (!isLabel(label, sector)) continue
    const header = label.subarray(label.readUInt32LE(20))
    const texts: Section[] = []
    for (const area of metadataAreas(header)) texts.push(...(await readArea(disk, area, signal)))
    return { uuid: header.toString('latin1', 0, 32), texts }
  }
  return undefined
}

function isLabel(label: Buffer, sector: number): boolean {
  if (label.toString('latin1', 0, 8) !== 'LABELONE' || label.toString('latin1', 24, 32) !== 'LVM2 001') return false
  const headerAt = label.readUInt32LE(20)
  const isPlaced = label.readBigUInt64LE(8) === BigInt(sector) && headerAt >= 32 && headerAt <= sectorBytes - 72
  return isPlaced && checksum(label.subarray(20)) === label.readUInt32LE(16)
}

type Area = { readonly start: number; readonly lengthBytes: number }

/** Two lists of places, each ended by a zero: where data lies, then where metadata lies. */
function metadataAreas(header: Buffer): readonly Area[] {
  const areas: Area[] = []
  let lists = 0
  for (let at = 40, seen = 0; at + 16 <= header.length && lists < 2 && seen < mostAreas; at += 16, seen++) {
    const [start, lengthBytes] = [safe64(header, at), safe64(header, at + 8)]
    if (start === 0) lists++
    else if (lists === 1 && start !== undefined && lengthBytes !== undefined) areas.push({ start, lengthBytes })
  }
  return areas
}

/** The committed text of one area. An area whose header or text is damaged has none: there are others. */
async function readArea(disk: ReadableDisk, area: Area, signal: AbortSignal): Promise<readonly Section[]> {
  const header = await glance(disk, area.start, sectorBytes, signal)
  const isArea = header.toString('latin1', 4, 20) === areaMagic && header.readUInt32LE(20) === 1
  if (!isArea || checksum(header.subarray(4)) !== header.readUInt32LE(0)) return []
  const [start, size] = [safe64(header, 24), safe64(header, 32)]
  const [at, lengthBytes] = [safe64(header, 40), safe64(header, 48)]
  if (start !== area.start || size === undefined || at === undefined || lengthBytes === undefined) return []
  if ((header.readUInt32LE(60) & ignoredFlag) !== 0) return []
  if (size > disk.sizeBytes || at < sectorBytes || at >= size || lengthBytes > Math.min(size, longestTextBytes))
    return []
  const bytes = await readCircle(disk, { start, lengthBytes: size }, at, lengthBytes, signal)
  if (checksum(bytes) !== header.readUInt32LE(56)) return []
  return parsed(bytes)
}

/** The area behind its header is a circle: a text that reaches its end goes on behind the header. */
async function readCircle(
  disk: ReadableDisk,
  area: Area,
  at: number,
  lengthBytes: number,
  signal: AbortSignal,
): Promise<Buffer> {
  const before = Math.min(lengthBytes, area.lengthBytes - at)
  const first = await glance(disk, area.start + at, before, signal)
  if (before === lengthBytes) return first
  return Buffer.concat([first, await glance(disk, area.start + sectorBytes, lengthBytes - before, signal)])
}

function parsed(bytes: Buffer): readonly Section[] {
  const end = bytes.indexOf(0)
  if (bytes.length === 0 || end === 0) return []
  const text = parseText(bytes.toString('utf8', 0, end < 0 ? bytes.length : end))
  return text === undefined ? [] : [text]
}

/** LVM's own: zlib's polynomial, begun with 0xf597a6cf and not inverted at the end. */
function checksum(bytes: Uint8Array): number {
  return ~crc32(bytes, ~0xf597a6cf >>> 0) >>> 0
}
