import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import type { Clock } from '../../base/clock.ts'
import type { LibvirtConnection } from './connection.ts'
import { listMachines } from './inventory.ts'
import { LibvirtError } from './libvirt-error.ts'
import { errors, flags } from './protocol.ts'
import type { TypedValues } from './values.ts'

const { signal } = new AbortController()

type FakeMachine = {
  readonly uuid: string
  readonly xml: string | Error
  readonly values: Readonly<Record<string, string | number>>
  readonly size?: number | Error
  readonly snapshots?: Readonly<Record<string, string | Error>>
  readonly transient?: boolean
}

/** As much of a host as a list asks for. */
function hostOf(machines: readonly FakeMachine[], hangs = 0): LibvirtConnection {
  let left = hangs
  const find = (uuid: string) => machines.find((machine) => machine.uuid === uuid) ?? assert.fail(uuid)
  const say = <T>(value: T | Error | undefined): T => {
    if (value instanceof Error || value === undefined) throw value
    return value
  }
  const refs = (kept: (machine: FakeMachine) => boolean) =>
    machines.filter(kept).map(({ uuid }) => ({ uuid, name: `m ${uuid}` }))
  const lists = new Map([
    [0, () => refs(() => true)],
    [flags.list.transient, () => refs((machine) => machine.transient === true)],
    [flags.list.hasSnapshot, () => refs((machine) => machine.snapshots !== undefined)],
  ])
  const stats = (machine: FakeMachine): TypedValues => new Map(Object.entries(machine.values))
  const host = {
    listDomains: async (wanted: number) => lists.get(wanted)?.() ?? assert.fail(),
    domainStats: async (_: readonly string[], group: number, _flags: number, limited: AbortSignal) => {
      if (group === flags.stats.block && left-- > 0) await once(limited, 'abort').then(() => limited.throwIfAborted())
      return machines.map((machine) => ({ domain: { uuid: machine.uuid, name: '' }, values: stats(machine) }))
    },
  }
  const connection = {
    host,
    domains: { xml: async (uuid: string) => say(find(uuid).xml) },
    blocks: { info: async (uuid: string) => ({ sizeBytes: say(find(uuid).size), allocatedBytes: 0 }) },
    snapshots: {
      list: async (uuid: string) => Object.keys(find(uuid).snapshots ?? {}).map((name) => ({ uuid, name })),
      current: async (uuid: string) => ({ uuid, name: 'b' }),
      xml: async ({ uuid, name }: { uuid: string; name: string }) => say(find(uuid).snapshots?.[name]),
    },
  }
  return connection as unknown as LibvirtConnection
}

const list = (host: LibvirtConnection, clock = stillClock) =>
  listMachines(host, { externalRevert: false, externalDelete: 'leaf' }, clock, signal)

/** Time that never passes, and time that has always passed. */
const stillClock: Clock = { now: () => 0, elapsed: () => 0, sleep: () => new Promise(() => {}) }
const quickClock: Clock = { ...stillClock, sleep: async () => {} }

const domain = (disks: string) => `<domain><name>x</name><uuid>u</uuid><devices>${disks}</devices></domain>`
const fileDisk = "<disk type='file'><source file='/a'/><target dev='vda'/></disk>"
const running = { 'state.state': 1 }
const off = { 'state.state': 5 }

test('states of libvirt become those that people know', async () => {
  const expected = {
    1: 'running',
    2: 'running',
    3: 'paused',
    4: 'running',
    5: 'off',
    6: 'off',
    7: 'other',
    99: 'other',
  }
  for (const [state, word] of Object.entries(expected)) {
    const [machine] = await list(hostOf([{ uuid: 'a', xml: domain(''), values: { 'state.state': Number(state) } }]))
    assert.equal(machine?.state, word)
  }
})

test('a machine whose definition cannot be read is listed with the reason, and hides no other', async () => {
  const bomb = '<!DOCTYPE d [<!ENTITY x "y">]><domain/>'
  const sized = { ...off, 'block.count': 1, 'block.0.name': 'vda', 'block.0.capacity': 4096 }
  const [hostile, honest] = await list(
    hostOf([
      { uuid: 'a', xml: bomb, values: off },
      { uuid: 'b', xml: domain(fileDisk), values: sized, transient: true },
    ]),
  )
  assert.match(hostile?.disks[0]?.problem ?? '', /document type/)
  assert.deepEqual(honest?.disks, [{ name: 'vda', format: 'raw', sizeBytes: 4096, path: '/a' }])
  assert.deepEqual([hostile?.transient, honest?.transient], [false, true])
})

test('a machine that vanishes while the list is made is left out', async () => {
  const gone = new LibvirtError(errors.noDomain, 'gone')
  const machines = [
    { uuid: 'a', xml: gone, values: off },
    { uuid: 'b', xml: domain(fileDisk), values: off, size: gone },
    { uuid: 'c', xml: domain(''), values: off },
  ]
  assert.deepEqual(
    (await list(hostOf(machines))).map(({ id }) => id),
    ['c'],
  )
})

test('a lost host is no empty list', async () => {
  const lost = new Failure('host-unreachable', 'gone')
  await assert.rejects(list(hostOf([{ uuid: 'a', xml: lost, values: off }])), lost)
})

