import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { Run, SweepReport } from '../../../shared/job.ts'
import type { PointId } from '../../../shared/point.ts'
import type { LockTruth } from '../../../shared/repository.ts'
import { sentence } from '../../../shared/sentences.ts'
import { memoryDisk } from '../disk/memory.ts'
import { type NotedStep, never, notedStep } from '../proof/fake-walk.ts'
import type { MendSource, PointDisk, Repository, SweepOptions } from '../repository/repository.ts'
import { checkLocks } from './lock.ts'
import { mendChunks } from './mend.ts'
import { sweepDefaults, sweepRepository } from './sweep.ts'

const pointId: PointId = 'a'.repeat(32)

type Came = Partial<Pick<Run, 'sweep' | 'lock' | 'count'>>

function stepOf(): NotedStep & { readonly facts: Came[] } {
  const facts: Came[] = []
  return { ...notedStep(), facts, came: (of) => void facts.push(of) }
}

/** A repository that mends by reading `length` bytes of its source. */
function mending(wanted: number): Repository {
  const mend = async (source: MendSource, onRead: SweepOptions['onRead']): Promise<number> => {
    await using disk = await source.openDisk(pointId, 'vda', never)
    if (disk === undefined) return 0
    const bytes = Buffer.alloc(wanted)
    await disk.read(0, bytes, never)
    await onRead(wanted, wanted)
    return bytes[0] ?? 0
  }
  return { mend } as Partial<Repository> as Repository
}

/** A repository whose copy of the point is full of `value`, or fails. */
function holder(value: number, openFails?: Failure, readFails?: Failure): Repository {
  const openDisk = async (): Promise<PointDisk> => {
    if (openFails !== undefined) throw openFails
    const disk = memoryDisk(4096, () => {
      if (readFails !== undefined && isFilled) throw readFails
    })
    let isFilled = false
    await disk.write(0, new Uint8Array(4096).fill(value), never)
    isFilled = true
    return disk as Partial<PointDisk> as PointDisk
  }
  return { openDisk } as Partial<Repository> as Repository
}

test('what is damaged is taken from the first copy that has it whole', async () => {
  const damaged = holder(1, undefined, new Failure('object-damaged', 'no'))
  const gone = holder(2, new Failure('repository-unreachable', 'no'))
  const never = holder(3, new Failure('point-not-found', 'no'))
  const step = stepOf()
  const holders = [damaged, gone, never, holder(4), holder(5)]
  assert.equal(await mendChunks(step, { repository: mending(100), holders: () => holders }), 4)
  assert.deepEqual(step.facts, [{ count: 4 }])
  assert.equal(step.meter.progress().bytesRead, 100)
})

test('a point that no other repository has mends nothing, and one that is damaged everywhere fails', async () => {
  const damaged = holder(1, undefined, new Failure('pack-missing', 'no'))
  assert.equal(await mendChunks(stepOf(), { repository: mending(1), holders: () => [] }), 0)
  const order = { repository: mending(1), holders: () => [damaged, damaged] }
  await assert.rejects(mendChunks(stepOf(), order), { code: 'pack-missing' })
})

test('a mending whose lease was lost begins again, and does not do so for ever', async () => {
  for (const [losses, isGood] of [
    [2, true],
    [3, false],
  ] as const) {
    let tries = 0
    const mend = async (): Promise<number> => {
      if (++tries <= losses) throw new Failure('lease-lost', 'taken for dead')
      return 7
    }
    const repository = { mend } as Partial<Repository> as Repository
    const mended = mendChunks(stepOf(), { repository, holders: () => [] })
    if (isGood) assert.equal(await mended, 7)
    else await assert.rejects(mended, { code: 'lease-lost' })
    assert.equal(tries, 3)
  }
})

test('a copy that fails by anything but damage ends the mending', async () => {
  const full = holder(1, undefined, new Failure('credentials-refused', 'no'))
  const order = { repository: mending(1), holders: () => [full, holder(2)] }
  await assert.rejects(mendChunks(stepOf(), order), { code: 'credentials-refused' })
})

const swept: SweepReport = {
  purged: 1,
  marked: 2,
  markedBytes: 3,
  revived: 4,
  removed: 5,
  removedBytes: 6,
  locked: 7,
  repacked: 8,
  repackedBytes: 9,
}

test('a sweep waits as long as is safe unless told otherwise, stands still when paused, and its report stays with the run', async () => {
  const seen: SweepOptions[] = []
  const repository = {
    async sweep(options: SweepOptions) {
      seen.push(options)
      await options.onRead(5, 10)
      return swept
    },
  } as Partial<Repository> as Repository
  const step = stepOf()
  let passes = 0
  step.pass = async () => void passes++
  await sweepRepository(step, { repository })
  await sweepRepository(step, { repository, options: { graceMs: 1 } })
  assert.deepEqual(
    seen.map(({ onRead: _, ...options }) => options),
    [sweepDefaults, { ...sweepDefaults, graceMs: 1 }],
  )
  assert.ok(sweepDefaults.graceMs >= 86_400_000 && sweepDefaults.cycles >= 2)
  assert.deepEqual(step.facts, [{ sweep: swept }, { sweep: swept }])
  assert.equal(passes, 2)
})

const truth: LockTruth = { at: 1, until: 9, objects: 4, unlocked: 0, canary: 'refused' }

function locked(told: LockTruth): Repository {
  return {
    lock: { mode: 'compliance', days: 3 },
    checkLocks: async () => ({ truth: told, perPoint: new Map([[pointId, told.until]]) }),
  } as Partial<Repository> as Repository
}

test('lock truth stays with the run, also when it is bad news, and bad news fails the run', async () => {
  const { until: _, ...endless } = truth
  for (const [told, code, warnings] of [
    [truth, undefined, 0],
    [{ ...truth, unlocked: 2 }, undefined, 1],
    [{ ...truth, canary: 'deleted' }, 'store-unsuitable', 0],
    [{ ...endless, unlocked: 2 }, 'store-unsuitable', 1],
  ] as const) {
    const step = stepOf()
    const checked = checkLocks(step, { repository: locked(told) })
    if (code === undefined) await checked
    else await assert.rejects(checked, { code })
    assert.deepEqual(step.facts, [{ lock: told }])
    const said = sentence('objects-not-locked', { count: String(told.unlocked) })
    assert.deepEqual(
      step.warned,
      Array.from({ length: warnings }, () => said),
    )
  }
})
