import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { createGuest, type Guest } from '../../../../e2e/rig/guest.ts'
import { removeDomain } from '../../../../e2e/rig/remove-domain.ts'
import { until } from '../../../../e2e/rig/until.ts'
import { Failure } from '../../../../shared/failure.ts'
import { element, serializeXml } from './build-xml.ts'
import { type LibvirtConnection, openConnection } from './connection.ts'
import { readDomainXml } from './domain-xml.ts'
import type { DomainEvent } from './events.ts'
import { isLibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import { parseUri } from './uri.ts'

const { signal } = new AbortController()
const opened = new AsyncDisposableStack()
let connection: LibvirtConnection
let guest: Guest
const heard: DomainEvent[] = []

before(async () => {
  guest = opened.use(
    await createGuest({
      name: 'rpc',
      disks: [{ format: 'qcow2', sizeBytes: 64 << 20 }],
      devices: `<console type='pty'><target type='virtio' port='0'/><alias name='ua-console'/></console><video><model type='vga'/></video>`,
    }),
  )
  connection = opened.use(await openConnection(parseUri('qemu:///system', process.env), signal))
  connection.listen((event) => heard.push(event))
})
after(() => opened.disposeAsync())

const heardOf = (kind: DomainEvent['kind']) =>
  heard.filter((event) => event.kind === kind && event.domain.uuid === guest.uuid)
const failsWith =
  (...numbers: readonly number[]) =>
  (error: unknown) =>
    isLibvirtError(error, ...numbers)

test('the host tells its versions, name and capabilities', async () => {
  const { host } = connection
  assert.ok((await host.hypervisorVersion(signal)) >= 4_000_000)
  assert.ok((await host.libvirtVersion(signal)) >= 7_000_000)
  assert.ok((await host.hostname(signal)).length > 0)
  assert.match(await host.capabilities(signal), /<capabilities>/)
  assert.match(await host.domainCapabilities({ virtType: 'qemu' }, signal), /<backup supported='yes'\/>/)
})

test('a running machine is found, described and measured', async () => {
  const { domains, host } = connection
  assert.equal((await domains.lookup(guest.uuid, signal)).name, guest.name)
  assert.equal((await domains.lookupByName(guest.name, signal)).uuid, guest.uuid)
  assert.ok((await host.listDomains(flags.list.active, signal)).some((domain) => domain.uuid === guest.uuid))
  assert.equal(await domains.state(guest.uuid, signal), 'running')
  const definition = readDomainXml(await domains.xml(guest.uuid, 0, signal))
  assert.equal(definition.agent, 'connected')
  assert.deepEqual(
    definition.disks.map((disk) => [disk.name, disk.format]),
    [['vda', 'qcow2']],
  )
  const [stats] = await host.domainStats([guest.uuid], flags.stats.block, 0, signal)
  assert.equal(stats?.values.get('block.0.capacity'), 64 << 20)
  assert.equal((await connection.blocks.info(guest.uuid, 'vda', signal)).sizeBytes, 64 << 20)
})

test('thirty calls at once are all answered', async () => {
  const states = await Promise.all(Array.from({ length: 30 }, () => connection.domains.state(guest.uuid, signal)))
  assert.deepEqual(new Set(states), new Set(['running']))
})

test('refusals say the number that code tells apart', async () => {
  const { backup, blocks, checkpoints, domains, snapshots } = connection
  const nobody = '00000000-0000-4000-8000-000000000000'
  const moment = { uuid: guest.uuid, name: 'not there' }
  await assert.rejects(
    domains.lookup(nobody, signal),
    (error) => error instanceof Failure && error.code === 'machine-not-found',
  )
  await assert.rejects(domains.xml(nobody, 0, signal), failsWith(errors.noDomain))
  await assert.rejects(
    domains.state(guest.uuid, signal).then(() => domains.xml(guest.uuid, 1 << 30, signal)),
    Failure,
  )
  await assert.rejects(backup.xml(guest.uuid, signal), failsWith(errors.noBackup))
  await assert.rejects(backup.abortJob(guest.uuid, signal), failsWith(errors.operationInvalid))
  await assert.rejects(checkpoints.xml(moment, 0, signal), failsWith(errors.noCheckpoint))
  await assert.rejects(snapshots.revert(moment, 0, signal), failsWith(errors.noSnapshot))
  await assert.rejects(blocks.abortJob(guest.uuid, 'vdz', 0, signal), failsWith(errors.invalidArgument))
  const clash = `<domain type='qemu'><name>${guest.name}</name><memory>65536</memory><os><type>hvm</type></os></domain>`
  await assert.rejects(domains.define(clash, 0, signal), Failure)
})

test('a machine pauses and goes on, and each step is heard of', async () => {
  heard.length = 0
  await connection.domains.suspend(guest.uuid, signal)
  assert.equal(await connection.domains.state(guest.uuid, signal), 'paused')
  await connection.domains.resume(guest.uuid, signal)
  assert.equal(await connection.domains.state(guest.uuid, signal), 'running')
  await until('both events', async () => heardOf('lifecycle').length >= 2)
  assert.deepEqual(
    heardOf('lifecycle').map((event) => event.kind === 'lifecycle' && event.lifecycle),
    ['suspended', 'resumed'],
  )
})

test('the agent answers, and freezing and thawing count file systems', async () => {
  const { guest: inside } = connection
  const answer = await inside.agent(guest.uuid, '{"execute":"guest-ping"}', 10, signal)
  assert.deepEqual(JSON.parse(answer), { return: {} })
  const frozen = await inside.freeze(guest.uuid, signal)
  const thawed = await inside.thaw(guest.uuid, signal)
  assert.equal(frozen, thawed)
  assert.equal(typeof frozen, 'number')
})

test('a job is begun with its checkpoint, seen, aborted, and heard of', async () => {
  const { backup, checkpoints } = connection
  heard.length = 0
  const name = `sp-test-${randomBytes(4).toString('hex')}`
  const socket = `${guest.folder}/nbd.sock`
  const backupXml = element('domainbackup', { mode: 'pull' }, element('server', { transport: 'unix', socket }))
  const checkpointXml = element('domaincheckpoint', {}, element('name', {}, name))
  await chmod(guest.folder, 0o777)
  await backup.begin(guest.uuid, serializeXml(backupXml), serializeXml(checkpointXml), 0, signal)
  assert.match(await backup.xml(guest.uuid, signal), new RegExp(socket))
  const job = await backup.jobStats(guest.uuid, 0, signal)
  assert.equal(job.type, 'unbounded')
  assert.equal(job.values.get('operation'), 9)
  await backup.abortJob(guest.uuid, signal)
  await until('the end of the job is heard of', async () => heardOf('job-completed').length > 0)
  assert.equal((await backup.jobStats(guest.uuid, 0, signal)).type, 'none')

  const [found] = await checkpoints.list(guest.uuid, flags.checkpointList.topological, signal)
  assert.deepEqual(found, { uuid: guest.uuid, name })
  const kept = await checkpoints.xml({ uuid: guest.uuid, name }, 0, signal)
  await checkpoints.remove({ uuid: guest.uuid, name }, flags.checkpointDelete.metadataOnly, signal)
  assert.deepEqual(await checkpoints.list(guest.uuid, 0, signal), [])
  await checkpoints.create(guest.uuid, kept, flags.checkpointCreate.redefine, signal)
  await checkpoints.remove({ uuid: guest.uuid, name }, 0, signal)
  assert.deepEqual(await checkpoints.list(guest.uuid, 0, signal), [])
})

test('snapshots are made, listed, reverted to and deleted', async () => {
  const { domains, snapshots } = connection
  const xml = serializeXml(element('domainsnapshot', {}, element('name', {}, 'before <update>')))
  const made = await snapshots.create(guest.uuid, xml, 0, signal)
  assert.deepEqual(made, { uuid: guest.uuid, name: 'before <update>' })
  assert.deepEqual(await snapshots.current(guest.uuid, signal), made)
  assert.deepEqual(await snapshots.list(guest.uuid, flags.snapshotList.topological, signal), [made])
  assert.match(await snapshots.xml(made, 0, signal), /<memory snapshot='internal'\/>/)
  await snapshots.revert(made, flags.snapshotRevert.running, signal)
  assert.equal(await domains.state(guest.uuid, signal), 'running')
  await snapshots.remove(made, 0, signal)
  assert.equal(await snapshots.current(guest.uuid, signal), undefined)
})

test('a disk grows, is copied while the machine runs, and the copy becomes the disk', async () => {
  const { blocks, domains } = connection
  heard.length = 0
  await blocks.resize(guest.uuid, 'vda', 80 << 20, signal)
  assert.equal((await blocks.info(guest.uuid, 'vda', signal)).sizeBytes, 80 << 20)
  const target = `${guest.folder}/copy.qcow2`
  const xml = element(
    'disk',
    { type: 'file' },
    element('driver', { type: 'qcow2' }),
    element('source', { file: target }),
  )
  assert.equal(await blocks.job(guest.uuid, 'vda', signal), undefined)
  const granularity = new Map<string, bigint>()
  await blocks.copy(guest.uuid, 'vda', serializeXml(xml), granularity, flags.blockCopy.transientJob, signal)
  await until('the copy is ready', async () => {
    const job = await blocks.job(guest.uuid, 'vda', signal)
    return job !== undefined && job.doneBytes === job.totalBytes && heardOf('block-job').length > 0
  })
  await blocks.abortJob(guest.uuid, 'vda', flags.blockJobAbort.pivot, signal)
  const [disk] = readDomainXml(await domains.xml(guest.uuid, 0, signal)).disks
  assert.deepEqual(disk?.source, { kind: 'file', path: target })
})

test('the monitor answers and the screen gives a picture', async () => {
  const { guest: inside } = connection
  const status = JSON.parse(await inside.monitor(guest.uuid, '{"execute":"query-status"}', signal))
  assert.equal(status.return.status, 'running')
  const { mime, bytes } = await inside.screenshot(guest.uuid, signal)
  assert.match(mime ?? '', /^image\//)
  assert.ok(bytes.length > 1000)
})

test('what the guest writes to a console arrives while the stream is open, and other calls go on', async () => {
  await using console = await connection.guest.console(guest.uuid, 'ua-console', signal)
  const word = randomBytes(8).toString('hex')
  await guest.sh(`echo ${word} > /dev/hvc0`)
  let text = ''
  while (!text.includes(word)) text += (await console.read(signal))?.toString() ?? assert.fail('the console ended')
  assert.equal(await connection.domains.state(guest.uuid, signal), 'running')
})

test('a machine with a hostile name is defined, started, stopped and undefined by its UUID', async () => {
  const { domains } = connection
  const name = `sp-test-${randomBytes(4).toString('hex')} --all \`id\` <img onerror=x> \u202egnp`
  const xml = element(
    'domain',
    { type: 'qemu' },
    element('name', {}, name),
    element('memory', { unit: 'MiB' }, '64'),
    element('os', {}, element('type', { arch: 'x86_64' }, 'hvm')),
  )
  const defined = await domains.define(serializeXml(xml), flags.define.validate, signal)
  try {
    assert.equal(defined.name, name)
    await domains.start(defined.uuid, flags.start.paused, signal)
    assert.equal(readDomainXml(await domains.xml(defined.uuid, flags.xml.inactive, signal)).name, name)
    await domains.destroy(defined.uuid, 0, signal)
    await domains.undefine(defined.uuid, flags.undefine.checkpointsMetadata | flags.undefine.snapshotsMetadata, signal)
    await assert.rejects(domains.lookup(defined.uuid, signal), failsWith(errors.noDomain))
  } finally {
    await removeDomain(defined.uuid)
  }
})

test('a transient machine dies with the connection that started it', async () => {
  const name = `sp-test-${randomBytes(4).toString('hex')}`
  const xml = `<domain type='qemu'><name>${name}</name><memory unit='MiB'>64</memory><os><type arch='x86_64'>hvm</type></os></domain>`
  const own = await openConnection(parseUri('qemu:///system', process.env), signal)
  const { uuid } = await own.domains.startTransient(xml, flags.start.autodestroy, signal)
  try {
    assert.equal(await connection.domains.state(uuid, signal), 'running')
    await own[Symbol.asyncDispose]()
    await until('the machine is gone', async () =>
      connection.domains.state(uuid, signal).then(() => false, failsWith(errors.noDomain)),
    )
  } finally {
    await removeDomain(uuid)
  }
})

test('a guest that switches itself off is heard of', async () => {
  heard.length = 0
  await connection.domains.shutdown(guest.uuid, flags.shutdown.agent, signal)
  await until('the machine stopped', async () =>
    heardOf('lifecycle').some((event) => event.kind === 'lifecycle' && event.lifecycle === 'stopped'),
  )
  assert.equal(await connection.domains.state(guest.uuid, signal), 'off')
})
