import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { Handlers } from '../../shared/contract.ts'
import { isEnded, type Run } from '../../shared/job.ts'
import { MiB } from '../../shared/units.ts'
import { systemClock } from './base/clock.ts'
import { type Engine, type EngineOptions, startEngine } from './engine.ts'
import { FakeHost } from './hypervisor/fake.ts'
import { openLog } from './log-file.ts'

const signal = new AbortController().signal
const hostId = '00000000-0000-4000-8000-000000000001'
const machineId = '00000000-0000-4000-8000-00000000000a'
const passphrase = 'canary-passphrase-7f3a'
const address = { kind: 'libvirt', uri: 'qemu:///system' } as const

type Place = { readonly home: string; readonly folder: string; readonly out: string } & Disposable

function place(): Place {
  const top = mkdtempSync(join(tmpdir(), 'engine-'))
  const [home, folder, out] = ['home', 'repository', 'out'].map((name) => join(top, name)) as [string, string, string]
  mkdirSync(out)
  return { home, folder, out, [Symbol.dispose]: () => rmSync(top, { recursive: true }) }
}

/** A host with one machine that holds random bytes; it outlives the engines of a test. */
function host(): { readonly host: FakeHost; readonly bytes: Buffer } {
  const fake = new FakeHost({ id: hostId, name: 'fake' })
  const disks = [{ name: 'vda', sizeBytes: 4 * MiB }]
  const bytes = randomBytes(MiB)
  fake.add({ id: machineId, name: 'shop', state: 'off', disks }).disk('vda').write(MiB, bytes)
  return { host: fake, bytes }
}

type Rig = {
  readonly handlers: Handlers<AbortSignal>
  readonly said: unknown[]
  ended(runId: string): Promise<Run>
} & AsyncDisposable

async function start(home: string, connect: NonNullable<EngineOptions['connect']>): Promise<Rig> {
  const said: unknown[] = []
  const ends = new Map<string, PromiseWithResolvers<Run>>()
  const endOf = (id: string): PromiseWithResolvers<Run> => {
    const end = ends.get(id) ?? Promise.withResolvers<Run>()
    ends.set(id, end)
    return end
  }
  const emit: EngineOptions['emit'] = (name, value) => {
    said.push({ name, value })
    if (name === 'run' && value !== null && 'state' in value && isEnded(value.state)) endOf(value.id).resolve(value)
  }
  const breakGlass = async () => new Uint8Array(Buffer.from('the script'))
  const about = { version: '1.2.3', carrier: 'node', secrets: 'files' } as const
  const common = { home, about, unattended: false, clock: systemClock, log: openLog(home) }
  const engine: Engine = await startEngine({ ...common, emit, breakGlass, connect })
  return {
    handlers: engine.handlers,
    said,
    ended: (id) => endOf(id).promise,
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  }
}

async function backedUp(
  rig: Rig,
  folder: string,
): Promise<{ repositoryId: string; pointId: string; recoveryWords: string }> {
  await rig.handlers.addHost({ address }, signal)
  const created = await rig.handlers.createRepository({ address: { kind: 'folder', folder }, passphrase }, signal)
  const { repositoryId, recoveryWords } = created
  const { runId } = await rig.handlers.startBackup({ machineId, repositoryId, method: 'incremental' }, signal)
  const run = await rig.ended(runId)
  assert.equal(run.state, 'done', run.failure?.message)
  return { repositoryId, recoveryWords, pointId: run.pointId ?? '' }
}

