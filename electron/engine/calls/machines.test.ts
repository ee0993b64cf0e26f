import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, never, openConsole, place } from '../proof/walk.ts'

const shop = '00000000-0000-4000-8000-00000000000a'

function fakeHost(): FakeHost {
  const host = new FakeHost({ name: 'fake' })
  host.add({ id: shop, name: 'shop', disks: [{ name: 'vda', sizeBytes: MiB }] })
  return host
}

async function opened(home: string, host: FakeHost): Promise<Console> {
  const made = await openConsole(home, { connect: async () => host })
  await made.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  return made
}

test('snapshots are runs that name machine and snapshot, and the list shows what they did', async () => {
  await using scratch = await place('home')
  const host = fakeHost()
  const disk = host.machine(shop).disk('vda')
  await using made = await opened(scratch.at('home'), host)
  const { calls, ended } = made
  disk.write(0, Buffer.from('before'))
  const wanted = { machineId: shop, name: 'one', description: 'first', memory: true }
  const created = await ended((await calls.createSnapshot(wanted, never)).runId)
  assert.deepEqual(
    [created.kind, created.state, created.machineId, created.machineName, created.snapshot],
    ['snapshot-create', 'done', shop, 'shop', 'one'],
  )
  disk.write(0, Buffer.from('after!'))
  const reverted = await ended((await calls.revertSnapshot({ machineId: shop, name: 'one' }, never)).runId)
  assert.deepEqual([reverted.kind, reverted.state], ['snapshot-revert', 'done'])
  assert.equal(Buffer.from(disk.read(0, 6)).toString(), 'before')
  assert.equal((await calls.listMachines(null, never))[0]?.snapshots[0]?.description, 'first')
  const deleted = await ended((await calls.deleteSnapshot({ machineId: shop, name: 'one' }, never)).runId)
  assert.deepEqual([deleted.kind, deleted.state], ['snapshot-delete', 'done'])
  assert.deepEqual((await calls.listMachines(null, never))[0]?.snapshots, [])
  assert.ok(made.said.some((said) => said.includes('machinesChanged')))
})

test('a refusal is the run’s failure and begins with its code', async () => {
  await using scratch = await place('home')
  const host = fakeHost()
  await using made = await opened(scratch.at('home'), host)
  host.machine(shop).faults.refusals = { create: 'chain-too-deep' }
  const run = await made.ended(
    (await made.calls.createSnapshot({ machineId: shop, name: 'x', memory: false }, never)).runId,
  )
  assert.equal(run.state, 'failed')
  assert.equal(run.failure?.code, 'snapshot-refused')
  assert.match(run.failure.message, /^chain-too-deep: /)
})

test('a snapshot waits until the backup of its machine has ended, and can be cancelled until it begins', async () => {
  await using scratch = await place('home')
  const host = fakeHost()
  await using made = await opened(scratch.at('home'), host)
  const { calls } = made
  const { repositoryId } = await made.createRepository(scratch.at('repository'))
  const reading = Promise.withResolvers<void>()
  const going = Promise.withResolvers<void>()
  host.machine(shop).disk('vda').write(0, Buffer.from('something'))
  host.machine(shop).faults.before = async () => {
    reading.resolve()
    await going.promise
  }
  const backup = await calls.startBackup({ machineId: shop, repositoryId, method: 'full' }, never)
  await reading.promise
  const first = await calls.createSnapshot({ machineId: shop, name: 'first', memory: true }, never)
  const second = await calls.createSnapshot({ machineId: shop, name: 'second', memory: true }, never)
  assert.equal((await calls.showRun({ runId: first.runId }, never)).state, 'queued')
  await calls.cancelRun({ runId: second.runId }, never)
  going.resolve()
  assert.equal((await made.ended(backup.runId)).state, 'done')
  assert.equal((await made.ended(first.runId)).state, 'done')
  assert.equal((await made.ended(second.runId)).state, 'cancelled')
  const snapshots = (await calls.listMachines(null, never))[0]?.snapshots.map(({ name }) => name)
  assert.deepEqual(snapshots, ['first'])
})

test('a machine is started and shut down', async () => {
  await using scratch = await place('home')
  const host = fakeHost()
  await using made = await opened(scratch.at('home'), host)
  await made.calls.shutDownMachine({ machineId: shop }, never)
  assert.equal(host.machine(shop).state, 'off')
  await made.calls.startMachine({ machineId: shop }, never)
  assert.equal(host.machine(shop).state, 'running')
})
