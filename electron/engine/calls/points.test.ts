import assert from 'node:assert/strict'
import { rm } from 'node:fs/promises'
import { test } from 'node:test'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { needPoint, never, openConsole, place } from '../proof/walk.ts'

const shop = '00000000-0000-4000-8000-00000000000a'

function fakeHost(): FakeHost {
  const host = new FakeHost()
  const disks = [{ name: 'vda', sizeBytes: 2 * MiB }]
  host.add({ id: shop, name: 'shop', state: 'off', disks }).disk('vda').write(0, Buffer.alloc(MiB, 7))
  return host
}

async function opened(home: string, host: FakeHost) {
  const made = await openConsole(home, { connect: async () => host })
  await made.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  return made
}

test('a pin stays until it is taken off, over a restart and a lost catalog', async () => {
  await using at = await place()
  const host = fakeHost()
  let pointId = ''
  {
    await using console = await opened(at.at('home'), host)
    const { repositoryId } = await console.createRepository(at.at('repository'))
    pointId = needPoint(await console.backUp(shop, repositoryId))
    await console.calls.pinPoint({ pointId, pinned: true }, never)
    await console.calls.pinPoint({ pointId, pinned: true }, never)
    assert.ok(console.said.some((said) => said.includes('pointsChanged')))
  }
  for (const ending of ['', '-wal', '-shm']) await rm(at.at('home', `catalog.db${ending}`), { force: true })
  await using console = await opened(at.at('home'), host)
  assert.equal((await console.calls.listRepositories(null, never))[0]?.state, 'open')
  assert.deepEqual(await console.calls.listPins(null, never), [pointId])
  for (const _ of [1, 2]) await console.calls.pinPoint({ pointId, pinned: false }, never)
  assert.deepEqual(await console.calls.listPins(null, never), [])
  const unknown = { pointId: '0'.repeat(32), pinned: true }
  await assert.rejects(console.calls.pinPoint(unknown, never), { code: 'point-not-found' })
})

test('what runs proved is told from their records: verified, recovered, turned, and how the day went', async () => {
  await using at = await place('out')
  await using console = await opened(at.at('home'), fakeHost())
  const before = Date.now() - 1
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const first = needPoint(await console.backUp(shop, repositoryId))
  assert.equal((await console.verify(repositoryId)).state, 'done')
  const second = needPoint(await console.backUp(shop, repositoryId))
  const coverage = (await console.calls.listRepositories(null, never))[0]?.coverage
  assert.deepEqual([coverage?.verified, coverage?.damaged], [1, []])
  const images = await console.restore(second, { kind: 'images', folder: at.at('out'), format: 'raw' })
  assert.equal(images.state, 'done', images.failure?.message)
  const inPlace = await console.restore(first, { kind: 'in-place' })
  assert.equal(inPlace.state, 'done', inPlace.failure?.message)

  const proofs = await console.calls.listProofs({ machineId: shop }, never)
  assert.deepEqual(
    proofs.map(({ kind, pointId, damaged }) => [kind, pointId, damaged]),
    [
      ['restore', first, false],
      ['restore', second, false],
      ['verify', first, false],
    ],
  )
  const recoveries = await console.calls.listRecoveries(null, never)
  assert.deepEqual(
    recoveries.map(({ machineId, pointId, at: ended }) => [machineId, pointId, ended]),
    [[shop, second, images.endedAt]],
  )
  const turns = await console.calls.listTurns({ machineId: shop }, never)
  assert.deepEqual(turns, [{ at: inPlace.endedAt, to: { kind: 'point', pointId: first } }])
  const days = await console.calls.listDays({ starts: [before - 1, before, Date.now() + 1] }, never)
  assert.deepEqual(days, [{ machineId: shop, days: ['none', 'good'] }])
  await assert.rejects(console.calls.listDays({ starts: [2, 1] }, never), { code: 'invalid-argument' })
})
