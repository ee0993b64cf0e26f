import { big64, damaged, slice, text16, u8, u16, u32, u64 } from './fields.ts'
import type { PackedRuns } from './runs.ts'

export const attributeTypes = {
  standardInformation: 0x10,
  attributeList: 0x20,
  fileName: 0x30,
  volumeName: 0x60,
  volumeInformation: 0x70,
  data: 0x80,
  indexRoot: 0x90,
  indexAllocation: 0xa0,
  bitmap: 0xb0,
  reparsePoint: 0xc0,
} as const

/** What the first record of a stream says of all of it. */
export type StreamSizes = {
  readonly allocatedBytes: number
  readonly sizeBytes: number
  /** What lies behind reads as zeroes, whatever its clusters hold. */
  readonly initializedBytes: number
  /** Clusters that are packed together: 1 where nothing is packed. */
  readonly unitClusters: number
  /** What it takes on the disk without its holes. */
  readonly takenBytes: number
}

type Named = {
  readonly type: number
  readonly name: string
  readonly isCompressed: boolean
  readonly isEncrypted: boolean
  readonly isSparse: boolean
}

export type Resident = Named & { readonly kind: 'resident'; readonly value: Buffer }
export type NonResident = Named &
  PackedRuns & { readonly kind: 'non-resident'; readonly sizes: StreamSizes | undefined }

/** One attribute record. A stream whose runs do not fit into one has many. */
export type Attribute = Resident | NonResident

const end = 0xffffffff
/** 64 KiB of clusters of 4 KiB are what Windows makes. */
const mostUnitPower = 8

/** The attributes of a file record of which `used` bytes are in use, from `at` on. Fails with `file-system-damaged`. */
export function parseAttributes(record: Buffer, at: number, used: number): readonly Attribute[] {
  const attributes: Attribute[] = []
  const bytes = slice(record, 0, used)
  for (let start = at; u32(bytes, start) !== end; ) {
    const lengthBytes = u32(bytes, start + 4)
    if (lengthBytes < 24 || lengthBytes % 8 !== 0) throw damaged(`an attribute of ${lengthBytes} bytes`)
    attributes.push(parseAttribute(slice(bytes, start, lengthBytes)))
    start += lengthBytes
  }
  return attributes
}

function parseAttribute(bytes: Buffer): Attribute {
  const flags = u16(bytes, 12)
  const named: Named = {
    type: u32(bytes, 0),
    name: text16(bytes, u16(bytes, 10), u8(bytes, 9)),
    isCompressed: (flags & 0x00ff) !== 0,
    isEncrypted: (flags & 0x4000) !== 0,
    isSparse: (flags & 0x8000) !== 0,
  }
  if (u8(bytes, 8) === 0) return { ...named, kind: 'resident', value: slice(bytes, u16(bytes, 20), u32(bytes, 16)) }
  const firstVcn = u64(bytes, 16)
  return {
    ...named,
    kind: 'non-resident',
    firstVcn,
    // The last cluster of nothing is -1.
    endVcn: clusterCount(BigInt.asIntN(64, big64(bytes, 24)) + 1n),
    packed: bytes.subarray(needRoom(bytes, u16(bytes, 32))),
    sizes: firstVcn === 0 ? parseSizes(bytes, named) : undefined,
  }
}

function parseSizes(bytes: Buffer, { isCompressed, isSparse }: Named): StreamSizes {
  const unitPower = u8(bytes, 34)
  if (unitPower > mostUnitPower) throw damaged(`2^${unitPower} clusters packed together`)
  const allocatedBytes = u64(bytes, 40)
  const sizeBytes = u64(bytes, 48)
  const initializedBytes = u64(bytes, 56)
  if (initializedBytes > sizeBytes || sizeBytes > allocatedBytes) {
    throw damaged(`a stream of ${sizeBytes} bytes of which ${initializedBytes} are written and ${allocatedBytes} taken`)
  }
  const unitClusters = isCompressed ? 2 ** unitPower : 1
  const takenBytes = isCompressed || isSparse ? u64(bytes, 64) : allocatedBytes
  return { allocatedBytes, sizeBytes, initializedBytes, unitClusters, takenBytes }
}

function clusterCount(count: bigint): number {
  if (count < 0n || count > Number.MAX_SAFE_INTEGER) throw damaged(`${count} clusters`)
  return Number(count)
}

function needRoom(bytes: Buffer, at: number): number {
  if (at < 64 || at > bytes.length) throw damaged('runs outside their attribute')
  return at
}
