import { Failure } from '../../../../../shared/failure.ts'
import type { ReadableDisk } from '../../../disk/disk.ts'
import type { Extents } from '../../../disk/extents.ts'
import { damaged } from '../damage.ts'
import { unknownLogFeatures } from '../features.ts'
import type { Geometry } from '../geometry.ts'
import type { Superblock } from '../superblock.ts'
import { applyBuffer } from './apply-buffer.ts'
import { applyInode, applyInodeCreate } from './apply-inode.ts'
import { type Dirty, findDirty, recordsOf } from './dirty.ts'
import {
  type BufferItem,
  decodeBufferItem,
  decodeInodeCreateItem,
  decodeInodeItem,
  decodeMoveItem,
  itemKinds,
} from './items.ts'
import { Overlay } from './overlay.ts'
import { basicBytes, LogRing } from './ring.ts'
import { type LogItem, type Transaction, Transactions } from './transaction.ts'

export type Replayed =
  /** Nothing to be done. */
  | { readonly kind: 'clean' }
  /** There is something, or may be, that is not understood, or that lies elsewhere: the disk is shown as it lies. */
  | { readonly kind: 'ignored'; readonly why: string }
  | {
      readonly kind: 'replayed'
      readonly disk: ReadableDisk
      readonly overlaid: Extents
      readonly touches: (offset: number, lengthBytes: number) => boolean
      /** Inodes whose blocks were being moved in steps that the log does not end. */
      readonly unfinished: ReadonlySet<number>
    }

/** Does in memory what the kernel does to the disk when it mounts a file system that was in use. */
export async function replayLog(disk: ReadableDisk, superblock: Superblock, signal: AbortSignal): Promise<Replayed> {
  const { log } = superblock.geometry
  if (log === undefined) return { kind: 'ignored', why: 'the log is on another device' }
  try {
    const ring = new LogRing(disk, log)
    const dirty = await findDirty(ring, signal)
    if (dirty === undefined) return { kind: 'clean' }
    if (unknownLogFeatures(superblock)) return { kind: 'ignored', why: 'the log has unknown features' }
    return await replay({ ring, disk, geometry: superblock.geometry, dirty }, signal)
  } catch (thrown) {
    // Half a replay would be worse than none; what is on the disk is still what was there at some time.
    if (!(thrown instanceof Failure) || thrown.code !== 'file-system-damaged') throw thrown
    return { kind: 'ignored', why: thrown.message }
  }
}

type Task = {
  readonly ring: LogRing
  readonly disk: ReadableDisk
  readonly geometry: Geometry
  readonly dirty: Dirty
}

/** What the first pass learns. */
type Learned = { readonly cancelled: Map<string, number>; readonly unfinished: ReadonlySet<number> }

/** Twice over the log, as buffers that were given up later must not be written at all. */
async function replay(task: Task, signal: AbortSignal): Promise<Replayed> {
  const learned = await learn(task, signal)
  const overlay = new Overlay(task.disk)
  const pass: Pass = { overlay, geometry: task.geometry, cancelled: learned.cancelled, written: new Set() }
  for await (const transaction of transactionsOf(task, signal)) {
    for (const item of inOrder(transaction)) await apply(pass, item, transaction.lsn, signal)
  }
  return {
    kind: 'replayed',
    disk: overlay.disk,
    overlaid: overlay.ranges(),
    touches: (offset, lengthBytes) => overlay.touches(offset, lengthBytes),
    unfinished: learned.unfinished,
  }
}

async function* transactionsOf({ ring, dirty }: Task, signal: AbortSignal): AsyncGenerator<Transaction> {
  const transactions = new Transactions()
  for await (const record of recordsOf(ring, dirty, signal)) yield* transactions.take(record)
}

async function learn(task: Task, signal: AbortSignal): Promise<Learned> {
  const cancelled = new Map<string, number>()
  const begun = new Map<string, readonly number[]>()
  for await (const { items } of transactionsOf(task, signal)) {
    for (const item of items) learnMove(begun, item)
    for (const item of items) learnCancelled(cancelled, item)
  }
  return { cancelled, unfinished: new Set([...begun.values()].flat()) }
}

function learnMove(begun: Map<string, readonly number[]>, item: LogItem): void {
  const move = decodeMoveItem(item)
  if (move?.kind === 'begun') begun.set(move.id, move.inodes)
  if (move?.kind === 'done') begun.delete(move.id)
}

function learnCancelled(cancelled: Map<string, number>, item: LogItem): void {
  if (item.kind !== itemKinds.buffer) return
  const buffer = decodeBufferItem(item)
  if (buffer.cancels) cancelled.set(keyOf(buffer), (cancelled.get(keyOf(buffer)) ?? 0) + 1)
}

function keyOf({ place, blocks }: { readonly place: number; readonly blocks: number }): string {
  return `${place}+${blocks}`
}

/** Buffers and new inodes first, then what lies in them, and what was given up last (`xlog_recover_reorder_trans`). */
function inOrder({ items }: Transaction): readonly LogItem[] {
  return [...items].sort((a, b) => rankOf(a) - rankOf(b))
}

function rankOf(item: LogItem): number {
  if (item.kind === itemKinds.inodeCreate) return 0
  if (item.kind !== itemKinds.buffer) return 1
  return decodeBufferItem(item).cancels ? 2 : 0
}

type Pass = {
  readonly overlay: Overlay
  readonly geometry: Geometry
  readonly cancelled: Map<string, number>
  /** Buffers that the log has written. */
  readonly written: Set<string>
}

async function apply(pass: Pass, item: LogItem, lsn: bigint, signal: AbortSignal): Promise<void> {
  if (item.kind === itemKinds.buffer) await applyBufferItem(pass, decodeBufferItem(item), lsn, signal)
  if (item.kind === itemKinds.inode) {
    const inode = decodeInodeItem(item)
    if (!pass.cancelled.has(keyOf(inode))) await applyInode(pass.overlay, pass.geometry, inode, lsn, signal)
  }
  if (item.kind === itemKinds.inodeCreate) await applyCreateItem(pass, item, signal)
}

async function applyBufferItem(pass: Pass, buffer: BufferItem, lsn: bigint, signal: AbortSignal): Promise<void> {
  const key = keyOf(buffer)
  const left = pass.cancelled.get(key)
  if (buffer.cancels) {
    // The last of them: what is logged from here on is of whoever got the place next.
    if (left === undefined) throw damaged('the log gives up the same twice')
    if (left > 1) pass.cancelled.set(key, left - 1)
    else pass.cancelled.delete(key)
    return
  }
  if (left !== undefined || buffer.isUnlinked || buffer.isQuota) return
  await applyBuffer(pass.overlay, pass.geometry, buffer, { lsn, isFirst: !pass.written.has(key) }, signal)
  pass.written.add(key)
}

async function applyCreateItem(pass: Pass, item: LogItem, signal: AbortSignal): Promise<void> {
  const created = decodeInodeCreateItem(item)
  const { groupBlocks, blockBytes } = pass.geometry
  const start = ((created.group * groupBlocks + created.block) * blockBytes) / basicBytes
  const end = start + (created.blocks * blockBytes) / basicBytes
  for (const key of pass.cancelled.keys()) {
    const place = Number.parseInt(key, 10)
    if (place >= start && place < end) return
  }
  await applyInodeCreate(pass.overlay, pass.geometry, created, signal)
}
