import { Failure } from '../../../shared/failure.ts'
import type { PointId } from '../../../shared/point.ts'
import type { ReadableDisk } from '../disk/disk.ts'
import type { Repository } from '../repository/repository.ts'
import { isDamage } from './backup-disk.ts'
import type { Step } from './step.ts'

export type MendOrder = {
  readonly repository: Repository
  /** Other repositories that are open and have the point, in the order in which they are to be asked. */
  holders(pointId: PointId): readonly Repository[]
}

/** A mending whose lease was taken for dead finds what it had stored when it begins again. */
const attempts = 3

/** Stores anew what is damaged, as far as another repository has it. Answers how many chunks. */
export async function mendChunks(step: Step, order: MendOrder): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      const count = await mendOnce(step, order)
      step.came({ count })
      return count
    } catch (thrown) {
      const isLost = thrown instanceof Failure && thrown.code === 'lease-lost'
      if (!isLost || attempt === attempts) throw thrown
    }
  }
}

function mendOnce(step: Step, { repository, holders }: MendOrder): Promise<number> {
  return repository.mend(
    { openDisk: (pointId, diskName, signal) => openAnywhere(holders(pointId), pointId, diskName, signal) },
    async (bytes, totalBytes) => {
      step.meter.set('bytesTotal', totalBytes)
      step.meter.add('bytesRead', bytes)
      await step.pass(step.signal)
    },
    step.signal,
  )
}

/** A disk that is read from the first of its copies that has the range whole. */
async function openAnywhere(
  holders: readonly Repository[],
  pointId: PointId,
  diskName: string,
  signal: AbortSignal,
): Promise<ReadableDisk | undefined> {
  const copies: ReadableDisk[] = []
  for (const holder of holders) {
    const copy = await openOne(holder, pointId, diskName, signal)
    if (copy !== undefined) copies.push(copy)
  }
  const [first] = copies
  if (first === undefined) return undefined
  return {
    sizeBytes: first.sizeBytes,
    read: (offset, into, stop) => firstWhole(copies, (copy) => copy.read(offset, into, stop)),
    allocated: (stop) => firstWhole(copies, (copy) => copy.allocated(stop)),
    async [Symbol.asyncDispose]() {
      for (const copy of copies) await copy[Symbol.asyncDispose]()
    },
  }
}

async function openOne(
  holder: Repository,
  pointId: PointId,
  diskName: string,
  signal: AbortSignal,
): Promise<ReadableDisk | undefined> {
  try {
    return await holder.openDisk(pointId, diskName, signal)
  } catch (thrown) {
    if (isUnreadable(thrown)) return undefined
    throw thrown
  }
}

/** Fails as the last copy does. */
async function firstWhole<T>(copies: readonly ReadableDisk[], read: (copy: ReadableDisk) => Promise<T>): Promise<T> {
  for (const copy of copies.slice(0, -1)) {
    try {
      return await read(copy)
    } catch (thrown) {
      if (!isUnreadable(thrown)) throw thrown
    }
  }
  return read(copies.at(-1) as ReadableDisk)
}

/** Another copy may still have it. */
function isUnreadable(thrown: unknown): boolean {
  return (
    isDamage(thrown) ||
    (thrown instanceof Failure && ['point-not-found', 'repository-unreachable'].includes(thrown.code))
  )
}