test('a size that the figures of all leave out is asked for, and why it cannot be had is said', async () => {
  const [asked, refused] = await list(
    hostOf([
      { uuid: 'a', xml: domain(fileDisk), values: off, size: 512 },
      { uuid: 'b', xml: domain(fileDisk), values: off, size: new LibvirtError(38, 'No such file: /a') },
    ]),
  )
  assert.deepEqual(asked?.disks, [{ name: 'vda', format: 'raw', sizeBytes: 512, path: '/a' }])
  assert.deepEqual(refused?.disks, [
    { name: 'vda', format: 'raw', path: '/a', problem: 'The host cannot tell its size: No such file: /a' },
  ])
})

test('a QEMU that hangs holds up neither the list nor the sizes of the others', async () => {
  const sized = { ...running, 'block.count': 1, 'block.0.name': 'vda', 'block.0.capacity': 4096 }
  const machines = [
    { uuid: 'a', xml: domain(fileDisk), values: { ...running, 'block.count': 1, 'block.0.name': 'vda' } },
    { uuid: 'b', xml: domain(fileDisk), values: sized },
  ]
  const [hanging, other] = await list(hostOf(machines, 1), quickClock)
  assert.deepEqual(hanging?.disks, [{ name: 'vda', format: 'raw', path: '/a' }])
  assert.deepEqual(other?.disks, [{ name: 'vda', format: 'raw', sizeBytes: 4096, path: '/a' }])
  const [still] = await list(hostOf(machines, 2), quickClock)
  assert.equal(still?.state, 'running')
})

test('what only QEMU can open is a problem only while the machine is off', async () => {
  const xml = domain(`<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vda'/></disk>
    <disk type='volume'><source pool='p' volume='v'/><target dev='vdb'/></disk>
    <disk type='block'><source dev='/dev/x'/><target dev='vdc'/></disk>`)
  const [on, still] = await list(
    hostOf([
      { uuid: 'a', xml, values: running, size: 1 },
      { uuid: 'b', xml, values: off, size: 1 },
    ]),
  )
  assert.deepEqual(
    on?.disks.map(({ problem }) => problem),
    [undefined, undefined, undefined],
  )
  assert.deepEqual(
    still?.disks.map(({ problem }) => problem !== undefined),
    [true, true, false],
  )
})

test('disks that no backup can read say so, and drives for media are left out', async () => {
  const xml = domain(`<disk type='block' device='lun'><source dev='/dev/x'/><target dev='sda'/></disk>
    <disk type='vhostuser'><source path='/s'/><target dev='vdb'/></disk><disk type='file'><target dev='vdc'/></disk>
    <disk type='file' device='cdrom'><source file='/i'/><target dev='sdb'/></disk>
    <disk type='file' device='floppy'><source file='/f'/><target dev='fda'/></disk>`)
  const [machine] = await list(hostOf([{ uuid: 'a', xml, values: running, size: 1 }]))
  assert.deepEqual(
    machine?.disks.map(({ name }) => name),
    ['sda', 'vdb', 'vdc'],
  )
  assert.ok(machine?.disks.every(({ problem }) => problem !== undefined))
})

test('snapshots tell parent, depth, time, description, places and which is current; one that vanishes is left out', async () => {
  const snapshot = (inside: string) => `<domainsnapshot>${inside}${domain(fileDisk)}</domainsnapshot>`
  const [inside, outside] = ['internal', 'external'].map(
    (where) => `<disks><disk name='vda' snapshot='${where}'/></disks>`,
  )
  const snapshots = {
    ' a ': snapshot(`<creationTime>1700000000</creationTime><memory snapshot='external' file='/m'/>${outside}`),
    b: snapshot(
      `<parent><name> a </name></parent><description> why </description><memory snapshot='internal'/>${inside}`,
    ),
    c: snapshot("<parent><name>b</name></parent><memory snapshot='no'/>"),
    d: new LibvirtError(errors.noSnapshot, 'gone'),
  }
  const [machine] = await list(hostOf([{ uuid: 'a', xml: domain(fileDisk), values: off, size: 1, snapshots }]))
  assert.deepEqual(machine?.snapshots, [
    {
      name: ' a ',
      current: false,
      memory: 'external',
      createdAt: 1_700_000_000_000,
      depth: 1,
      disks: [{ name: 'vda', location: 'external' }],
      revertRefusal: 'external-revert',
      deleteRefusal: 'mixed-chain',
    },
    {
      name: 'b',
      current: true,
      memory: 'internal',
      parent: ' a ',
      description: ' why ',
      depth: 2,
      disks: [{ name: 'vda', location: 'internal' }],
      revertRefusal: 'mixed-chain',
    },
    { name: 'c', current: false, memory: 'none', parent: 'b', depth: 3, disks: [] },
  ])
})

test('why no snapshot can be made is in the list', async () => {
  const readonly = fileDisk.replace('<source', '<readonly/><source')
  const machines = [
    { xml: domain(fileDisk), transient: true, values: running },
    { xml: domain(fileDisk), values: running },
    { xml: domain(readonly), values: running },
    { xml: domain("<disk type='network'><source protocol='rbd' name='p/i'/><target dev='vda'/></disk>"), values: off },
    { xml: domain("<disk type='block' device='lun'><source dev='/d'/><target dev='sda'/></disk>"), values: running },
  ]
  const found = await list(hostOf(machines.map((machine, at) => ({ ...machine, uuid: String(at), size: 1 }))))
  assert.deepEqual(
    found.map(({ snapshotRefusal }) => snapshotRefusal),
    [
      'machine-transient',
      undefined,
      'format-without-snapshots',
      'format-without-snapshots',
      'format-without-snapshots',
    ],
  )
})
