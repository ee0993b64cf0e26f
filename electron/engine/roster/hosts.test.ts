import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { HostAddress } from '../../../shared/machine.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { silentLog } from '../base/log.ts'
import type { HostRecord, HostTable } from '../catalog/hosts.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import type { Hypervisor } from '../hypervisor/hypervisor.ts'
import { Hosts, type HostsOptions } from './hosts.ts'

const [first, second] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'] as const
const machineId = '00000000-0000-4000-8000-00000000000a'
const signal = new AbortController().signal

function folder(name: string): HostAddress {
  return { kind: 'images', folder: name }
}

function table(...rows: HostRecord[]): HostTable & { readonly rows: Map<string, HostRecord> } {
  const kept = new Map(rows.map((row) => [row.id, row]))
  return {
    rows: kept,
    list: () => [...kept.values()],
    put: (host) => void kept.set(host.id, host),
    remove: (id) => void kept.delete(id),
  }
}

/** A clock whose sleeps a test ends by hand. */
function handClock(): { readonly clock: Clock; tick(): void } {
  const sleepers = new Set<() => void>()
  return {
    clock: {
      ...systemClock,
      sleep: (_ms, stop) =>
        new Promise((resolve, reject) => {
          sleepers.add(resolve)
          if (stop.aborted) reject(stop.reason)
          stop.addEventListener('abort', () => reject(stop.reason))
        }),
    },
    tick: () => sleepers.forEach((wake) => void wake()),
  }
}

type Connect = HostsOptions['connect']

function roster(connect: Connect, over: Partial<HostsOptions> = {}): Hosts {
  return new Hosts({
    table: table(),
    clock: handClock().clock,
    log: silentLog,
    connect,
    isKept: () => true,
    knowing: Promise.resolve(),
    onHosts() {},
    onMachines() {},
    ...over,
  })
}

/** Hosts that are known and connect to what the test holds. */
async function connected(...hosts: readonly FakeHost[]): Promise<Hosts> {
  const byName = new Map(hosts.map((host) => [host.identity.name, host]))
  const hostsOf = roster(async (address) => byName.get(address.kind === 'images' ? address.folder : '') as Hypervisor)
  for (const host of hosts) await hostsOf.add(folder(host.identity.name), signal)
  return hostsOf
}

function fake(id: string, name: string, state?: 'running' | 'off'): FakeHost {
  const host = new FakeHost({ id, name })
  if (state !== undefined) host.add({ id: machineId, name: 'shop', state, disks: [] })
  return host
}

function never(_: unknown, stop: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
}

test('a host that never answers is connecting and hides no machine of the others', async () => {
  const good = fake(second, 'good', 'running')
  const rows = table({ id: first, address: folder('dead'), name: 'dead' })
  const connect: Connect = (address, stop) =>
    address.kind === 'images' && address.folder === 'dead' ? never(address, stop) : Promise.resolve(good)
  await using hosts = roster(connect, { table: rows })
  await hosts.add(folder('good'), signal)
  assert.deepEqual(
    hosts.list().map((host) => host.state),
    ['connecting', 'connected'],
  )
  assert.deepEqual(
    (await hosts.machines(signal)).map((machine) => [machine.name, machine.hostId]),
    [['shop', second]],
  )
  assert.equal((await hosts.find(machineId, signal)).machine.name, 'shop')
})

test('a host that fails says why, is tried again, and is then connected', async () => {
  const { clock, tick } = handClock()
  const rows = table({ id: first, address: folder('x'), name: 'x' })
  const answers: (() => Promise<Hypervisor>)[] = [
    () => Promise.reject(new Failure('host-refused', 'not for you')),
    () => Promise.resolve(fake(first, 'x')),
  ]
  const changes: (() => void)[] = []
  const changed = (): Promise<void> => new Promise((resolve) => changes.push(resolve))
  let next = changed()
  const connect: Connect = () => answers.shift()?.() ?? never(undefined, signal)
  await using hosts = roster(connect, { table: rows, clock, onHosts: () => changes.shift()?.() })
  await next
  assert.deepEqual(hosts.list()[0]?.problem, 'not for you')
  next = changed()
  tick()
  await next
  assert.equal(hosts.list()[0]?.state, 'connected')
  assert.equal(hosts.list()[0]?.problem, undefined)
})

test('a host is added only when it answered', async () => {
  const rows = table()
  await using hosts = roster(() => Promise.reject(new Failure('host-unreachable', 'nobody there')), { table: rows })
  await assert.rejects(hosts.add(folder('x'), signal), { code: 'host-unreachable' })
  assert.equal(rows.rows.size, 0)
  assert.deepEqual(hosts.list(), [])
})

test('the same host twice is one host; from elsewhere it is refused while the first is there', async () => {
  const host = fake(first, 'images')
  await using hosts = roster(async () => host)
  assert.equal(await hosts.add(folder('/a'), signal), first)
  assert.equal(await hosts.add(folder('/a'), signal), first)
  await assert.rejects(hosts.add(folder('/b'), signal), { code: 'identity-taken' })
  host.vanish()
  await hosts.machines(signal)
  await hosts.add(folder('/b'), signal)
  assert.deepEqual(
    hosts.list().map((each) => each.address),
    [folder('/b')],
  )
})

