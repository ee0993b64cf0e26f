import { damaged } from '../volume.ts'
import { blockKinds, headOf, isCommitSound, isTailSound, type LogHeader } from './header.ts'
import { revokedIn, type Tag, tagsIn } from './tags.ts'
import { emptySum, isTransactionSound, transactionSum } from './transaction-sum.ts'

/** A block's new content: where the journal holds it, and in which transaction. */
export type Logged = Tag & { readonly at: number; readonly sequence: number }

export type Scanned = {
  /** In the order of the log, without what was revoked later. */
  readonly blocks: readonly Logged[]
  /** The log ended in a block that is damaged: newer transactions may be lost. */
  readonly torn: boolean
  /** The transaction that would have come next. */
  readonly sequence: number
}

/** More than the largest journal that the kernel makes can hold. */
const mostBlocks = 2_000_000

export type ReadLog = (at: number) => Promise<Buffer>

/**
 * Follows the log from its start through all transactions that were committed whole; the first block that is not of the next one ends
 * it. What a transaction revokes counts for itself and all before it.
 */
export async function scanLog(log: LogHeader, read: ReadLog, signal: AbortSignal): Promise<Scanned> {
  const scan: Scan = {
    log,
    read,
    at: log.start,
    passed: 0,
    sequence: log.sequence,
    committed: [],
    revoked: new Map(),
    open: emptyTransaction(),
    torn: false,
  }
  const length = log.end - log.first
  while (scan.passed < length) {
    signal.throwIfAborted()
    if (!(await step(scan))) break
    if (scan.committed.length + scan.open.blocks.length > mostBlocks) throw damaged('the journal holds too much')
    if (scan.revoked.size + scan.open.revoked.length > mostBlocks) throw damaged('the journal revokes too much')
  }
  const blocks = scan.committed.filter(({ block, sequence }) => !isRevoked(scan, block, sequence))
  return { blocks, torn: scan.torn, sequence: scan.sequence }
}

type Transaction = { readonly blocks: Logged[]; readonly revoked: number[]; sum: number }

type Scan = {
  readonly log: LogHeader
  readonly read: ReadLog
  at: number
  passed: number
  sequence: number
  readonly committed: Logged[]
  /** The last transaction that revoked a block. */
  readonly revoked: Map<number, number>
  open: Transaction
  torn: boolean
}

function emptyTransaction(): Transaction {
  return { blocks: [], revoked: [], sum: emptySum }
}

/** Takes the next block with all that belongs to it; false where the log ends. */
async function step(scan: Scan): Promise<boolean> {
  const block = await scan.read(scan.at)
  const head = headOf(block)
  if (head === undefined || head.sequence !== scan.sequence) return false
  advance(scan)
  switch (head.kind) {
    case blockKinds.descriptor:
      return await takeDescriptor(scan, block)
    case blockKinds.revocation:
      if (!isTailSound(scan.log, block)) return tear(scan)
      for (const revoked of revokedIn(scan.log, block)) scan.open.revoked.push(revoked)
      return true
    case blockKinds.commit:
      return takeCommit(scan, block)
    default:
      return false
  }
}

async function takeDescriptor(scan: Scan, block: Buffer): Promise<boolean> {
  if (!isTailSound(scan.log, block)) return tear(scan)
  const summed = scan.log.checksums === 'transaction'
  if (summed) scan.open.sum = transactionSum(scan.open.sum, block)
  for (const tag of tagsIn(scan.log, block)) {
    scan.open.blocks.push({ ...tag, at: scan.at, sequence: scan.sequence })
    if (summed) scan.open.sum = transactionSum(scan.open.sum, await scan.read(scan.at))
    advance(scan)
  }
  return true
}

function takeCommit(scan: Scan, block: Buffer): boolean {
  const { log, open } = scan
  const sound = log.checksums === 'transaction' ? isTransactionSound(block, open.sum) : isCommitSound(log, block)
  // Where commits do not wait for their blocks, one that does not fit is the ordinary end of a log.
  if (!sound) return log.asyncCommit ? false : tear(scan)
  for (const logged of open.blocks) scan.committed.push(logged)
  for (const revoked of open.revoked) scan.revoked.set(revoked, scan.sequence)
  scan.open = emptyTransaction()
  scan.sequence = (scan.sequence + 1) >>> 0
  return true
}

function tear(scan: Scan): boolean {
  scan.torn = true
  return false
}

function advance(scan: Scan): void {
  scan.at = scan.at + 1 >= scan.log.end ? scan.log.first : scan.at + 1
  scan.passed++
}

/** Sequences go round after 2^32. */
function isRevoked({ revoked }: Scan, block: number, sequence: number): boolean {
  const by = revoked.get(block)
  return by !== undefined && ((by - sequence) | 0) >= 0
}
