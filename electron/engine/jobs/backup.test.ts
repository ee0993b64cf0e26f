import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { after, before, test } from 'node:test'
import type { Method, Point } from '../../../shared/point.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { type Chance, chanceFrom } from '../proof/chance.ts'
import { FakeWalk, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'

/** How a machine's disks become a point: what is read, why, and that the point then holds what the guest had. */

let pool: ChunkPool
let template: Template

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
})
after(() => pool[Symbol.asyncDispose]())

const chunk = 128 * KiB
const begin = (...sizes: readonly number[]): Promise<FakeWalk> => {
  const disks = sizes.map((sizeBytes, at) => ({ name: `vd${'abc'[at]}`, sizeBytes }))
  return FakeWalk.begin(pool, template, { name: 'shop', disks })
}

async function assertHolds(walk: FakeWalk, point: Point): Promise<void> {
  for (const { name } of point.disks) {
    assert.ok((await walk.content(point.id, name)).equals(walk.live(name)), `${name} differs in the point`)
  }
}

const readings = (point: Point): readonly string[] => point.disks.map(({ how, cause }) => `${how}: ${cause}`)

test('the first point reads what is allocated, whole chunks only, and holds what the guest had', async () => {
  const walk = await begin(4 * MiB + 3 * 512)
  walk.machine.disk('vda').write(MiB - 10, randomBytes(20))
  walk.machine.disk('vda').write(4 * MiB, randomBytes(3 * 512))
  const point = await walk.backUp()
  assert.deepEqual(readings(point), ['full: first-point'])
  assert.equal(point.bytesRead, 2 * chunk + 3 * 512)
  await assertHolds(walk, point)
})

test('what the guest writes during a backup stands in the next point and not in this one', async () => {
  const walk = await begin(2 * MiB)
  const disk = walk.machine.disk('vda')
  disk.write(0, randomBytes(2 * MiB))
  const then = walk.live('vda')
  walk.machine.faults.before = async () => disk.write(MiB, randomBytes(KiB))
  const first = await walk.backUp()
  walk.machine.faults.before = undefined
  assert.ok((await walk.content(first.id, 'vda')).equals(then))
  const second = await walk.backUp()
  assert.deepEqual(readings(second), ['bitmap: bitmap-usable'])
  assert.equal(second.bytesRead, chunk)
  await assertHolds(walk, second)
})

test('a differential reads what changed since the last point that was read whole, an incremental since the last', async () => {
  const walk = await begin(4 * MiB)
  const disk = walk.machine.disk('vda')
  disk.write(0, randomBytes(4 * MiB))
  await walk.backUp('incremental')
  const round = async (offset: number, method: Method): Promise<number> => {
    disk.write(offset, randomBytes(10))
    const point = await walk.backUp(method)
    await assertHolds(walk, point)
    assert.deepEqual(readings(point), ['bitmap: bitmap-usable'])
    return point.bytesRead
  }
  assert.equal(await round(0, 'incremental'), chunk)
  assert.equal(await round(MiB, 'differential'), 2 * chunk)
  assert.equal(await round(2 * MiB, 'incremental'), chunk)
  assert.equal(await round(3 * MiB, 'differential'), 4 * chunk)
})

test('a full reads everything although there is a bitmap, and stores nothing twice', async () => {
  const walk = await begin(8 * MiB)
  walk.machine.disk('vda').write(0, randomBytes(8 * MiB))
  await walk.backUp()
  const point = await walk.backUp('full')
  assert.deepEqual(readings(point), ['full: asked-full'])
  assert.equal(point.bytesRead, 8 * MiB)
  assert.ok(point.bytesStored < 32 * KiB, `${point.bytesStored} bytes stored`)
  await assertHolds(walk, point)
})

test('a trimmed range becomes zero without being read', async () => {
  const walk = await begin(4 * MiB)
  const disk = walk.machine.disk('vda')
  disk.write(0, randomBytes(4 * MiB))
  await walk.backUp()
  disk.zero(MiB, 2 * MiB)
  const point = await walk.backUp()
  assert.equal(point.bytesRead, 0)
  await assertHolds(walk, point)
})

test('a disk that is added, grows, shrinks or goes is followed, each with its cause', async () => {
  const walk = await begin(2 * MiB + 512)
  walk.machine.disk('vda').write(0, randomBytes(2 * MiB + 512))
  await walk.backUp()
  walk.machine.addDisk('vdb', MiB).write(5, randomBytes(9))
  const added = await walk.backUp()
  assert.deepEqual(readings(added), ['bitmap: bitmap-usable', 'full: disk-added'])
  await assertHolds(walk, added)
  walk.machine.disk('vda').resize(3 * MiB + 512)
  walk.machine.disk('vdb').resize(MiB - chunk - 512)
  const resized = await walk.backUp()
  assert.deepEqual(readings(resized), ['bitmap: bitmap-usable', 'compare: size-shrunk'])
  await assertHolds(walk, resized)
  assert.equal(walk.machine.disk('vda').sizeBytes, resized.disks[0]?.sizeBytes)
})