test('a machine walks out to a point and back as an image file and as a new machine', async () => {
  using at = place()
  const { host: fake, bytes } = host()
  await using rig = await start(at.home, async () => fake)
  const { repositoryId, pointId } = await backedUp(rig, at.folder)
  const point = await rig.handlers.showPoint({ pointId }, signal)
  assert.deepEqual([point.machineName, point.repositoryId, point.bytesRead], ['shop', repositoryId, MiB])
  assert.deepEqual(await rig.handlers.listPoints({ machineId }, signal), [point])

  const target = { kind: 'images', folder: at.out, format: 'raw' } as const
  const images = await rig.ended((await rig.handlers.startRestore({ pointId, target }, signal)).runId)
  assert.equal(images.state, 'done', images.failure?.message)
  const [file] = readdirSync(at.out)
  assert.deepEqual(readFileSync(join(at.out, file ?? '')).subarray(MiB, 2 * MiB), bytes)

  const asNew = { kind: 'new-machine', name: 'shop-2', hostId } as const
  const made = await rig.ended((await rig.handlers.startRestore({ pointId, target: asNew }, signal)).runId)
  assert.equal(made.state, 'done', made.failure?.message)
  assert.deepEqual(
    Buffer.from(
      fake
        .machine(made.machineId ?? '')
        .disk('vda')
        .read(MiB, MiB),
    ),
    bytes,
  )
})

test('what differs is put back in place, and the repository is verified', async () => {
  using at = place()
  const { host: fake, bytes } = host()
  await using rig = await start(at.home, async () => fake)
  const { repositoryId, pointId } = await backedUp(rig, at.folder)
  fake.machine(machineId).disk('vda').zero(MiB, 4096)
  const run = await rig.ended(
    (await rig.handlers.startRestore({ pointId, target: { kind: 'in-place' } }, signal)).runId,
  )
  assert.equal(run.state, 'done', run.failure?.message)
  assert.deepEqual(Buffer.from(fake.machine(machineId).disk('vda').read(MiB, MiB)), bytes)
  const verified = await rig.ended((await rig.handlers.startVerify({ repositoryId }, signal)).runId)
  assert.equal(verified.state, 'done', verified.failure?.message)
  assert.deepEqual(verified.report?.damaged, [])
  const [listed] = await rig.handlers.listRepositories(null, signal)
  assert.ok((listed?.verifiedAt ?? 0) > 0)
})

test('after a restart hosts, repositories, points and runs are there, and the next backup reads only what changed', async () => {
  using at = place()
  const { host: fake } = host()
  fake.machine(machineId).start()
  let repositoryId = ''
  {
    await using rig = await start(at.home, async () => fake)
    repositoryId = (await backedUp(rig, at.folder)).repositoryId
  }
  fake.machine(machineId).disk('vda').write(0, randomBytes(10))
  await using rig = await start(at.home, async () => fake)
  assert.equal((await rig.handlers.listPoints({}, signal)).length, 1)
  const runs = await rig.handlers.listRuns({ limit: 10 }, signal)
  assert.equal(runs.find(({ kind }) => kind === 'backup')?.state, 'done')
  const { runId } = await rig.handlers.startBackup({ machineId, repositoryId, method: 'incremental' }, signal)
  const run = await rig.ended(runId)
  assert.equal(run.state, 'done', run.failure?.message)
  assert.deepEqual(
    run.disks.map((disk) => disk.how),
    ['bitmap'],
  )
  assert.ok(run.progress.bytesRead > 0 && run.progress.bytesRead < MiB)
})

test('a lost catalog comes back: hosts and repositories from its copy, points from the repository', async () => {
  using at = place()
  const { host: fake } = host()
  let before: unknown
  {
    await using rig = await start(at.home, async () => fake)
    await backedUp(rig, at.folder)
    before = await rig.handlers.listPoints({}, signal)
  }
  for (const name of readdirSync(at.home)) if (name.startsWith('catalog.db')) rmSync(join(at.home, name))
  await using rig = await start(at.home, async () => fake)
  assert.equal((await rig.handlers.listRepositories(null, signal))[0]?.state, 'open')
  assert.deepEqual(await rig.handlers.listPoints({}, signal), before)
  assert.equal((await rig.handlers.listHosts(null, signal)).length, 1)
})

