import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { isEnded, type Run } from '../../../shared/job.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { order, rig } from '../jobs/runner.suite.ts'
import type { StoreCall } from '../store/memory.ts'
import { FakeWalk, newTemplate, type Template } from './fake-walk.ts'
import { reportFault, reportPlanted } from './rows.ts'

/** A run counts as done in the catalog only when its point is in the repository, wherever the store went away. */

const suite = import.meta.url
let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(1)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

const isMutation = ({ kind, when }: StoreCall): boolean => when === 'before' && ['put', 'create'].includes(kind)

type Told = { readonly run: Run; readonly mutations: number; readonly points: readonly string[] }

/** A backup in a runner whose store is gone from the `at`-th mutation on. `isCatalogFirst` is the bug: done is recorded before the point is. */
async function backUp(at: number, isCatalogFirst: boolean): Promise<Told> {
  const disks = [{ name: 'vda', sizeBytes: 2 * MiB }]
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks })
  walk.machine.disk('vda').write(0, randomBytes(700 * KiB))
  let mutations = 0
  walk.storeFaults.onCall = (call) => {
    if (isMutation(call)) mutations++
    if (mutations >= at) throw new Failure('repository-unreachable', 'the store went away')
  }
  let recorded: Run | undefined
  const { runner, until } = rig()
  await using _ = runner
  const id = runner.start(
    order(async (step) => {
      if (isCatalogFirst) recorded = { ...runner.get(id), state: 'done' }
      return { pointId: (await walk.backUp('full', step)).id }
    }),
  )
  const ended = await until((run) => run.id === id && isEnded(run.state))
  walk.storeFaults.onCall = undefined
  const repository = await walk.reopen()
  const points = repository.points().map((point) => point.id)
  await repository[Symbol.asyncDispose]()
  // A power cut right then would have left what was recorded first.
  return { run: recorded ?? ended, mutations, points }
}

/** Answers how many places were tried and which of them told of a point that is not there. */
async function explore(isCatalogFirst: boolean): Promise<{ readonly ran: number; readonly wrong: readonly string[] }> {
  const wrong: string[] = []
  for (let at = 1; ; at++) {
    const { run, mutations, points } = await backUp(at, isCatalogFirst)
    if (run.state === 'done' && !points.includes(run.pointId ?? ''))
      wrong.push(`mutation ${at}: done without its point`)
    if (run.failure?.code === 'bug') wrong.push(`mutation ${at}: ${run.failure.message}`)
    if (mutations < at) return { ran: at - 1, wrong }
  }
}

test('no run is told as done whose point is not in the repository, wherever its store went away', async () => {
  const { ran, wrong } = await explore(false)
  reportFault({ fault: 'F11', phase: 'backup, the store goes away', what: 'places', ran, bad: wrong.length, suite })
  assert.ok(ran >= 4, `only ${ran} mutations were seen`)
  assert.deepEqual(wrong, [])
})

test('that a run is recorded before its point is caught (catalog-first)', async () => {
  const { wrong } = await explore(true)
  reportPlanted({ bug: 'catalog-first', isCaught: wrong.length > 0, suite })
  assert.notDeepEqual(wrong, [])
})
