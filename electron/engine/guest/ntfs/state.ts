import { Failure } from '../../../../shared/failure.ts'
import type { VolumeNote } from '../../../../shared/files.ts'
import { KiB } from '../../../../shared/units.ts'
import { attributeTypes } from './attribute.ts'
import { isPower } from './boot.ts'
import { openContent } from './content.ts'
import { damaged, isDamage, u8, u16, u32, u64 } from './fields.ts'
import { undoFixups } from './fixups.ts'
import { findInFolder } from './listing.ts'
import { type Mft, readRecord } from './mft.ts'
import { gatherNode, parseRef, residentOf, streamOf } from './node.ts'
import type { FileReference } from './record.ts'
import { streamDisk } from './stream.ts'
import type { UpCase } from './upcase.ts'

const journalRecord = 2
const volumeRecord = 3

type VolumeState = { readonly label: string | undefined; readonly notes: readonly VolumeNote[] }

/** What the $Volume file says. Fails with `volume-unsupported` for a version of NTFS that no Windows since 2000 makes. */
export async function readVolumeState(mft: Mft, signal: AbortSignal): Promise<VolumeState> {
  const record = await readRecord(mft, volumeRecord, signal)
  const information = residentOf(record, attributeTypes.volumeInformation)
  if (information === undefined) throw damaged('a volume without information')
  const major = u8(information, 8)
  if (major !== 3) throw new Failure('volume-unsupported', `NTFS ${major}.${u8(information, 9)}`)
  const label = residentOf(record, attributeTypes.volumeName)?.toString('utf16le')
  const isDirty = (u16(information, 10) & 1) !== 0
  return { label: label === '' ? undefined : label, notes: isDirty ? ['unclean'] : [] }
}

const cleanFlag = 2
const noClient = 0xffff

/** Whether $LogFile holds changes that Windows would still make: so of every volume that was in use. */
export async function hasOpenJournal(mft: Mft, signal: AbortSignal): Promise<boolean> {
  const record = await readRecord(mft, journalRecord, signal)
  const node = await gatherNode(mft, record, ({ type }) => type === attributeTypes.data, signal)
  const stream = streamOf(mft, node, attributeTypes.data, '')
  if (stream === undefined) throw damaged('a volume without a journal')
  await using journal = streamDisk(mft.medium, stream)
  const first = await readPage(journal, 0, 4 * KiB, signal)
  // Filled with ones, as ntfs-3g and chkdsk leave it.
  if (u32(first, 0) === 0xffffffff) return false
  const pageBytes = u32(first, 16)
  if (!isPower(pageBytes, 512, 64 * KiB)) throw damaged(`a journal of pages of ${pageBytes} bytes`)
  const areas: RestartArea[] = []
  for (const offset of [0, pageBytes]) areas.push(...restartArea(await readPage(journal, offset, pageBytes, signal)))
  const newest = areas.sort((a, b) => b.lsn - a.lsn)[0]
  if (newest === undefined) throw damaged('a journal without a restart page')
  return !newest.isClean
}

type Journal = ReturnType<typeof streamDisk>
type RestartArea = { readonly lsn: number; readonly isClean: boolean }

async function readPage(journal: Journal, offset: number, lengthBytes: number, signal: AbortSignal): Promise<Buffer> {
  if (offset + lengthBytes > journal.sizeBytes) throw damaged('a journal shorter than its pages')
  const page = Buffer.alloc(lengthBytes)
  await journal.read(offset, page, signal)
  return page
}

/** None of a page that is damaged: there are two, written in turns. */
function restartArea(page: Buffer): readonly RestartArea[] {
  try {
    undoFixups(page, 'RSTR', 'a page of the journal')
    const at = u16(page, 24)
    const isClean = u16(page, at + 12) === noClient || (u16(page, at + 14) & cleanFlag) !== 0
    return [{ lsn: u64(page, at), isClean }]
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown
    return []
  }
}

/** Whether Windows sleeps in it, as it does when it is shut down with fast start: what it holds in memory is not on the disk. */
export async function isHibernated(
  mft: Mft,
  upCase: UpCase,
  root: FileReference,
  signal: AbortSignal,
): Promise<boolean> {
  const found = await findInFolder(mft, upCase, root, 'hiberfil.sys', signal)
  if (found?.facts?.kind !== 'file' || found.facts.sizeBytes < 4) return false
  await using content = await openContent(mft, parseRef(found.ref), undefined, signal)
  const signature = Buffer.alloc(4)
  await content.read(0, signature, signal)
  return signature.toString('latin1').toLowerCase() === 'hibr'
}
