import assert from 'node:assert/strict'
import { test } from 'node:test'
import { job, order, rig } from './runner.suite.ts'

test('two runs of one machine never run at the same time, those of others do', async () => {
  const { runner, state } = rig()
  await using _ = runner
  const [first, second, other] = [job(), job(), job()]
  const firstId = runner.start(order(first.work))
  const secondId = runner.start(order(second.work))
  runner.start(order(other.work, ['another machine']))
  await Promise.all([first.step, other.step])
  assert.equal(runner.get(secondId).state, 'queued')
  first.end()
  await state(firstId, 'done')
  await second.step
  second.end()
  other.end()
  await state(secondId, 'done')
})

test('at most four runs go at once, the fifth starts when one has ended', async () => {
  const { runner } = rig()
  await using _ = runner
  const jobs = Array.from({ length: 5 }, job)
  const ids = jobs.map((each, place) => runner.start(order(each.work, [`machine ${place}`])))
  await Promise.all(jobs.slice(0, 4).map((each) => each.step))
  assert.deepEqual(
    ids.map((id) => runner.get(id).state),
    ['running', 'running', 'running', 'running', 'queued'],
  )
  jobs[2]?.end()
  await jobs[4]?.step
  for (const each of jobs) each.end()
})

test('an earlier run that waits for two things is not overtaken for ever', async () => {
  const { runner } = rig()
  await using _ = runner
  const [first, both, late] = [job(), job(), job()]
  runner.start(order(first.work, ['a']))
  runner.start(order(both.work, ['a', 'b']))
  const lateId = runner.start(order(late.work, ['b']))
  await first.step
  assert.equal(runner.get(lateId).state, 'queued')
  first.end()
  await both.step
  both.end()
  await late.step
  late.end()
})

test('a run that waited behind a cancelled one goes', async () => {
  const { runner } = rig()
  await using _ = runner
  const [first, both, late] = [job(), job(), job()]
  runner.start(order(first.work, ['a']))
  const id = runner.start(order(both.work, ['a', 'b']))
  runner.start(order(late.work, ['b']))
  runner.cancel(id)
  await late.step
  first.end()
  late.end()
})
