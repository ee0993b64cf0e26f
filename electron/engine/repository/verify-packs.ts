import { Failure } from '../../../shared/failure.ts'
import { forEachParallel } from '../base/parallel.ts'
import type { Findings } from './findings.ts'
import { type EncodedPack, type IndexedPack, indexPath, packPath, withRecords } from './format/index.ts'
import { isDamage } from './holdings.ts'
import type { Parts } from './parts.ts'
import { Quarantine } from './quarantine.ts'
import type { VerifyOptions } from './repository.ts'
import { isSweptByNow } from './swept.ts'
import { verifyPack } from './verify-pack.ts'

const packsAtOnce = 2

type Work = {
  readonly parts: Parts
  readonly options: VerifyOptions
  readonly findings: Findings
  readonly quarantine: Quarantine
  /** Numbers of packs that are still to be read. */
  readonly left: Set<number>
  readonly totalBytes: number
}

/** Index by index; packs that no index names belong to runs that have not ended. All packs where `needed` is undefined. */
export async function verifyPacks(
  parts: Parts,
  needed: ReadonlySet<number> | undefined,
  options: VerifyOptions,
  findings: Findings,
  signal: AbortSignal,
): Promise<void> {
  const { holdings } = parts
  const isNeeded = (pack: number): boolean => needed === undefined || needed.has(pack)
  const indexes = [...holdings.indexes].filter(([, packs]) => packs.length === 0 || packs.some(isNeeded))
  // Where an index is lost, packs that were adopted told themselves what lies in them.
  const adopted = holdings.problems.length === 0 ? [] : await holdings.unnamed(signal)
  const named = new Set([...indexes.map(([, packs]) => packs), numbersOf(parts, adopted)].flat().filter(isNeeded))
  const left = new Set([...named].filter((pack) => !isFresh(parts, pack, options)))
  const totalBytes = [...left].reduce((sum, pack) => sum + holdings.places.pack(pack).sizeBytes, 0)
  await using quarantine = new Quarantine(parts)
  const work = { parts, options, findings, quarantine, left, totalBytes }
  const readable = new Set<number>()
  const lost: (readonly [string, readonly number[]])[] = []
  for (const [name, packs] of indexes) {
    const found = await checkIndex(work, name, signal)
    addAll(readable, found ?? [])
    if (found === undefined) lost.push([indexPath(name), packs])
  }
  addAll(readable, await checkAll(work, adopted, signal))
  blameIndexes(findings, lost, (pack) => named.has(pack) && !readable.has(pack))
  await quarantine.flush(signal)
}

/** What only lost indexes name cannot be found when the repository is opened the next time. */
function blameIndexes(
  findings: Findings,
  lost: readonly (readonly [string, readonly number[]])[],
  isLost: (pack: number) => boolean,
): void {
  for (const [path, packs] of lost) {
    for (const pack of packs.filter(isLost)) findings.badPack(pack, path)
  }
}

function addAll(into: Set<number>, numbers: readonly number[]): void {
  for (const number of numbers) into.add(number)
}

function isFresh({ holdings, ledger }: Parts, pack: number, options: VerifyOptions): boolean {
  const { name } = holdings.places.pack(pack)
  if (holdings.isFound(pack) || ledger.state.bad.has(name)) return false
  return options.isFresh?.(name) === true
}

/** Answers the packs that it names; undefined when it cannot be read. */
async function checkIndex(work: Work, name: string, signal: AbortSignal): Promise<readonly number[] | undefined> {
  work.findings.objects++
  try {
    return await checkAll(work, [...(await work.parts.holdings.readIndex(name, signal))], signal)
  } catch (thrown) {
    if (!(thrown instanceof Failure) || !isDamage(thrown)) throw thrown
    if (await isSweptByNow(work.parts, indexPath(name), undefined, signal)) return []
    work.findings.damaged(indexPath(name), thrown.message)
    return undefined
  }
}

/** Answers their numbers. */
async function checkAll(work: Work, packs: readonly EncodedPack[], signal: AbortSignal): Promise<readonly number[]> {
  const { places } = work.parts.holdings
  await forEachParallel(packs, packsAtOnce, async (pack) => {
    const number = places.numberOf(pack.name)
    if (number !== undefined && work.left.delete(number)) await checkPack(work, number, withRecords(pack), signal)
  })
  return numbersOf(work.parts, packs)
}

function numbersOf({ holdings }: Parts, packs: readonly EncodedPack[]): readonly number[] {
  return packs.flatMap(({ name }) => holdings.places.numberOf(name) ?? [])
}

async function checkPack(work: Work, number: number, pack: IndexedPack, signal: AbortSignal): Promise<void> {
  const { findings, options, parts, quarantine, totalBytes } = work
  const path = packPath(pack.name)
  const onRead = (bytes: number) => options.onRead(bytes, totalBytes)
  const found = await verifyPack(parts, pack, onRead, signal)
  findings.objects++
  if (found.kind === 'missing' && (await isSweptByNow(parts, path, undefined, signal))) return
  findings.bytesRead += found.bytesRead
  findings.chunks += found.kind === 'missing' ? 0 : pack.records.length
  if (found.kind === 'missing') {
    findings.foundBad(number, path, 'is missing')
    findings.badPack(number, path)
  }
  if (found.kind === 'damaged') {
    const { bad } = found
    const which =
      bad.length === 0 ? 'all of its chunks open' : `${bad.length} of its ${pack.records.length} chunks do not open`
    findings.foundBad(number, path, `does not hold the bytes of its name; ${which}`)
    for (const ordinal of bad) findings.badRecord(number, ordinal, path)
  }
  if (found.kind !== 'whole') await quarantine.add(number, signal)
  options.onPack?.(pack.name, found.kind === 'whole')
}
