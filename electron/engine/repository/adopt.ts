import { Failure } from '../../../shared/failure.ts'
import { forEachParallel } from '../base/parallel.ts'
import { footerTag, packSeal, sameId } from '../chunk/seal.ts'
import { type IndexedPack, packNameOf, readRecords } from './format/index.ts'
import { decodeFooterEnd, footerBytes, footerEndBytes } from './format/pack.ts'
import { isDamage } from './holdings.ts'
import type { Core } from './parts.ts'

type Listed = { readonly path: string; readonly name: string; readonly sizeBytes: number }

const readsAtOnce = 8
/** Holds the footer of most packs. */
const tailBytes = 16 * 1024

/**
 * Learns packs that no index we could read names: stored by a run that died, or named by an index that was lost. They count
 * from now on, and the next entry of ours names them. Which there are is told by a listing: one that it leaves out is at worst
 * stored again. Never one that was given up or is marked to be. Answers how many were found.
 */
export async function adoptPacks(core: Core, signal: AbortSignal): Promise<number> {
  let found = 0
  await forEachParallel(await unknownPacks(core, signal), readsAtOnce, async (listed) => {
    const pack = await footerOf(core, listed, signal)
    if (pack === undefined || !isWanted(core, listed)) return
    core.holdings.adopt(pack)
    found++
  })
  return found
}

async function unknownPacks(core: Core, signal: AbortSignal): Promise<readonly Listed[]> {
  const unknown: Listed[] = []
  try {
    for await (const { name: path, sizeBytes } of core.store.list('packs/', signal)) {
      const name = packNameOf(path)
      if (name !== undefined && isWanted(core, { path, name })) unknown.push({ path, name, sizeBytes })
    }
  } catch (thrown) {
    // A place that does not list to its end keeps nobody from working; one that is gone says so at the next write.
    if (!(thrown instanceof Failure)) throw thrown
  }
  return unknown
}

function isWanted({ holdings, ledger }: Core, { path, name }: Pick<Listed, 'path' | 'name'>): boolean {
  const { state } = ledger
  return holdings.places.numberOf(name) === undefined && !state.isSwept(path) && !state.marks.has(path)
}

/** Undefined for what is no whole pack of ours with a footer. */
async function footerOf(core: Core, listed: Listed, signal: AbortSignal): Promise<IndexedPack | undefined> {
  try {
    const pack = await readFooter(core, listed, signal)
    // Whoever put it may have died before his syncs: it must survive a power cut before anything relies on it.
    if (pack !== undefined) await core.store.secure(listed.path, signal)
    return pack
  } catch (thrown) {
    if (thrown instanceof Failure && isDamage(thrown)) return undefined
    throw thrown
  }
}

async function readFooter(core: Core, listed: Listed, signal: AbortSignal): Promise<IndexedPack | undefined> {
  const { config, keys, store } = core
  const { name, path, sizeBytes } = listed
  const first = Math.min(sizeBytes, tailBytes)
  let tail: Uint8Array = await store.getRange(path, sizeBytes - first, first, signal)
  const end = decodeFooterEnd(tail, sizeBytes)
  if (end === undefined || Buffer.from(end.repositoryId).toString('hex') !== config.repositoryId) return undefined
  const lengthBytes = footerBytes(end.records)
  if (lengthBytes > tail.length) tail = await store.getRange(path, sizeBytes - lengthBytes, lengthBytes, signal)
  const footer = tail.subarray(tail.length - lengthBytes)
  const tagAt = footer.length - end.tag.length
  const seal = packSeal(keys.at(end.epoch).chunks, end.salt)
  if (!sameId(footerTag(seal, footer.subarray(0, tagAt)), footer.subarray(tagAt))) return undefined
  // Only here are the bytes proven (I13).
  const records = readRecords(footer.subarray(0, lengthBytes - footerEndBytes), end.records, end.bodyBytes, path)
  return { name, salt: Uint8Array.from(end.salt), epoch: end.epoch, sizeBytes, records }
}
