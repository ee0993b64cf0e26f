import { appendEntry } from './append.ts'
import { catchUp } from './catch-up.ts'
import type { Cycle } from './cycle.ts'
import { encodePack, indexPath, sealIndex, withRecords } from './format/index.ts'
import { nameOf, objectSaltBytes } from './format/object.ts'

/** What a cycle rewrites at most: some 50 MiB. Other indexes stay as they are: what they name too much is known to be gone. */
const recordsPerCycle = 2 ** 20
/** As many as an index has at most. */
const recordsPerIndex = 2 ** 18

/**
 * Writes what is left of indexes whose packs are partly gone into new ones, and names those: the old ones are then of no use,
 * and the next cycle marks them.
 */
export async function rewriteIndexes(cycle: Cycle, shrunk: readonly string[]): Promise<void> {
  const { fence, parts, signal } = cycle
  const indexes = await putRest(cycle, shrunk)
  if (indexes.length === 0) return
  const body = () => {
    parts.leases.need(fence)
    return { kind: 'indexes', indexes: [...indexes], fence } as const
  }
  await parts.turns.run(async () => {
    await appendEntry(parts, body, signal)
    await catchUp(parts, signal)
  })
}

async function putRest(cycle: Cycle, shrunk: readonly string[]): Promise<readonly string[]> {
  const { holdings } = cycle.parts
  const indexes: string[] = []
  const taken = new Set<number>()
  let encoded: Uint8Array[] = []
  let records = 0
  for (const name of shrunk) {
    if (indexes.length * recordsPerIndex >= recordsPerCycle) break
    for (const pack of await holdings.readIndex(name, cycle.signal)) {
      const number = holdings.places.numberOf(pack.name)
      if (number === undefined || taken.has(number)) continue
      taken.add(number)
      encoded.push(encodePack(withRecords(pack)))
      records += pack.records
    }
    if (records < recordsPerIndex) continue
    indexes.push(await put(cycle, encoded))
    encoded = []
    records = 0
  }
  if (encoded.length > 0) indexes.push(await put(cycle, encoded))
  return indexes
}

async function put({ parts, signal }: Cycle, packs: readonly Uint8Array[]): Promise<string> {
  const { keys, ledger, random, store } = parts
  const bytes = sealIndex(keys.at(ledger.state.epoch), random(objectSaltBytes), packs)
  const name = nameOf(bytes)
  await store.put(indexPath(name), bytes, signal)
  return name
}
