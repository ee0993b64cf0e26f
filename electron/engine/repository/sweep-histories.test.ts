import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { boundedTo, reportFault, reportPlanted } from '../proof/rows.ts'
import type { Plant, Plants } from './plant.ts'
import { noPlants } from './plant.ts'
import { type HistoryResult, SweepHistory } from './sweep-history.ts'
import { newRepository, type TestRepository } from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

/** The same ones each time, so that a change is judged by what it changes; all of them begin elsewhere each time. */
const firstSeed = Number(process.env['STILLPOINT_SEED'] ?? boundedTo(1, Date.now() % 1_000_000))
const steps = 60
const suite = import.meta.url

function run(seed: number, plants: Plants = noPlants): Promise<HistoryResult> {
  return new SweepHistory(pool, template, seed, plants).run(steps)
}

test('no history of engines that back up, drop, recover, sweep, and die loses a point, and garbage goes', async (t) => {
  const histories = boundedTo(50, 2000)
  t.diagnostic(`seeds from ${firstSeed}`)
  const bad: string[] = []
  let listFaults = 0
  let swept = 0
  for (let seed = firstSeed; seed < firstSeed + histories; seed++) {
    const result = await run(seed)
    listFaults += result.listFaults
    swept += result.swept
    bad.push(...result.bad.map((what) => `seed ${seed}: ${what}`))
  }
  t.diagnostic(`${histories} histories, ${listFaults} listings that were not true, ${swept} objects swept`)
  reportFault({ fault: 'F9', phase: 'sweep', what: 'sweep histories', ran: histories, bad: bad.length, suite })
  reportFault({ fault: 'F12', phase: 'sweep', what: 'LIST faults', ran: listFaults, bad: bad.length, suite })
  assert.deepEqual(bad, [])
  assert.ok(listFaults >= histories && swept > histories, 'the histories do too little to show anything')
})

/** Of about ten histories one shows a listing that was believed; `sweep-first` shows in one of forty. */
const tries = 400
const plants: readonly Plant[] = boundedTo(['no-grace', 'list-as-truth'], ['no-grace', 'list-as-truth', 'sweep-first'])

for (const plant of plants) {
  test(`a sweep with the bug "${plant}" is caught by the histories`, async (t) => {
    let caughtAt: number | undefined
    for (let at = 0; at < tries && caughtAt === undefined; at++) {
      if ((await run(firstSeed + at, new Set([plant]))).bad.length > 0) caughtAt = at
    }
    t.diagnostic(`caught by history ${caughtAt} from seed ${firstSeed}`)
    reportPlanted({ bug: plant, isCaught: caughtAt !== undefined, suite })
    assert.notEqual(caughtAt, undefined)
  })
}