test('the engine answers at once although its only host is dead and its repository is gone', async () => {
  using at = place()
  const { host: fake } = host()
  {
    await using rig = await start(at.home, async () => fake)
    await backedUp(rig, at.folder)
  }
  rmSync(at.folder, { recursive: true })
  const dead = (_: unknown, stop: AbortSignal) =>
    new Promise<never>((_resolve, reject) => stop.addEventListener('abort', () => reject(stop.reason)))
  await using rig = await start(at.home, dead)
  assert.equal((await rig.handlers.listHosts(null, signal))[0]?.state, 'connecting')
  assert.deepEqual(await rig.handlers.listMachines(null, signal), [])
  assert.equal((await rig.handlers.listPoints({}, signal)).length, 1)
  const [repository] = await rig.handlers.listRepositories(null, signal)
  assert.deepEqual([repository?.state, repository?.points], ['unreachable', 1])
  assert.ok(repository?.problem !== undefined && repository.problem.length > 0)
})

test('one failed thing is named by its code', async () => {
  using at = place()
  const { host: fake } = host()
  await using rig = await start(at.home, async () => fake)
  const { repositoryId, pointId } = await backedUp(rig, at.folder)
  const { handlers } = rig
  const nobody = { machineId: hostId, repositoryId, method: 'full' } as const
  const nowhere = { machineId, repositoryId: '0'.repeat(32), method: 'full' } as const
  const create = { address: { kind: 'folder', folder: at.folder }, passphrase } as const
  const unlock = { kind: 'passphrase', passphrase: 'wrong' } as const
  await assert.rejects(handlers.startBackup(nobody, signal), { code: 'machine-not-found' })
  await assert.rejects(handlers.startBackup(nowhere, signal), { code: 'repository-not-found' })
  await assert.rejects(handlers.showPoint({ pointId: '0'.repeat(32) }, signal), { code: 'point-not-found' })
  await assert.rejects(handlers.startVerify({}, signal), { code: 'invalid-argument' })
  await assert.rejects(handlers.startVerify({ repositoryId, pointId }, signal), { code: 'invalid-argument' })
  await assert.rejects(handlers.createRepository(create, signal), { code: 'repository-exists' })
  await assert.rejects(handlers.openRepository({ address: create.address, unlock }, signal), {
    code: 'passphrase-wrong',
  })
  await assert.rejects(handlers.removeHost({ hostId: machineId }, signal), { code: 'host-not-found' })
  await assert.rejects(handlers.showRun({ runId: '0'.repeat(32) }, signal), { code: 'run-not-found' })
})

test('no secret stands in a file of the home but the key store, in the repository, or in an event', async () => {
  using at = place()
  const { host: fake } = host()
  let said = ''
  let words = ''
  {
    await using rig = await start(at.home, async () => fake)
    const { recoveryWords } = await backedUp(rig, at.folder)
    words = recoveryWords
    const folder = { kind: 'folder', folder: at.folder } as const
    const wrong = { kind: 'passphrase', passphrase: `${passphrase}-mistyped` } as const
    await assert.rejects(rig.handlers.openRepository({ address: folder, unlock: wrong }, signal))
    await rig.handlers.openRepository({ address: folder, unlock: { kind: 'recovery-words', words } }, signal)
    said = JSON.stringify(rig.said)
  }
  const [key] = filesBelow(join(at.home, 'secrets')).map((file) => readFileSync(file))
  assert.equal(key?.length, 32)
  const canaries = [
    passphrase,
    words,
    words.split(' ').slice(0, 4).join(' '),
    key,
    key.toString('hex'),
    key.toString('base64'),
  ]
  const files = [...filesBelow(at.home), ...filesBelow(at.folder)].filter(
    (file) => !file.includes(join('home', 'secrets')),
  )
  assert.ok(files.length > 5)
  for (const canary of canaries) {
    for (const file of files) assert.ok(!readFileSync(file).includes(canary), file)
    assert.ok(!said.includes(canary.toString()))
  }
})

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