test('a disk whose bitmap is lost is compared alone, and no more is stored than what changed', async () => {
  const walk = await begin(48 * MiB, 2 * MiB)
  const [large, small] = [walk.machine.disk('vda'), walk.machine.disk('vdb')]
  large.write(0, randomBytes(48 * MiB))
  small.write(0, randomBytes(2 * MiB))
  await walk.backUp()
  const changed = Array.from({ length: 220 }, (_, at) => Math.floor((at * 384) / 220))
  for (const at of changed) large.write(at * chunk, randomBytes(chunk))
  small.write(0, randomBytes(10))
  large.loseBitmaps()
  const step = notedStep()
  const point = await walk.backUp('incremental', step)
  assert.deepEqual(readings(point), ['compare: bitmap-broken', 'bitmap: bitmap-usable'])
  assert.deepEqual(
    step.said.map(({ why }) => why),
    point.disks.map(({ why }) => why),
  )
  assert.equal(point.disks[0]?.bytesRead, 48 * MiB)
  const changedBytes = (changed.length + 1) * chunk
  // One page of the map per disk, an index, a manifest and a ledger entry come on top of what changed.
  const overheadBytes = 64 * KiB
  assert.ok(point.bytesStored <= changedBytes * 1.01 + overheadBytes, `${point.bytesStored} for ${changedBytes}`)
  await assertHolds(walk, point)
})

test('checkpoints that are gone, a transient machine and raw disks are compared, each with its cause', async () => {
  const walk = await begin(MiB)
  walk.machine.addDisk('vdb', MiB, 'raw').write(0, randomBytes(MiB))
  walk.machine.disk('vda').write(0, randomBytes(MiB))
  await walk.backUp()
  assert.deepEqual(readings(await walk.backUp()), ['bitmap: bitmap-usable', 'compare: format-without-bitmaps'])
  walk.machine.dropCheckpoints(() => true)
  const point = await walk.backUp()
  assert.deepEqual(readings(point), ['compare: checkpoint-missing', 'compare: checkpoint-missing'])
  assert.ok(point.bytesStored < 32 * KiB)
})

test('a point tells what its guest stood like, and carries its definition and files', async () => {
  const attachments = [{ role: 'nvram', path: '/nvram/shop.fd', bytes: new Uint8Array(randomBytes(200_000)) }] as const
  const disks = [{ name: 'vda', sizeBytes: MiB }]
  const walk = await FakeWalk.begin(pool, template, { name: 'shop', disks, attachments, definition: '<domain/>' })
  const quiet = await walk.backUp()
  assert.deepEqual([quiet.consistency, quiet.freezeMs, quiet.warnings], ['file-system', 75, []])
  const manifest = await walk.repository.manifest(quiet.id, notedStep().signal)
  assert.equal(manifest.definition, '<domain/>')
  const [nvram] = manifest.attachments
  assert.ok(nvram !== undefined)
  const bytes = await walk.repository.attachment(nvram, notedStep().signal)
  assert.ok(Buffer.from(bytes).equals(attachments[0].bytes))
  walk.machine.faults.noFreeze = true
  const step = notedStep()
  const crash = await walk.backUp('incremental', step)
  assert.deepEqual([crash.consistency, crash.freezeMs, crash.warnings.length], ['crash', undefined, 1])
  assert.deepEqual(step.warned, crash.warnings)
  walk.machine.stop()
  assert.equal((await walk.backUp()).consistency, 'off')
})

/** What a guest and an admin do between two backups. */
function disturb(walk: FakeWalk, chance: Chance): void {
  const disk = walk.machine.disks[chance.below(walk.machine.disks.length)]
  if (disk === undefined) return
  for (let times = chance.below(12); times > 0; times--) {
    const lengthBytes = Math.min(disk.sizeBytes, 1 + chance.below(400_000))
    const offset = chance.below(disk.sizeBytes - lengthBytes + 1)
    if (chance.once(4)) disk.zero(offset, lengthBytes)
    else disk.write(offset, chance.bytes(lengthBytes))
  }
  if (chance.once(5)) disk.resize((4 + chance.below(8)) * 512 * KiB + chance.below(300) * 512)
  if (chance.once(7)) disk.loseBitmaps()
  if (chance.once(9)) walk.machine.dropCheckpoints(() => true)
  const { length } = walk.machine.disks
  if (chance.once(15) && length < 4) walk.machine.addDisk(`vd${'abcd'[length]}`, 2 * MiB)
}

/** Starts a backup that something ends before its time; answers whether it was ended. */
async function failedBackUp(walk: FakeWalk, chance: Chance): Promise<boolean> {
  const abort = new AbortController()
  const { faults } = walk.machine
  const kind = chance.below(3)
  let reads = chance.below(6)
  if (kind === 0) faults.stopAfterBytes = 1 + chance.below(MiB)
  else faults.before = async () => (reads-- === 0 && (kind === 1 ? abort.abort() : walk.host.vanish())) || undefined
  const ended = await walk.backUp('incremental', notedStep(abort.signal)).then(
    () => false,
    () => true,
  )
  faults.stopAfterBytes = undefined
  faults.before = undefined
  walk.host.comeBack()
  walk.machine.start()
  return ended
}

test('over 200 rounds of writes, trims, resizes, lost bitmaps and broken backups every point holds what the guest had', async (t) => {
  const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31))
  t.diagnostic(`seed ${seed}`)
  const chance = chanceFrom(seed)
  const walk = await begin(4 * MiB, 2 * MiB + 512)
  const counts = { bitmap: 0, compare: 0, full: 0, broken: 0 }
  for (let round = 0; round < 200; round++) {
    disturb(walk, chance)
    if (chance.once(6) && (await failedBackUp(walk, chance))) counts.broken++
    const point = await walk.backUp(chance.once(6) ? 'differential' : 'incremental')
    for (const { how } of point.disks) counts[how]++
    await assertHolds(walk, point)
    if (chance.once(40)) await walk.reopen()
  }
  t.diagnostic(JSON.stringify(counts))
  for (const count of Object.values(counts)) assert.ok(count > 0, JSON.stringify(counts))
})
