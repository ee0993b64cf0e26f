import assert from 'node:assert/strict'
import { type ExecFileOptions, execFile } from 'node:child_process'
import { connect } from 'node:net'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createGuest } from '../../../../e2e/rig/guest.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { makeUserHome, ordinaryUser, startDaemon, stopDaemon } from '../../../../e2e/rig/user-daemon.ts'
import { Failure } from '../../../../shared/failure.ts'
import { systemClock } from '../../base/clock.ts'
import { element, serializeXml } from './build-xml.ts'
import { openOver } from './connection.ts'
import { connectHost, type LibvirtHost } from './host.ts'
import { flags } from './protocol.ts'

const run = promisify(execFile)
const { signal } = new AbortController()

const connectTo = (uri: string, environment: Record<string, string | undefined> = process.env) =>
  connectHost({ uri, environment, clock: systemClock }, signal)

test('a machine is listed with its state, disks, sizes, snapshots, and reasons', async () => {
  await using guest = await createGuest({
    name: 'list',
    agent: false,
    start: false,
    disks: [
      { format: 'qcow2', sizeBytes: 48 << 20 },
      { format: 'raw', sizeBytes: 16 << 20 },
    ],
    devices: `<disk type='file' device='cdrom'><target dev='sda' bus='sata'/><readonly/></disk>
      <disk type='network' device='disk'><driver name='qemu' type='raw'/><source protocol='nbd' name='x'><host name='127.0.0.1' port='9'/></source><target dev='vdc' bus='virtio'/></disk>
      <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/nonexistent/gone.raw'/><target dev='vdd' bus='virtio'/></disk>`,
  })
  await using host = await connectTo('qemu:///system')
  const [vda, vdb, vdc, vdd, ...others] = (await find(host, guest.uuid)).disks
  const path = (disk: string) => `${guest.folder}/${disk}`
  assert.deepEqual(vda, { name: 'vda', format: 'qcow2', sizeBytes: 48 << 20, path: path('vda.qcow2') })
  assert.deepEqual(vdb, { name: 'vdb', format: 'raw', sizeBytes: 16 << 20, path: path('vdb.raw') })
  assert.match(vdc?.problem ?? '', /network \(nbd\).*only while the machine runs/)
  assert.match(vdd?.problem ?? '', /gone\.raw/)
  assert.deepEqual(others, [])
})

test('starting, snapshots and stopping show in the list, and the list says when to look', async () => {
  await using guest = await createGuest({
    name: 'life',
    agent: false,
    start: false,
    disks: [{ format: 'qcow2', sizeBytes: 16 << 20 }],
  })
  await using host = await connectTo('qemu:///system')
  let told = 0
  host.onChange(() => told++)
  assert.equal((await find(host, guest.uuid)).state, 'off')
  const { domains, snapshots } = host.connection()
  await domains.start(guest.uuid, flags.start.paused, signal)
  await until('the start is told', async () => told > 0)
  assert.equal((await find(host, guest.uuid)).state, 'paused')
  for (const name of ['first', 'second <b>'])
    await snapshots.create(
      guest.uuid,
      serializeXml(element('domainsnapshot', {}, element('name', {}, name))),
      0,
      signal,
    )
  const listed = (await find(host, guest.uuid)).snapshots
  const disks = [{ name: 'vda', location: 'internal' }]
  assert.deepEqual(
    listed.map(({ createdAt, sizeBytes, ...snapshot }) => snapshot),
    [
      { name: 'first', current: false, memory: 'internal', depth: 1, disks },
      { name: 'second <b>', parent: 'first', current: true, memory: 'internal', depth: 2, disks },
    ],
  )
  assert.ok(listed.every(({ createdAt }) => Math.abs((createdAt ?? 0) - Date.now()) < 600_000))
  const before = told
  await domains.destroy(guest.uuid, 0, signal)
  await until('the end is told', async () => told > before)
  assert.equal((await find(host, guest.uuid)).state, 'off')
})

