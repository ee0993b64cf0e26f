import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { test } from 'node:test'
import type { Argument } from '../../../shared/contract.ts'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, needPoint, never, openConsole, type Place, passphrase, place } from '../proof/walk.ts'

/** A plan says what a run then does, and starts nothing. */

const shop = '00000000-0000-4000-8000-00000000000a'
const nobody = '00000000-0000-4000-8000-00000000000c'

type Rig = {
  readonly at: Place
  readonly host: FakeHost
  readonly console: Console
  readonly hostId: string
  readonly repositoryId: string
}

async function rig(owned: AsyncDisposableStack): Promise<Rig> {
  const at = owned.use(await place())
  const host = new FakeHost()
  const disks = ['vda', 'vdb'].map((name) => ({ name, sizeBytes: 4 * MiB }))
  const machine = host.add({ id: shop, name: 'shop', disks })
  for (const { name } of disks) machine.disk(name).write(0, randomBytes(MiB))
  const console = owned.use(await openConsole(at.at('home'), { connect: async () => host }))
  const { hostId } = await console.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  const { repositoryId } = await console.createRepository(at.at('repository'))
  return { at, host, console, hostId, repositoryId }
}

test('a backup is planned from the sizes first and from what earlier backups took later, and a plan runs nothing', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, host, repositoryId } = await rig(owned)
  const plan = async (over: Partial<Argument<'planBackup'>> = {}) =>
    console.calls.planBackup({ machineIds: [shop], repositoryId, method: 'incremental', excluded: [], ...over }, never)
  const first = await plan()
  assert.deepEqual(first.machines, [
    { machineId: shop, basis: 'first', bytesRead: 8 * MiB, bytesStored: 4 * MiB, obstacles: [] },
  ])
  assert.equal(first.seconds, undefined)
  assert.ok((first.freeBytes ?? 0) > 0)
  assert.deepEqual(await console.calls.listRuns({ limit: 10 }, never), [])

  needPoint(await console.backUp(shop, repositoryId))
  host.machine(shop).disk('vda').write(0, randomBytes(10))
  const point = await console.calls.showPoint({ pointId: needPoint(await console.backUp(shop, repositoryId)) }, never)
  const later = await plan()
  const { bytesRead, bytesStored } = point
  assert.deepEqual(later.machines, [{ machineId: shop, basis: 'history', bytesRead, bytesStored, obstacles: [] }])
  assert.ok((later.seconds ?? 0) >= 1)
  const withoutVda = await plan({ excluded: [{ machineId: shop, disk: 'vda' }] })
  assert.deepEqual([withoutVda.machines[0]?.bytesRead, withoutVda.machines[0]?.bytesStored], [0, 0])
})

test('what keeps a backup from being started stands beside its machine', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, host, repositoryId } = await rig(owned)
  const excluded = ['vda', 'vdb'].map((disk) => ({ machineId: shop, disk }))
  const wish = { machineIds: [shop, nobody], repositoryId, method: 'full', excluded } as const
  const obstacles = async (over: Partial<Argument<'planBackup'>>) => {
    const argument = { ...wish, machineIds: [...wish.machineIds], excluded, ...over }
    return (await console.calls.planBackup(argument, never)).machines.map((each) => each.obstacles)
  }
  assert.deepEqual(await obstacles({}), [['no-disk-left'], ['machine-gone']])
  assert.deepEqual(await obstacles({ repositoryId: 'f'.repeat(32), excluded: [] }), [
    ['repository-not-open'],
    ['machine-gone', 'repository-not-open'],
  ])
  const { id: huge } = host.add({ name: 'huge', disks: [{ name: 'vda', sizeBytes: 2 ** 50 }] })
  assert.deepEqual(await obstacles({ machineIds: [shop, huge, shop], excluded: [] }), [[], ['no-space'], ['no-space']])
})

