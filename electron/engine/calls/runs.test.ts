import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { readdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import type { RestoreTarget } from '../../../shared/contract.ts'
import { Failure } from '../../../shared/failure.ts'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, needPoint, never, openConsole, type Place, place } from '../proof/walk.ts'

const shop = '00000000-0000-4000-8000-00000000000a'
const inPlace = { kind: 'in-place' } as const

type Rig = {
  readonly at: Place
  readonly host: FakeHost
  readonly console: Console
  readonly hostId: string
  readonly repositoryId: string
}

/** A running machine of two disks on a fake host, and a repository in a folder. */
async function rig(owned: AsyncDisposableStack): Promise<Rig> {
  const at = owned.use(await place())
  const host = new FakeHost()
  const disks = ['vda', 'vdb'].map((name) => ({ name, sizeBytes: 2 * MiB }))
  const machine = host.add({ id: shop, name: 'shop', definition: '<domain/>', disks })
  for (const { name } of disks) machine.disk(name).write(0, randomBytes(MiB))
  const console = owned.use(await openConsole(at.at('home'), { connect: async () => host }))
  const { hostId } = await console.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  const { repositoryId } = await console.createRepository(at.at('repository'))
  return { at, host, console, hostId, repositoryId }
}

test('a disk that is left out is in no point; back again it is read as one that was added', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, repositoryId } = await rig(owned)
  const backUp = async (...excludedDisks: readonly string[]) => {
    const wish = { machineId: shop, repositoryId, method: 'incremental' as const, excludedDisks: [...excludedDisks] }
    const run = await console.ended((await console.calls.startBackup(wish, never)).runId)
    return console.calls.showPoint({ pointId: needPoint(run) }, never)
  }
  const read = async (...excluded: readonly string[]) => {
    const { disks, warnings } = await backUp(...excluded)
    return [...disks.map(({ name, cause }) => `${name} ${cause}`), ...warnings]
  }
  assert.deepEqual(await read(), ['vda first-point', 'vdb first-point'])
  assert.deepEqual(await read('vdb', 'vdz'), ['vda bitmap-usable'])
  assert.deepEqual(await read(), ['vda bitmap-usable', 'vdb disk-added'])
  await assert.rejects(backUp('vda', 'vdb'), { code: 'invalid-argument' })
})

test('without freeze the guest is not asked, and the point says what it is worth', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, repositoryId } = await rig(owned)
  const wish = { machineId: shop, repositoryId, method: 'full' } as const
  const consistency = async (choice: { readonly freeze?: boolean }) => {
    const run = await console.ended((await console.calls.startBackup({ ...wish, ...choice }, never)).runId)
    return (await console.calls.showPoint({ pointId: needPoint(run) }, never)).consistency
  }
  assert.equal(await consistency({}), 'file-system')
  assert.equal(await consistency({ freeze: false }), 'crash')
})

test('a restored machine is started where that is wished, and one that does not start is restored all the same', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, host, hostId, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  const target = { kind: 'new-machine', hostId, start: true } as const
  const started = await console.restore(pointId, { ...target, name: 'shop-2' })
  assert.deepEqual([started.state, started.targetKind, started.warnings], ['done', 'new-machine', []])
  assert.equal(host.machine(started.machineId ?? '').state, 'running')
  host.startMachine = () => Promise.reject(new Failure('host-refused', 'no memory left'))
  const lame = await console.restore(pointId, { ...target, name: 'shop-3' })
  assert.equal(lame.state, 'done')
  assert.match(lame.warnings.join(), /restored but could not be started: no memory left/)
  assert.equal(host.machine(lame.machineId ?? '').state, 'off')
})