test('a machine whose QEMU hangs is listed with the others', async () => {
  await using guest = await createGuest({ name: 'hang', agent: false, disks: [{ format: 'raw', sizeBytes: 1 << 20 }] })
  await using other = await createGuest({
    name: 'fine',
    agent: false,
    start: false,
    disks: [{ format: 'raw', sizeBytes: 2 << 20 }],
  })
  await using host = await connectTo('qemu:///system')
  const pid = await guest.pid()
  process.kill(pid, 'SIGSTOP')
  try {
    assert.equal((await find(host, guest.uuid)).state, 'running')
    assert.deepEqual((await find(host, other.uuid)).disks, [
      { name: 'vda', format: 'raw', sizeBytes: 2 << 20, path: `${other.folder}/vda.raw` },
    ])
  } finally {
    process.kill(pid, 'SIGCONT')
  }
})

test('a raw disk that begins like a qcow2 image keeps its raw size', async () => {
  await using guest = await createGuest({
    name: 'probe',
    agent: false,
    start: false,
    disks: [{ format: 'raw', sizeBytes: 1 << 20 }],
  })
  const [disk] = guest.disks
  const path = disk?.path ?? assert.fail()
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', path, '1T'])
  await run('truncate', ['--size', '1M', path])
  await using host = await connectTo('qemu:///system')
  const [listed] = (await find(host, guest.uuid)).disks
  assert.deepEqual(listed, {
    name: 'vda',
    format: 'raw',
    sizeBytes: 1 << 20,
    path,
  })
})

test('a host keeps its id across daemons, is unreachable while its daemon is down, and comes back alone', async () => {
  await using home = await makeUserHome()
  const daemon = await startDaemon(home)
  await using host = await connectTo(`qemu:///session?socket=${home.socket}`)
  let told = 0
  host.onChange(() => told++)
  assert.deepEqual(await host.listMachines(signal), [])
  await stopDaemon(daemon)
  await until('the loss is told', async () => told > 0)
  await assert.rejects(host.listMachines(signal), isUnreachable)
  const before = told
  await startDaemon(home)
  await until('the return is told', async () => told > before)
  assert.deepEqual(await host.listMachines(signal), [])
  await using again = await connectTo(`qemu:///session?socket=${home.socket}`)
  assert.deepEqual(again.identity, host.identity)
})

test('a daemon that hangs is given up after its silence, and what waits for it ends', async () => {
  await using home = await makeUserHome()
  const daemon = await startDaemon(home)
  const settings = { clock: systemClock, keepalive: { intervalMs: 50, maxSilent: 3 }, events: true }
  await using connection = await openOver(connect(home.socket), 'qemu:///session', settings, signal)
  daemon.kill('SIGSTOP')
  await assert.rejects(connection.host.hostname(signal), isUnreachable)
  assert.ok(connection.lost.aborted)
})

test('the daemon of a user who has none running is started', async (t) => {
  await using home = await makeUserHome()
  const module = fileURLToPath(new URL('host.ts', import.meta.url))
  const script = `
    const { connectHost } = await import(${JSON.stringify(module)})
    const clock = { now: Date.now, elapsed: () => performance.now(), sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)) }
    await using host = await connectHost({ uri: 'qemu:///session', environment: process.env, clock }, new AbortController().signal)
    console.log(JSON.stringify(await host.listMachines(new AbortController().signal)))`
  const options = { ...ordinaryUser, env: home.environment }
  if (!(await canRead(module, options))) return t.skip('an ordinary user cannot read this checkout')
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], options)
  assert.deepEqual(JSON.parse(stdout), [])
})

test('where no daemon answers, connecting fails and says where it looked', async () => {
  await assert.rejects(connectTo('qemu:///system?socket=/nonexistent/sock'), (error) => {
    assert.ok(error instanceof Failure && error.code === 'host-unreachable')
    assert.match(error.message, /\/nonexistent\/sock/)
    return true
  })
})

async function find(host: LibvirtHost, uuid: string) {
  const machine = (await host.listMachines(signal)).find(({ id }) => id === uuid)
  return machine ?? assert.fail(`${uuid} is not listed`)
}

const isUnreachable = (error: unknown) => error instanceof Failure && error.code === 'host-unreachable'

async function canRead(path: string, options: ExecFileOptions): Promise<boolean> {
  const reading = run(process.execPath, ['--eval', `fs.readFileSync(${JSON.stringify(path)})`], options)
  return await reading.then(
    () => true,
    () => false,
  )
}
