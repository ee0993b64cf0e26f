import type { ReadableDisk } from '../../disk/disk.ts'
import { glance } from '../bytes.ts'
import { boundsOf, type Cut } from './cut.ts'

const protective = 0xee
const extendedTypes: ReadonlySet<number> = new Set([0x05, 0x0f, 0x85])
/** More logical partitions than this no system shows; a chain that runs on is a loop or an attack. */
const mostLogical = 128

type Entry = { readonly flag: number; readonly type: number; readonly first: number; readonly count: number }

export type Record = { readonly entries: readonly Entry[]; readonly isProtective: boolean }

/**
 * The table in a boot sector, undefined where what lies there cannot be one: a boot sector's code in the table's place has
 * other flags than 0 and 0x80, or partitions that begin in the sector itself (as images of discs made bootable pretend).
 */
export function recordIn(sector: Buffer): Record | undefined {
  if (sector.readUInt16LE(510) !== 0xaa55) return undefined
  const all = entriesOf(sector)
  const entries = all.filter(({ type, count }) => type !== 0 && count !== 0)
  const isTable = all.every(({ flag }) => flag === 0 || flag === 0x80) && entries.every(({ first }) => first > 0)
  if (!isTable || entries.length === 0) return undefined
  return { entries: all, isProtective: entries.some(({ type }) => type === protective) }
}

/** Primary partitions 1 to 4, logical ones from 5 on in the order of their chain. */
export async function readMbr(
  disk: ReadableDisk,
  record: Record,
  sectorBytes: number,
  signal: AbortSignal,
): Promise<readonly Cut[]> {
  const cuts: Cut[] = []
  const logical: Cut[] = []
  for (const [index, { type, first, count }] of record.entries.entries()) {
    if (type === 0 || count === 0) continue
    const bounds = boundsOf(first, first + count, sectorBytes, disk.sizeBytes)
    // The end of an extended partition does not matter: its logical ones are measured by themselves.
    if (extendedTypes.has(type)) logical.push(...(await readChain(disk, first, sectorBytes, signal)))
    else cuts.push({ number: index + 1, name: undefined, ...bounds })
  }
  return [...cuts, ...logical.map((cut, index) => ({ ...cut, number: index + 5 }))]
}

/** Each link describes one partition relative to itself, and the next link relative to the first. */
async function readChain(
  disk: ReadableDisk,
  base: number,
  sectorBytes: number,
  signal: AbortSignal,
): Promise<readonly Cut[]> {
  const cuts: Cut[] = []
  const seen = new Set<number>()
  let link: number | undefined = base
  while (link !== undefined && !seen.has(link) && seen.size < mostLogical) {
    seen.add(link)
    const here: number = link
    const sector = await glance(disk, here * sectorBytes, 512, signal)
    if (sector.readUInt16LE(510) !== 0xaa55) break
    const entries = entriesOf(sector).filter(({ type, count }) => type !== 0 && count !== 0)
    for (const { type, first, count } of entries) {
      if (extendedTypes.has(type)) continue
      const start = here + first
      cuts.push({ number: 0, name: undefined, ...boundsOf(start, start + count, sectorBytes, disk.sizeBytes) })
    }
    const next = entries.find(({ type }) => extendedTypes.has(type))
    link = next === undefined ? undefined : base + next.first
  }
  return cuts
}

function entriesOf(sector: Buffer): readonly Entry[] {
  return [446, 462, 478, 494].map((at) => ({
    flag: sector.readUInt8(at),
    type: sector.readUInt8(at + 4),
    first: sector.readUInt32LE(at + 8),
    count: sector.readUInt32LE(at + 12),
  }))
}
