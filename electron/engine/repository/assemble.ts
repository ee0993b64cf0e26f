import { Failure } from '../../../shared/failure.ts'
import { readAttachment } from './attachment.ts'
import { catchUp } from './catch-up.ts'
import { changedSince, packsOfPoint } from './changed.ts'
import { isKnownFeature } from './format/config.ts'
import { checkLocks, setLock } from './locks.ts'
import { mend } from './mend.ts'
import { dropPoints, putNote, recoverPoints, trashOf } from './notes.ts'
import type { Parts } from './parts.ts'
import { openPointDisk } from './point-disk.ts'
import type { Repository } from './repository.ts'
import { addSlot, listSlots, removeSlot, renewEpoch } from './slots.ts'
import { sweep, upkeepOf } from './sweep.ts'
import { verifyPoints } from './verify.ts'
import { Draft } from './writer.ts'

export function assemble(parts: Parts): Repository {
  const { id, config, holdings, ledger, points, store, turns } = parts
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
      const problem = whyReadOnly(parts)
      if (problem !== undefined) throw new Failure('repository-too-new', problem)
      return new Draft(parts, pointId, machineId)
    },
    openDisk: (pointId, diskName, signal) => openPointDisk(parts, pointId, diskName, signal),
    verify: (options, signal) => verifyPoints(parts, options.pointId, options.onRead, signal),
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
    [Symbol.asyncDispose]: () => turns.run(async () => {}),
  }
}

async function refresh(parts: Parts, signal: AbortSignal): Promise<boolean> {
  await parts.ledger.advance(signal)
  const hasNews = parts.ledger.news.length > 0
  await catchUp(parts, signal)
  return hasNews
}

function whyReadOnly({ config, ledger }: Parts): string | undefined {
  const unknown = config.requiredFeatures.filter((feature) => !isKnownFeature(feature))
  if (unknown.length > 0) return `The repository needs ${unknown.join(', ')}, which this version does not know`
  if (ledger.hasUnknown) return 'A later version has written to the repository; this one only reads it'
  return undefined
}
