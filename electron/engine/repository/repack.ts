import { Failure } from '../../../shared/failure.ts'
import { GiB } from '../../../shared/units.ts'
import { idBytes } from '../chunk/chunk.ts'
import type { Sealer } from '../chunk/pool.ts'
import { Table } from '../chunk/table.ts'
import { appendEntry } from './append.ts'
import type { Cycle } from './cycle.ts'
import { toHex } from './format/bytes.ts'
import { withRecords } from './format/index.ts'
import { recordOverheadBytes } from './format/pack.ts'
import { type Liveness, totalMapBytes } from './live.ts'
import { namedPacks } from './live-records.ts'
import type { Parts } from './parts.ts'
import { planRuns, type Wanted } from './runs.ts'

/** What a cycle moves at most, in ciphertext. The worst packs come first; the next cycle goes on. */
const movedPerCycle = GiB

/**
 * Packs that are mostly waste: what points need of them is opened, compared with its ids, sealed into new packs, and named in
 * the ledger before the old packs are marked (I12). These then go as any marked pack does.
 */
export async function repackWaste(cycle: Cycle, live: Liveness): Promise<void> {
  const { report } = cycle
  const packs = wasteOf(cycle, live)
  if (packs.length === 0) return
  let newBytes = 0
  const onStored = (bytes: number): void => {
    newBytes += bytes
  }
  const moved = await move(cycle, live, packs, onStored)
  await nameNew(cycle)
  await markOld(cycle, moved)
  report.repacked += moved.length
  report.repackedBytes += newBytes
}

/** Numbers of packs, the worst first. Bad ones are left to those who mend. */
function wasteOf({ options, parts }: Cycle, live: Liveness): readonly number[] {
  const { holdings } = parts
  const candidates = [...namedPacks(holdings)].filter((pack) => live.needs(pack) && holdings.trusts(pack))
  const wasted = candidates.map((pack) => ({ pack, waste: wasteIn(parts, live, pack) }))
  let bytes = 0
  return wasted
    .filter(({ waste }) => waste > options.wasteLimit)
    .toSorted((a, b) => b.waste - a.waste)
    .map(({ pack }) => pack)
    .filter((pack) => {
      bytes += live.records.storedBytesOf(pack)
      return bytes <= movedPerCycle
    })
}

/** Which part of a pack are records that nobody needs: what is around the needed ones would be there in a new pack, too. */
function wasteIn({ holdings }: Parts, live: Liveness, pack: number): number {
  const { records, sizeBytes } = holdings.places.pack(pack)
  if (live.records.countOf(pack) === records) return 0
  let bytes = 0
  for (let ordinal = 0; ordinal < records; ordinal++) {
    if (live.records.has(pack, ordinal)) continue
    bytes += holdings.places.at(pack, ordinal).storedBytes + recordOverheadBytes
  }
  return bytes / sizeBytes
}

async function move(
  cycle: Cycle,
  live: Liveness,
  packs: readonly number[],
  onStored: (bytes: number) => void,
): Promise<readonly string[]> {
  const { options, parts, signal } = cycle
  const total = totalMapBytes(parts) + packs.reduce((sum, pack) => sum + live.records.storedBytesOf(pack), 0)
  const moved: string[] = []
  // With a table of its own the sealer knows of no pack, and so stores again what the old packs hold.
  const table = new Table()
  await using sealer = parts.pool.sealer({
    keys: parts.keys.at(parts.ledger.state.epoch).chunks,
    table: () => table.buffer,
    packBytes: parts.packBytes,
    onPack: (pack) => parts.holdings.store(pack, onStored, signal),
  })
  const left = new Set(packs)
  for (const [name, named] of [...parts.holdings.indexes]) {
    if (!named.some((pack) => left.has(pack))) continue
    for (const indexed of await parts.holdings.readIndex(name, signal)) {
      const packName = indexed.name
      const pack = parts.holdings.places.numberOf(packName)
      if (pack === undefined || !left.delete(pack)) continue
      await sealAgain(parts, sealer, neededIn(parts, live, pack, withRecords(indexed).records), signal)
      moved.push(packName)
      await options.onRead(live.records.storedBytesOf(pack), total)
    }
  }
  await sealer.flush(signal)
  return moved
}

function neededIn(
  { holdings }: Parts,
  live: Liveness,
  pack: number,
  records: readonly { readonly id: Uint8Array }[],
): readonly Wanted[] {
  return records.flatMap(({ id }, ordinal) => {
    if (!live.records.has(pack, ordinal)) return []
    return [{ id, place: holdings.places.at(pack, ordinal), chunks: [ordinal] }]
  })
}

async function sealAgain(parts: Parts, sealer: Sealer, wanted: readonly Wanted[], signal: AbortSignal): Promise<void> {
  const byOrdinal = new Map(wanted.map((each) => [each.place.ordinal, each]))
  for (const run of planRuns(wanted)) {
    for (const { chunks, bytes } of await parts.reader.open(run, signal)) {
      for (const each of chunks.flatMap((ordinal) => byOrdinal.get(ordinal) ?? [])) {
        await sealOne(sealer, each, Uint8Array.from(bytes), signal)
      }
    }
  }
}

/** A record's tag has bound it to its id; the id that comes out proves the bytes once more. */
async function sealOne(
  sealer: Sealer,
  { id, place }: Wanted,
  bytes: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<void> {
  const found = await sealer.seal(place.type, bytes.length, bytes, signal)
  if (found.length === idBytes && Buffer.compare(found, id) === 0) return
  throw new Failure('object-damaged', `Record ${toHex(id)} does not hold the bytes of its id`)
}

async function nameNew({ fence, parts, signal }: Cycle): Promise<void> {
  const body = async () => {
    parts.leases.need(fence)
    return { kind: 'indexes', indexes: [...(await parts.holdings.index(() => {}, signal))], fence } as const
  }
  await parts.turns.run(() => appendEntry(parts, body, signal))
}

async function markOld({ fence, parts, signal }: Cycle, packs: readonly string[]): Promise<void> {
  const revived = { packs: [], indexes: [], manifests: [] }
  const body = () => {
    parts.leases.need(fence)
    return { kind: 'mark', packs: [...packs], indexes: [], manifests: [], revived, fence } as const
  }
  await parts.turns.run(() => appendEntry(parts, body, signal))
}