test('a restore to images tells its files, what is in their way and what it writes', async () => {
  await using owned = new AsyncDisposableStack()
  const { at, console, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  const target = { kind: 'images', folder: at.at('out'), format: 'qcow2', disks: ['vda'] } as const
  const plan = (folder: string) =>
    console.calls.planRestore({ pointId, target: { ...target, folder, disks: [...target.disks] } }, never)
  const first = await plan(at.at('out'))
  const path = at.at('out', 'shop-vda.qcow2')
  assert.deepEqual(first.writes, [{ disk: 'vda', path, sizeBytes: 4 * MiB, overwrites: false }])
  assert.deepEqual([first.bytes, first.undo, first.obstacles], [MiB, 'remove-files', []])
  assert.ok((first.freeBytes ?? 0) > 0)
  const run = await console.restore(pointId, { ...target, disks: ['vda'] })
  assert.deepEqual([run.state, run.target, run.progress.bytesWritten], ['done', path, first.bytes])
  const second = await plan(at.at('out'))
  assert.deepEqual(second.obstacles, ['files-exist'])
  assert.ok((second.seconds ?? 0) >= 1)
  assert.deepEqual((await plan(path)).obstacles, ['folder-unusable'])
  assert.deepEqual((await plan('somewhere')).obstacles, ['folder-unusable'])
  await assert.rejects(console.calls.planRestore({ pointId, target: { ...target, disks: ['vdz'] } }, never), {
    code: 'point-not-found',
  })
  await assert.rejects(
    console.calls.planRestore({ pointId: 'f'.repeat(32), target: { ...target, disks: ['vda'] } }, never),
    {
      code: 'point-not-found',
    },
  )
})

test('a restore as a new machine tells a name that is taken and a host that is not there', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, host, hostId, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  const plan = (name: string, on = hostId) =>
    console.calls.planRestore({ pointId, target: { kind: 'new-machine', name, hostId: on } }, never)
  const { writes, undo, obstacles, bytes } = await plan('shop-2')
  assert.deepEqual(writes, [
    { disk: 'vda', sizeBytes: 4 * MiB, overwrites: false },
    { disk: 'vdb', sizeBytes: 4 * MiB, overwrites: false },
  ])
  assert.deepEqual([undo, obstacles, bytes], ['remove-machine', [], 2 * MiB])
  assert.deepEqual((await plan('shop')).obstacles, ['name-taken'])
  await assert.rejects(plan('shop-2', nobody), { code: 'host-not-found' })
  host.vanish()
  assert.deepEqual((await plan('shop-2')).obstacles, ['host-unreachable'])
})

test('a new machine in a folder of images is told how much that folder takes', async () => {
  await using owned = new AsyncDisposableStack()
  const { repositoryId, console: source } = await rig(owned)
  const pointId = needPoint(await source.backUp(shop, repositoryId))
  const at = owned.use(await place('images'))
  const console = owned.use(await openConsole(at.at('home')))
  const hostId = await console.addImages(at.at('images'))
  const [listed] = await source.calls.listRepositories(null, never)
  assert.ok(listed !== undefined)
  const unlock = { kind: 'passphrase', passphrase } as const
  await console.calls.openRepository({ address: listed.address, unlock }, never)
  const target = { kind: 'new-machine', name: 'shop', hostId } as const
  const plan = await console.calls.planRestore({ pointId, target }, never)
  assert.ok((plan.freeBytes ?? 0) > 0)
  assert.deepEqual(plan.obstacles, [])
})

test('a restore in place names what is overwritten, and what keeps it from that', async () => {
  await using owned = new AsyncDisposableStack()
  const { console, host, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  const plan = (...disks: readonly string[]) => {
    const target = disks.length === 0 ? { kind: 'in-place' as const } : { kind: 'in-place' as const, disks: [...disks] }
    return console.calls.planRestore({ pointId, target }, never)
  }
  assert.deepEqual((await plan()).obstacles, ['machine-running'])
  const machine = host.machine(shop)
  machine.stop()
  const { writes, undo, obstacles } = await plan('vdb')
  assert.deepEqual(writes, [{ disk: 'vdb', path: '/fake/shop/vdb.qcow2', sizeBytes: 4 * MiB, overwrites: true }])
  assert.deepEqual([undo, obstacles], ['undo-point', []])
  machine.disk('vdb').resize(8 * MiB)
  assert.deepEqual((await plan()).obstacles, ['size-differs'])
  assert.deepEqual((await plan('vda')).obstacles, [])
  host.vanish()
  assert.deepEqual((await plan()).obstacles, ['host-unreachable'])
  host.comeBack()
  host.remove(shop)
  assert.deepEqual((await plan()).obstacles, ['machine-gone'])
})

test('a point whose repository is away is planned by its sizes, and says that it is away', async () => {
  await using owned = new AsyncDisposableStack()
  const { at, host, console, repositoryId } = await rig(owned)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  await console[Symbol.asyncDispose]()
  await rename(at.at('repository'), at.at('unplugged'))
  await using again = await openConsole(at.at('home'), { connect: async () => host })
  const target = { kind: 'images', folder: at.at('out'), format: 'raw' } as const
  const plan = await again.calls.planRestore({ pointId, target }, never)
  assert.deepEqual([plan.obstacles, plan.bytes], [['repository-not-open'], 8 * MiB])
})
