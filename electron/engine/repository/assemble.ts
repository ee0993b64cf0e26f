import { readAttachment } from './attachment.ts'
import { catchUp } from './catch-up.ts'
import { changedSince, packsOfPoint } from './changed.ts'
import { checkLocks, setLock } from './locks.ts'
import { mend } from './mend.ts'
import { dropPoints, putNote, recoverPoints, trashOf } from './notes.ts'
import type { Parts } from './parts.ts'
import { openPointDisk } from './point-disk.ts'
import { needWritable, whyReadOnly } from './read-only.ts'
import type { Repository } from './repository.ts'
import { addSlot, listSlots, removeSlot, renewEpoch } from './slots.ts'
import { sweep, upkeepOf } from './sweep.ts'
import { verifyPoints } from './verify.ts'
import { Draft } from './writer.ts'

export function assemble(parts: Parts): Repository {
  const { id, config, holdings, leases, ledger, points, store, turns } = parts
  return {
    id,
    title: store.title,
    chunkBytes: config.chunkBytes,
    get readOnly() {
      return whyReadOnly(parts)
    },
    get totals() {
      const { places, storedBytes, rawBytes } = holdings
      return { chunks: places.records, storedBytes, rawBytes, pointBytes: points.bytes }
    },
    head: () => ledger.head,
    problems: () => [...holdings.problems, ...points.problems],
    points: () => points.points,
    refresh: (signal) => turns.run(() => refresh(parts, signal)),
    manifest: (pointId, signal) => points.manifest(pointId, signal),
    attachment: (reference, signal) => readAttachment(parts, reference, signal),
    beginPoint: (pointId, machineId) => {
      needWritable(parts)
      return new Draft(parts, pointId, machineId)
    },
    openDisk: (pointId, diskName, signal) => openPointDisk(parts, pointId, diskName, signal),
    verify: (options, signal) => verifyPoints(parts, options, signal),
    packsOf: (pointId, signal) => packsOfPoint(parts, pointId, signal),
    mend: (source, onRead, signal) => mend(parts, source, onRead, signal),
    changedSince: (base, pointId, diskName, signal) => changedSince(parts, base, pointId, diskName, signal),
    notes: () => parts.ledger.state.notes,
    note: (pointId, note, signal) => putNote(parts, pointId, note, signal),
    trash: () => trashOf(parts),
    drop: (pointIds, why, signal) => dropPoints(parts, pointIds, why, signal),
    recover: (pointIds, signal) => recoverPoints(parts, pointIds, signal),
    sweep: (options, signal) => sweep(parts, options, signal),
    upkeep: () => upkeepOf(parts),
    slots: (signal) => listSlots(parts, signal),
    addSlot: (lock, signal) => addSlot(parts, lock, signal),
    removeSlot: (slotId, signal) => removeSlot(parts, slotId, signal),
    renewEpoch: (signal) => renewEpoch(parts, signal),
    get epoch() {
      return parts.ledger.state.epoch
    },
    get lock() {
      return parts.ledger.state.lock
    },
    setLock: (rule, signal) => setLock(parts, rule, signal),
    checkLocks: (onRead, signal) => checkLocks(parts, onRead, signal),
    [Symbol.asyncDispose]: async () => {
      await turns.run(async () => {})
      await leases[Symbol.asyncDispose]()
    },
  }
}

async function refresh(parts: Parts, signal: AbortSignal): Promise<boolean> {
  await parts.ledger.advance(signal)
  const hasNews = parts.ledger.head.number > parts.ledger.taken
  await catchUp(parts, signal)
  return hasNews
}
