import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Method } from '../../../../shared/point.ts'
import type { BackupRequest } from '../hypervisor.ts'
import { attemptsAfter, attemptsOf } from './begin.ts'
import type { DomainDisk } from './domain-xml.ts'
import { LibvirtError } from './libvirt-error.ts'
import { type Findings, planDisks } from './plan.ts'
import { errors } from './protocol.ts'

const disk = (name: string): DomainDisk => ({
  name,
  device: 'disk',
  source: { kind: 'file', path: `/images/${name}.qcow2` },
  format: 'qcow2',
  readonly: false,
  shareable: false,
  transient: false,
  backing: [],
  backingComplete: true,
})

const bases = [
  { id: 'c'.repeat(32), checkpoint: 'sp-3', disks: [{ name: 'vda', sizeBytes: 100 }] },
  { id: 'b'.repeat(32), checkpoint: undefined, disks: [{ name: 'vda', sizeBytes: 100 }] },
  { id: 'a'.repeat(32), checkpoint: 'sp-1', disks: [{ name: 'vda', sizeBytes: 100 }] },
]

const request = (method: Method, from = bases): BackupRequest => ({
  machineId: '',
  pointId: '',
  repositoryId: '',
  method,
  bases: from,
  excluded: [],
  freeze: true,
})

const findings = (some: Partial<Findings>): Findings => ({
  transient: false,
  checkpoints: new Set(['sp-1', 'sp-3']),
  usable: async () => new Set(['vda', 'vdb']),
  untracked: () => undefined,
  sizes: new Map([['vda', 100]]),
  ...some,
})

const planOf = async (some: Partial<Findings>, asked = request('incremental'), name = 'vda') => {
  const [plan] = await planDisks([disk(name)], asked, findings(some))
  assert.ok(plan)
  return plan
}

test('an increment starts at the newest point whose checkpoint the host still has', async () => {
  assert.equal((await planOf({})).base?.checkpoint, 'sp-3')
  assert.equal((await planOf({ checkpoints: new Set(['sp-1']) })).base?.pointId, 'a'.repeat(32))
})

test('an older bitmap serves where the newest is broken', async () => {
  const usable = async (checkpoint: string) => new Set(checkpoint === 'sp-1' ? ['vda'] : [])
  const plan = await planOf({ usable })
  assert.deepEqual([plan.base?.checkpoint, plan.cause], ['sp-1', 'bitmap-usable'])
})

test('every way to lose the bitmap has a cause of its own', async () => {
  const cause = async (...args: Parameters<typeof planOf>) => (await planOf(...args)).cause
  assert.equal(await cause({}, request('full')), 'asked-full')
  assert.equal(await cause({}, request('incremental', [])), 'first-point')
  assert.equal(await cause({}, request('incremental'), 'vdb'), 'disk-added')
  assert.equal(await cause({ checkpoints: new Set() }), 'checkpoint-missing')
  assert.equal(await cause({ checkpoints: new Set(), transient: true }), 'machine-transient')
  assert.equal(await cause({ usable: async () => new Set() }), 'bitmap-broken')
  assert.equal(await cause({ sizes: new Map([['vda', 99]]) }), 'size-shrunk')
  const untracked = () => ({ cause: 'qcow2-version-2', why: '' }) as const
  assert.equal(await cause({ untracked }), 'qcow2-version-2')
})

const places = [
  { socketPath: 's', scratchFiles: new Map([['vda', 'beside']]) },
  { socketPath: 's', scratchFiles: new Map([['vda', 'spare']]) },
]

test('a backup is tried by bitmap, then whole, then without a checkpoint, each in both places', async () => {
  const attempts = attemptsOf([await planOf({})], places)
  const told = attempts.map(({ plans: [plan], places: place }) => [
    plan?.base !== undefined,
    plan?.tracked,
    place.scratchFiles.get('vda'),
  ])
  assert.deepEqual(told, [
    [true, true, 'beside'],
    [true, true, 'spare'],
    [false, true, 'beside'],
    [false, true, 'spare'],
    [false, false, 'beside'],
    [false, false, 'spare'],
  ])
})

test('a broken bitmap is not tried again in another place', async () => {
  const [first, ...rest] = attemptsOf([await planOf({})], places)
  assert.ok(first)
  const refusal = new LibvirtError(errors.checkpointInconsistent, 'missing or broken bitmap')
  assert.equal(attemptsAfter(refusal, first, rest).length, 4)
  assert.equal(attemptsAfter(new LibvirtError(1, 'no room'), first, rest).length, 5)
})

test('disks that are read whole anyway are not tried whole twice', async () => {
  assert.equal(attemptsOf([await planOf({}, request('full'))], places).length, 4)
})
