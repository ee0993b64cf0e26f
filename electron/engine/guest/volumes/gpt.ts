import { crc32 } from 'node:zlib'
import type { ReadableDisk } from '../../disk/disk.ts'
import { glance, guidText, safe64, textOf } from '../bytes.ts'
import { boundsOf, type Cut } from './cut.ts'

/** UEFI 2.10, §5.3. */
const signature = 'EFI PART'
const sectorSizes = [512, 4096]
/** The specification asks for 16 KiB; a table that says it is longer than this is not believed. */
const longestTableBytes = 4 * 1024 * 1024

type GptFinding = { readonly cuts: readonly Cut[]; readonly told: string | undefined }

/** The partitions by whichever of the two tables passes both of its checksums; undefined where neither does. */
export async function readGpt(disk: ReadableDisk, signal: AbortSignal): Promise<GptFinding | undefined> {
  for (const sectorBytes of sectorSizes) {
    const cuts = await readTable(disk, sectorBytes, sectorBytes, signal)
    if (cuts !== undefined) return { cuts, told: undefined }
  }
  for (const sectorBytes of sectorSizes) {
    const last = Math.floor(disk.sizeBytes / sectorBytes) * sectorBytes - sectorBytes
    const cuts = last < sectorBytes ? undefined : await readTable(disk, last, sectorBytes, signal)
    if (cuts !== undefined) return { cuts, told: 'the first partition table is damaged; read by its backup' }
  }
  return undefined
}

/** True where one of the headers is there at least by name: the disk was cut by a GPT, readable or not. */
export async function hasGptName(disk: ReadableDisk, signal: AbortSignal): Promise<boolean> {
  for (const sectorBytes of sectorSizes) {
    const header = await glance(disk, sectorBytes, 8, signal)
    if (header.toString('latin1') === signature) return true
  }
  return false
}

async function readTable(
  disk: ReadableDisk,
  at: number,
  sectorBytes: number,
  signal: AbortSignal,
): Promise<readonly Cut[] | undefined> {
  const header = await glance(disk, at, sectorBytes, signal)
  if (!isHeader(header, at / sectorBytes)) return undefined
  const [table, count, entryBytes] = [safe64(header, 72), header.readUInt32LE(80), header.readUInt32LE(84)]
  const isSized = entryBytes >= 128 && entryBytes % 128 === 0 && count * entryBytes <= longestTableBytes
  if (table === undefined || !isSized || table * sectorBytes + count * entryBytes > disk.sizeBytes) return undefined
  const entries = await glance(disk, table * sectorBytes, count * entryBytes, signal)
  if (crc32(entries) !== header.readUInt32LE(88)) return undefined
  return cutsOf(entries, count, entryBytes, sectorBytes, disk.sizeBytes)
}

function isHeader(header: Buffer, sector: number): boolean {
  const lengthBytes = header.readUInt32LE(12)
  if (header.toString('latin1', 0, 8) !== signature || lengthBytes < 92 || lengthBytes > header.length) return false
  const checked = Buffer.from(header.subarray(0, lengthBytes))
  checked.writeUInt32LE(0, 16)
  return crc32(checked) === header.readUInt32LE(16) && header.readBigUInt64LE(24) === BigInt(sector)
}

function cutsOf(
  entries: Buffer,
  count: number,
  entryBytes: number,
  sectorBytes: number,
  diskBytes: number,
): readonly Cut[] {
  const cuts: Cut[] = []
  for (let index = 0; index < count; index++) {
    const entry = entries.subarray(index * entryBytes, (index + 1) * entryBytes)
    if (guidText(entry.subarray(0, 16)) === undefined) continue
    const [first, last] = [safe64(entry, 32), safe64(entry, 40)]
    cuts.push({
      number: index + 1,
      name: textOf(entry.subarray(56, 128), 'utf16le'),
      ...boundsOf(first, last === undefined ? undefined : last + 1, sectorBytes, diskBytes),
    })
  }
  return cuts
}
