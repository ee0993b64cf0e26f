import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { thisHolder } from '../base/holder.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { entries } from './damage-rig.ts'
import { diskOf, worldOf } from './lease-rig.ts'
import {
  machineId,
  makePoint,
  never,
  newRepository,
  pointIdOf,
  type TestRepository,
  testChunkBytes,
} from './test-rig.ts'

let pool: ChunkPool
let template: TestRepository

before(async () => {
  pool = startPool(1)
  template = await newRepository(pool)
})
after(() => pool[Symbol.asyncDispose]())

test('a holder whose process ended on this machine is released at once, and one of another machine is not', {
  skip: process.platform !== 'linux' && 'only Linux tells when a process began',
}, async () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  const killed = thisHolder().split(' ').with(3, String(pid)).join(' ')
  const away = killed.split(' ').with(0, 'elsewhere').join(' ')
  for (const [holder, isReleased] of [
    [killed, true],
    [away, false],
  ] as const) {
    const { store, open } = worldOf(pool, template)
    await using one = await open({ holder })
    await using draft = one.beginPoint(pointIdOf(1), machineId)
    await draft.addDisk({ name: 'vda', sizeBytes: 4 * testChunkBytes, base: undefined }, never)
    await using other = await open()
    await makePoint(other, 2, [diskOf(2, 4)])
    assert.equal(isReleasedIn({ ...template, store }, holder), isReleased)
  }
})

test('whoever finds a sweeper at work is told its host and nothing of its process', async () => {
  const { open } = worldOf(pool, template)
  await using one = await open({ holder: 'desk boot-id pid:[1],time:[1] 77 88' })
  await using other = await open()
  const options = { trashMs: 0, graceMs: 0, cycles: 0, wasteLimit: 1 }
  let told = ''
  await makePoint(one, 1, [diskOf(1, 8)])
  const onRead = async () => {
    await other.sweep({ ...options, onRead: () => {} }, never).catch((thrown: unknown) => (told = String(thrown)))
  }
  await one.sweep({ ...options, onRead }, never)
  assert.match(told, /: desk is clearing up since \d{4}-/)
})

function isReleasedIn(rig: TestRepository, holder: string): boolean {
  const told = entries(rig)
  const lease = told.find((entry) => entry.kind === 'lease' && entry.holder === holder)
  assert.ok(lease !== undefined)
  return told.some((entry) => entry.kind === 'release' && entry.fence === lease.number)
}
