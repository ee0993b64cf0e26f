import type { ReadableDisk } from '../../disk/disk.ts'
import { slice } from '../../disk/mapped-disk.ts'
import { glance } from '../bytes.ts'
import { type Cut, withoutOverlaps } from './cut.ts'
import { detect } from './detect.ts'
import { hasGptName, readGpt } from './gpt.ts'
import { type Record, readMbr, recordIn } from './mbr.ts'
import { type Content, signatureIn } from './signatures.ts'

/** How a disk is cut, or what lies on it whole. */
type Table =
  | { readonly kind: 'cut'; readonly cuts: readonly Cut[]; readonly told: string | undefined }
  | { readonly kind: 'whole'; readonly content: Content }
  | { readonly kind: 'damaged'; readonly told: string }

/** What fills the boot sector itself, so that no partition table can be in it, whatever its last bytes look like. */
const inFirstSector: ReadonlySet<string> = new Set(
  'luks xfs bitlocker ntfs exfat refs squashfs fat12 fat16 fat32'.split(' '),
)

/**
 * A GPT counts where the boot sector protects it, or where the boot sector tells nothing at all; otherwise the boot sector's
 * own table; otherwise the disk is one volume. A GPT that an older use of the disk left behind is so not taken for today's.
 */
export async function readTable(disk: ReadableDisk, signal: AbortSignal): Promise<Table> {
  const sector = await glance(disk, 0, 512, signal)
  const record = recordIn(sector)
  if (record?.isProtective === true) return await protectedTable(disk, signal)
  const atFirst = signatureIn(Buffer.concat([sector, Buffer.alloc(68 * 1024 - 512)]), disk.sizeBytes)
  if (record !== undefined && !(atFirst !== undefined && inFirstSector.has(atFirst.kind))) {
    return { kind: 'cut', cuts: await cutsOf(disk, record, signal), told: undefined }
  }
  const content = await detect(disk, signal)
  if (content.kind !== 'unknown' && content.kind !== 'empty') return { kind: 'whole', content }
  const gpt = await readGpt(disk, signal)
  if (gpt === undefined) return { kind: 'whole', content }
  return { kind: 'cut', cuts: withoutOverlaps(gpt.cuts), told: gpt.told ?? 'the boot sector is damaged' }
}

async function protectedTable(disk: ReadableDisk, signal: AbortSignal): Promise<Table> {
  const gpt = await readGpt(disk, signal)
  if (gpt !== undefined) return { kind: 'cut', cuts: withoutOverlaps(gpt.cuts), told: gpt.told }
  const found = (await hasGptName(disk, signal)) ? 'damaged' : 'missing'
  return { kind: 'damaged', told: `the partition table (GPT) is ${found}, and so is its backup` }
}

/** The table counts in the disk's sectors but does not say how long they are: that length is right by which contents are found. */
async function cutsOf(disk: ReadableDisk, record: Record, signal: AbortSignal): Promise<readonly Cut[]> {
  const by512 = withoutOverlaps(await readMbr(disk, record, 512, signal))
  if ((await recognised(disk, by512, signal)) > 0) return by512
  const by4096 = withoutOverlaps(await readMbr(disk, record, 4096, signal))
  return (await recognised(disk, by4096, signal)) > 0 ? by4096 : by512
}

async function recognised(disk: ReadableDisk, cuts: readonly Cut[], signal: AbortSignal): Promise<number> {
  let known = 0
  for (const { start, end, wrong } of cuts) {
    if (wrong !== undefined) continue
    const { kind } = await detect(slice(disk, start, end - start), signal)
    if (kind !== 'unknown' && kind !== 'empty') known++
  }
  return known
}
