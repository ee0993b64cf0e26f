import { forEachParallel } from '../../base/parallel.ts'
import { attributeTypes } from './attribute.ts'
import { parseAttributeList } from './attribute-list.ts'
import { damaged, isDamage } from './fields.ts'
import { type Medium, readMedium, readRuns } from './medium.ts'
import { type FileRecord, parseRecord } from './record.ts'
import { addRuns, hasHoles, type Runs } from './runs.ts'
import { joinStream, readStream } from './stream.ts'

/** Records of which the mirror has copies: the table itself, its mirror, the journal, the volume. */
const mirrored = 4
/** Windows makes none longer. */
export const mostListBytes = 256 * 1024
const spanBytes = 64 * 1024
/** The disk may lie far away. */
const spansAtOnce = 8

/** The master file table: a record for every file, found by its number. */
export type Mft = {
  readonly medium: Medium
  readonly runs: Runs
  /** Whether the mirror had to stand in for the table's own record. */
  readonly isMirrored: boolean
}

/**
 * Finds the table: its own first record maps it, perhaps by way of further records that lie in what is mapped already. Fails with
 * `file-system-damaged` where both that record and its mirror are.
 */
export async function openMft(medium: Medium, signal: AbortSignal): Promise<Mft> {
  const { mftCluster, mirrorCluster } = medium.geometry
  try {
    return { medium, runs: await mftRuns(medium, mftCluster, signal), isMirrored: false }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return { medium, runs: await mftRuns(medium, mirrorCluster, signal), isMirrored: true }
  }
}

async function mftRuns(medium: Medium, cluster: number, signal: AbortSignal): Promise<Runs> {
  const { clusterBytes, recordBytes } = medium.geometry
  const bytes = Buffer.alloc(recordBytes)
  await readMedium(medium, cluster * clusterBytes, bytes, signal)
  const record = parseRecord(bytes, 0)
  if (!record.isInUse || record.base !== undefined) throw damaged('the master file table is no file')
  const runs = { vcns: [], lcns: [], end: 0 }
  addTable(medium, runs, record)
  for (const number of await furtherRecords(medium, record, signal)) {
    const further = await readRecord({ medium, runs, isMirrored: false }, number, signal)
    if (further.base?.number !== 0) throw damaged('a record of the master file table is of another file')
    addTable(medium, runs, further)
  }
  if (hasHoles(runs)) throw damaged('the master file table has holes')
  return runs
}

/** What one record maps of the table. */
function addTable({ geometry: { clusters } }: Medium, runs: Parameters<typeof addRuns>[0], record: FileRecord): void {
  for (const attribute of record.attributes.filter(isTable)) {
    const isPlain = attribute.kind === 'non-resident' && !attribute.isCompressed && !attribute.isEncrypted
    if (!isPlain) throw damaged('the master file table is packed')
    addRuns(runs, attribute, clusters)
  }
  if (runs.end > clusters) throw damaged('the master file table is larger than the volume')
}

function isTable({ type, name }: { readonly type: number; readonly name: string }): boolean {
  return type === attributeTypes.data && name === ''
}

async function furtherRecords(medium: Medium, record: FileRecord, signal: AbortSignal): Promise<readonly number[]> {
  const lists = record.attributes.filter(({ type }) => type === attributeTypes.attributeList)
  if (lists.length === 0) return []
  const list = parseAttributeList(await readStream(medium, joinStream(medium, lists), mostListBytes, signal))
  const further = list.filter(isTable).filter(({ place }) => place.number !== 0)
  further.sort((a, b) => a.firstVcn - b.firstVcn)
  return [...new Set(further.map(({ place }) => place.number))]
}

/** Fails with `file-system-damaged` where the table ends before it, or what lies there is no record. */
export async function readRecord(mft: Mft, number: number, signal: AbortSignal): Promise<FileRecord> {
  const { recordBytes } = mft.medium.geometry
  needInTable(mft, number)
  const bytes = Buffer.alloc(recordBytes)
  try {
    await readRuns(mft.medium, mft.runs, number * recordBytes, bytes, signal)
    return parseRecord(bytes, number)
  } catch (thrown) {
    if (!isDamage(thrown) || number >= mirrored) throw thrown
    return await readMirror(mft.medium, number, signal)
  }
}

async function readMirror({ geometry, ...medium }: Medium, number: number, signal: AbortSignal): Promise<FileRecord> {
  const bytes = Buffer.alloc(geometry.recordBytes)
  const offset = geometry.mirrorCluster * geometry.clusterBytes + number * geometry.recordBytes
  await readMedium({ geometry, ...medium }, offset, bytes, signal)
  return parseRecord(bytes, number)
}

/**
 * Many records at once, neighbours by one read. What is damaged has its failure in place of a record; a disk that cannot be read fails
 * the whole.
 */
export async function readRecords(
  mft: Mft,
  numbers: Iterable<number>,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, FileRecord | Error>> {
  const records = new Map<number, FileRecord | Error>()
  const inOrder = [...new Set(numbers)].sort((a, b) => a - b)
  await forEachParallel(spansOf(inOrder, mft.medium.geometry.recordBytes), spansAtOnce, async (span) => {
    signal.throwIfAborted()
    const bytes = await readSpan(mft, span, signal)
    for (const number of span) records.set(number, await recordIn(mft, bytes, span, number, signal))
  })
  return records
}

/** Groups of numbers that lie close together. */
function spansOf(numbers: readonly number[], recordBytes: number): readonly (readonly number[])[] {
  const spans: number[][] = []
  for (const number of numbers) {
    const span = spans.at(-1)
    const first = span?.[0]
    const last = span?.at(-1)
    const isNear = first !== undefined && last !== undefined && number - last <= 4
    if (isNear && (number - first + 1) * recordBytes <= spanBytes) span?.push(number)
    else spans.push([number])
  }
  return spans
}

/** Undefined where any of it is damaged: then each is read by itself. */
async function readSpan(mft: Mft, span: readonly number[], signal: AbortSignal): Promise<Buffer | undefined> {
  const { recordBytes } = mft.medium.geometry
  const first = span[0] ?? 0
  const bytes = Buffer.alloc(((span.at(-1) ?? first) - first + 1) * recordBytes)
  try {
    needInTable(mft, span.at(-1) ?? first)
    await readRuns(mft.medium, mft.runs, first * recordBytes, bytes, signal)
    return bytes
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return undefined
  }
}

async function recordIn(
  mft: Mft,
  bytes: Buffer | undefined,
  span: readonly number[],
  number: number,
  signal: AbortSignal,
): Promise<FileRecord | Error> {
  const { recordBytes } = mft.medium.geometry
  try {
    if (bytes === undefined) return await readRecord(mft, number, signal)
    const at = (number - (span[0] ?? 0)) * recordBytes
    // Its own bytes: what is kept of a record may not hold the whole span in memory.
    return parseRecord(Buffer.from(bytes.subarray(at, at + recordBytes)), number)
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return thrown
  }
}

function needInTable({ medium: { geometry }, runs }: Mft, number: number): void {
  if ((number + 1) * geometry.recordBytes > runs.end * geometry.clusterBytes) {
    throw damaged(`file record ${number} lies behind the master file table`)
  }
}
