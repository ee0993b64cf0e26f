import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { after, before, test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'
import { verify } from './verify.ts'

let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

/** Two points; the second shares half of its chunks with the first. */
async function twoPoints(): Promise<{ walk: FakeWalk; first: string; second: string; newPacks: readonly string[] }> {
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks: [{ name: 'vda', sizeBytes: 4 * MiB }] })
  walk.machine.disk('vda').write(0, randomBytes(4 * MiB))
  const first = (await walk.backUp()).id
  const before = new Set(walk.store.objects.keys())
  walk.machine.disk('vda').write(2 * MiB, randomBytes(2 * MiB))
  const second = (await walk.backUp()).id
  const newPacks = [...walk.store.objects.keys()].filter((name) => name.startsWith('packs/') && !before.has(name))
  return { walk, first, second, newPacks }
}

function flip(walk: FakeWalk, name: string): void {
  const bytes = walk.store.objects.get(name)
  assert.ok(bytes !== undefined)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
}

test('a whole repository is verified, and progress counts every byte that was read once', async () => {
  const { walk, first } = await twoPoints()
  for (const pointId of [undefined, first]) {
    const step = notedStep()
    await walk.verify(step, pointId)
    const [report] = step.reports
    assert.deepEqual(report?.damaged, [])
    assert.ok((report?.chunks ?? 0) > 32)
    const { bytesRead, bytesTotal } = step.meter.progress()
    assert.equal(bytesRead, report?.bytesRead)
    assert.equal(bytesRead, bytesTotal)
  }
})

test('damage fails the run, names the object and the points that need it, and spares the others', async () => {
  for (const damage of ['flip', 'remove'] as const) {
    const { walk, first, second, newPacks } = await twoPoints()
    assert.ok(newPacks.length > 0)
    for (const name of newPacks) {
      if (damage === 'flip') flip(walk, name)
      else walk.store.objects.delete(name)
    }
    const step = notedStep()
    await assert.rejects(walk.verify(step), { code: 'repository-damaged' })
    const [report] = step.reports
    assert.deepEqual(report?.damaged.map(({ object }) => object).toSorted(), newPacks.toSorted())
    // What lies below a page that cannot be read cannot be told: the point stands with the page's pack then.
    assert.deepEqual([...new Set(report?.damaged.flatMap(({ points }) => points))], [second])
    await walk.verify(notedStep(), first)
    await assert.rejects(walk.verify(notedStep(), second), { code: 'repository-damaged' })
    await walk.content(first, 'vda')
  }
})

test('what a verification found damaged is stored again by the next backup, although its bitmap names none of it', async () => {
  const { walk, newPacks } = await twoPoints()
  for (const name of newPacks) flip(walk, name)
  await assert.rejects(walk.verify(), { code: 'repository-damaged' })
  const step = notedStep()
  const point = await walk.backUp('full', step)
  assert.ok((await walk.content(point.id, 'vda')).equals(walk.live('vda')))
})

test('a verification that is cancelled, or whose store goes away, reports nothing', async () => {
  const { walk } = await twoPoints()
  const abort = new AbortController()
  walk.storeFaults.onCall = ({ name }) => void (name.startsWith('packs/') && abort.abort())
  const step = notedStep(abort.signal)
  await assert.rejects(walk.verify(step), { name: 'AbortError' })
  assert.deepEqual(step.reports, [])
})

/** Notes in memory; what was noted counts at once. */
function notedChecks(fresh: ReadonlyMap<string, number> = new Map()) {
  const noted = new Map<string, boolean>()
  let flushes = 0
  return {
    noted,
    flushes: () => flushes,
    freshAt: (pack: string) => fresh.get(pack),
    put: (pack: string, isWhole: boolean) => void noted.set(pack, isWhole),
    flush: () => void flushes++,
  }
}

test('a verification that was cut off goes on: no pack is read twice, and the report says how old the oldest look is', async () => {
  const { walk } = await twoPoints()
  const abort = new AbortController()
  const first = notedChecks()
  const put = first.put
  first.put = (pack, isWhole) => {
    put(pack, isWhole)
    if (first.noted.size === 2) abort.abort()
  }
  const { repository } = walk
  await assert.rejects(verify(notedStep(abort.signal), { repository, pointId: undefined, checks: first }), {
    name: 'AbortError',
  })
  assert.equal(first.flushes(), 1)
  const second = notedChecks(new Map([...first.noted.keys()].map((pack, at) => [pack, 100 + at])))
  const step = notedStep()
  await verify(step, { repository, pointId: undefined, checks: second })
  const packs = [...walk.store.objects.keys()].filter((name) => name.startsWith('packs/')).length
  assert.ok([...second.noted.keys()].every((pack) => !first.noted.has(pack)))
  assert.equal(first.noted.size + second.noted.size, packs)
  assert.equal(step.reports[0]?.since, 100)
})

test('one point is read whole whatever was read before, and what is read is noted', async () => {
  const { walk, first } = await twoPoints()
  const { repository } = walk
  const needed = await repository.packsOf(first, new AbortController().signal)
  const checks = notedChecks(new Map(needed.map((pack) => [pack, 100])))
  const step = notedStep()
  await verify(step, { repository, pointId: first, checks })
  assert.deepEqual([...checks.noted.keys()].toSorted(), needed.toSorted())
  assert.equal(step.reports[0]?.since, undefined)
})