test('a restore in place tells the point from which it can be undone while it is under way, also when it fails then', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, host, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  const machine = host.machine(shop)
  machine.stop()
  for (const disk of machine.disks) disk.write(0, randomBytes(MiB / 4))
  const content = () => machine.disks.map((disk) => Buffer.from(disk.read(0, 2 * MiB)).toString('base64'))
  const now = content()
  host.restoreFaults.fullAfterBytes = MiB / 4
  const failed = await console.restore(pointId, inPlace)
  host.restoreFaults.fullAfterBytes = undefined
  assert.deepEqual([failed.state, failed.failure?.code, failed.targetKind], ['failed', 'no-space', 'in-place'])
  assert.ok(console.said.some((said) => said.includes('"running"') && said.includes(`"${failed.undoPointId}"`)))
  assert.notEqual(content()[0], now[0])
  assert.equal(content()[1], now[1])
  const points = await console.calls.listPoints({ machineId: shop }, never)
  assert.deepEqual(
    points.map(({ id }) => id),
    [failed.undoPointId, pointId],
  )
  const undone = await console.restore(failed.undoPointId ?? '', inPlace)
  assert.equal(undone.state, 'done', undone.failure?.message)
  assert.ok(content().join() === now.join())
})

test('a run is told which disks it was for, and when it began', async () => {
  await using owned = new AsyncDisposableStack()
  const { at, console, host, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  host.machine(shop).stop()
  const partial = async (target: RestoreTarget) => {
    const run = await console.restore(pointId, target)
    assert.equal(run.state, 'done', run.failure?.message)
    assert.ok((run.startedAt ?? 0) >= run.queuedAt)
    return run.partial
  }
  assert.equal(await partial({ ...inPlace, disks: ['vda'] }), true)
  assert.equal(await partial({ ...inPlace, disks: ['vda', 'vdb'] }), undefined)
  assert.equal(await partial({ kind: 'images', folder: at.at('out'), format: 'raw', disks: ['vdb'] }), true)
  assert.equal(await partial({ kind: 'images', folder: at.at('all'), format: 'raw' }), undefined)
})

/** A folder with one raw image that has changed as a whole since its point. */
async function changedImage(owned: AsyncDisposableStack) {
  const at = owned.use(await place('images'))
  const console = owned.use(await openConsole(at.at('home')))
  await console.addImages(at.at('images'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const file = at.at('images', 'shop.raw')
  const then = randomBytes(24 * MiB)
  await writeFile(file, then)
  const pointId = needPoint(await console.backUp(await console.machineNamed('shop'), repositoryId))
  const now = randomBytes(24 * MiB)
  await writeFile(file, now)
  return { console, file, then, now, pointId, packs: at.at('repository', 'packs') }
}

test('images in a folder: what was overwritten comes back byte for byte', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, file, then, now, pointId } = await changedImage(owned)
  const restored = await console.restore(pointId, inPlace)
  assert.equal(restored.state, 'done', restored.failure?.message)
  assert.ok((await readFile(file)).equals(then))
  const undone = await console.restore(restored.undoPointId ?? '', inPlace)
  assert.equal(undone.state, 'done', undone.failure?.message)
  assert.ok((await readFile(file)).equals(now))
})

test('images in a folder: a restore that breaks off in the middle, wherever that is, is taken back byte for byte', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, file, then, now, pointId, packs } = await changedImage(owned)
  const all = await readdir(packs, { recursive: true, withFileTypes: true })
  const files = all.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name))
  assert.ok(files.length > 2)
  let mixtures = 0
  for (const pack of files) {
    await rename(pack, `${pack}.away`)
    const broken = await console.restore(pointId, inPlace)
    await rename(`${pack}.away`, pack)
    assert.deepEqual([broken.state, broken.failure?.code], ['failed', 'pack-missing'])
    const mixture = await readFile(file)
    assert.ok(!mixture.equals(then))
    if (!mixture.equals(now)) mixtures++
    const mended = await console.restore(broken.undoPointId ?? '', inPlace)
    assert.equal(mended.state, 'done', mended.failure?.message)
    assert.ok((await readFile(file)).equals(now))
  }
  assert.ok(mixtures > 0)
})