test('a removed host is in no list, also not after a restart', async () => {
  const rows = table()
  await using hosts = roster(async () => fake(first, 'x', 'off'), { table: rows })
  await hosts.add(folder('x'), signal)
  await hosts.remove(first)
  assert.deepEqual(hosts.list(), [])
  assert.deepEqual(await hosts.machines(signal), [])
  assert.equal(rows.rows.size, 0)
  await assert.rejects(hosts.remove(first), { code: 'host-not-found' })
  await assert.rejects(hosts.need(first, signal), { code: 'host-not-found' })
})

test('a host that another process added is taken up', async () => {
  const rows = table()
  const said = Promise.withResolvers<void>()
  const onMachines = (): void => said.resolve()
  await using hosts = roster(async () => fake(first, 'x', 'off'), { table: rows, onMachines })
  rows.put({ id: first, address: folder('x'), name: 'x' })
  hosts.lookAgain()
  await said.promise
  assert.equal((await hosts.find(machineId, signal)).machine.hostId, first)
})

test('a host that another process removed is let go of here, with its machines', async () => {
  const rows = table()
  const told = { hosts: 0, machines: 0 }
  const over = { table: rows, onHosts: () => void told.hosts++, onMachines: () => void told.machines++ }
  await using hosts = roster(async () => fake(first, 'x', 'off'), over)
  await hosts.add(folder('x'), signal)
  const before = { ...told }
  rows.rows.clear()
  hosts.lookAgain()
  assert.deepEqual([hosts.list(), await hosts.machines(signal)], [[], []])
  assert.ok(told.hosts > before.hosts && told.machines > before.machines)
})

test('a host is tried by what it lists, whether or not it is in the list, and comes to be in none by that', async () => {
  await using hosts = roster(async () => fake(first, 'x', 'off'))
  const tested = { id: first, name: 'x', machines: 1 }
  assert.deepEqual(await hosts.test(folder('x'), signal), tested)
  assert.deepEqual(hosts.list(), [])
  await hosts.add(folder('x'), signal)
  assert.deepEqual(await hosts.test(folder('x'), signal), tested)
  assert.deepEqual(hosts.lastSeen(first), [])
  await hosts.machines(signal)
  assert.equal(hosts.lastSeen(first).length, 1)
})

test('a machine on two hosts is the one that runs', async () => {
  await using hosts = await connected(fake(first, 'a', 'off'), fake(second, 'b', 'running'))
  const { machine } = await hosts.find(machineId, signal)
  assert.equal(machine.hostId, second)
})

for (const state of ['off', 'running'] as const) {
  test(`a machine that is ${state} on two hosts is ambiguous`, async () => {
    await using hosts = await connected(fake(first, 'a', state), fake(second, 'b', state))
    await assert.rejects(hosts.find(machineId, signal), { code: 'machine-ambiguous', message: /a, b/ })
  })
}

test('a machine is missed only after every host has answered', async () => {
  const late = Promise.withResolvers<Hypervisor>()
  const rows = table({ id: first, address: folder('late'), name: 'late' })
  await using hosts = roster(() => late.promise, { table: rows })
  const finding = hosts.find(machineId, signal)
  late.resolve(fake(first, 'late', 'running'))
  assert.equal((await finding).machine.hostId, first)
  await assert.rejects(hosts.find(second, signal), { code: 'machine-not-found' })
})

test('the search for a machine ends when its caller gives up', async () => {
  const rows = table({ id: first, address: folder('dead'), name: 'dead' })
  await using hosts = roster(never, { table: rows })
  const abort = new AbortController()
  const finding = hosts.find(machineId, abort.signal)
  abort.abort()
  await assert.rejects(finding, { name: 'AbortError' })
})

test('machines of a host that went away stay on the list in an unknown state and cannot be found', async () => {
  const host = fake(first, 'a', 'running')
  await using hosts = await connected(host)
  await hosts.machines(signal)
  host.vanish()
  assert.deepEqual(
    (await hosts.machines(signal)).map((machine) => machine.state),
    ['other'],
  )
  assert.equal(hosts.list()[0]?.state, 'unreachable')
  await assert.rejects(hosts.find(machineId, signal), { code: 'machine-not-found', message: /not reachable: a/ })
  await assert.rejects(hosts.need(first, signal), { code: 'host-unreachable' })
  host.comeBack()
  assert.equal((await hosts.find(machineId, signal)).machine.state, 'running')
})

test('a host is used for nothing before its leftovers are gone, and they wait for what is known', async () => {
  const order: string[] = []
  const known = Promise.withResolvers<void>()
  const host = fake(first, 'a', 'running')
  host.cleanUp = async () => {
    order.push('cleaned')
    return []
  }
  await using hosts = roster(async () => host, { knowing: known.promise })
  await hosts.add(folder('a'), signal)
  const used = hosts.find(machineId, signal).then(() => order.push('used'))
  order.push('known')
  known.resolve()
  await used
  assert.deepEqual(order, ['known', 'cleaned', 'used'])
})
