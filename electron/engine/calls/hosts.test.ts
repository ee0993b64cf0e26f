import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { HostAddress } from '../../../shared/machine.ts'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { never, openConsole, place } from '../proof/walk.ts'

const shop = '00000000-0000-4000-8000-00000000000a'
const session = { kind: 'libvirt', uri: 'qemu:///session' } as const

test('a host is tried without being added, and a folder of images tells its machines', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'shop.raw'), randomBytes(4096))
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  const address = { kind: 'images', folder: at.at('images') } as const
  assert.deepEqual(await calls.testHost({ address }, never), { name: 'images', machines: 1 })
  assert.deepEqual(await calls.listHosts(null, never), [])
  const gone = { kind: 'images', folder: at.at('nowhere') } as const
  await assert.rejects(calls.testHost({ address: gone }, never), { code: 'host-unreachable' })
  const nonsense = { kind: 'libvirt', uri: 'vbox:///session' } as const
  await assert.rejects(calls.testHost({ address: nonsense }, never), { code: 'invalid-argument' })
  assert.deepEqual(await readdir(at.at('home', 'libvirt')).catch(() => []), [])
})

test('a daemon on this machine that answers is found until it is added; one that refuses is not offered', async () => {
  await using at = await place('run', 'run/libvirt')
  const server = createServer((connection) => connection.destroy())
  await new Promise<void>((resolve) => server.listen(at.at('run', 'libvirt', 'libvirt-sock'), resolve))
  const before = process.env['XDG_RUNTIME_DIR']
  process.env['XDG_RUNTIME_DIR'] = at.at('run')
  try {
    const host = new FakeHost({ name: 'desk' })
    host.add({ id: shop, name: 'shop', disks: [] })
    let refuses = false
    const connect = async (address: HostAddress) => {
      if (address.kind !== 'libvirt' || address.uri !== session.uri) throw new Failure('host-unreachable', 'not here')
      if (refuses) throw new Failure('host-refused', 'not for you')
      return host
    }
    await using console = await openConsole(at.at('home'), { connect })
    const { calls } = console
    assert.deepEqual(await calls.findHosts(null, never), [{ address: session, name: 'desk', machines: 1 }])
    refuses = true
    assert.deepEqual(await calls.findHosts(null, never), [])
    refuses = false
    await calls.addHost({ address: session }, never)
    assert.deepEqual(await calls.findHosts(null, never), [])
  } finally {
    if (before === undefined) delete process.env['XDG_RUNTIME_DIR']
    else process.env['XDG_RUNTIME_DIR'] = before
    await new Promise((resolve) => server.close(resolve))
  }
})

test('a host on which a run is under way is not let go, also not the one that a restore writes to', async () => {
  await using at = await place('images')
  await writeFile(at.at('images', 'shop.raw'), randomBytes(MiB))
  await using console = await openConsole(at.at('home'))
  const { calls } = console
  const hostId = await console.addImages(at.at('images'))
  await mkdir(at.at('other'))
  const otherId = await console.addImages(at.at('other'))
  const { repositoryId } = await console.createRepository(at.at('repository'))
  const machineId = await console.machineNamed('shop')
  const run = await console.backUp(machineId, repositoryId)
  const wish = { machineId, repositoryId, method: 'full' } as const
  const { runId: backup } = await calls.startBackup(wish, never)
  await calls.pauseRun({ runId: backup }, never)
  await assert.rejects(calls.removeHost({ hostId }, never), { code: 'host-in-use' })
  const target = { kind: 'new-machine', name: 'shop', hostId: otherId } as const
  const { runId: restore } = await calls.startRestore({ pointId: run.pointId ?? '', target }, never)
  await calls.pauseRun({ runId: restore }, never)
  await assert.rejects(calls.removeHost({ hostId: otherId }, never), { code: 'host-in-use' })
  for (const runId of [backup, restore]) {
    await calls.cancelRun({ runId }, never)
    await console.ended(runId)
  }
  await calls.removeHost({ hostId }, never)
  await calls.removeHost({ hostId: otherId }, never)
  assert.deepEqual(await calls.listHosts(null, never), [])
  await assert.rejects(calls.removeHost({ hostId }, never), { code: 'host-not-found' })
})
