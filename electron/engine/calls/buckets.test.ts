import assert from 'node:assert/strict'
import { readdir, readFile, rm } from 'node:fs/promises'
import { test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import type { StoreProbe } from '../../../shared/repository.ts'
import { MiB } from '../../../shared/units.ts'
import type { EngineOptions } from '../engine.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { type Console, needPoint, never, openConsole, passphrase, place } from '../proof/walk.ts'
import { memoryStore } from '../store/memory.ts'
import type { Store, StoreLocks } from '../store/store.ts'

const shop = '00000000-0000-4000-8000-00000000000a'
const address = { kind: 's3', region: 'eu-west-1', bucket: 'backups', prefix: '', pathStyle: false } as const
const account = { accessKeyId: 'AKIA', secretAccessKey: 'canary-account-77af' }
const good: StoreProbe = {
  at: 1,
  exclusive: true,
  checksum: 'refused',
  versioning: 'on',
  lock: 'enforced',
  listing: true,
  removal: true,
  skewMs: 0,
}

/** Locks as a bucket keeps them: what is put while a rule stands is locked by it. */
function locks(store: Store): StoreLocks {
  const untils = new Map<string, number>()
  return {
    setRule() {},
    until: async (name, signal) => {
      if ((await store.stat(name, signal)) === undefined) throw new Failure('object-missing', name)
      return untils.get(name)
    },
    extend: async (name, _mode, until) => void untils.set(name, Math.max(until, untils.get(name) ?? 0)),
    tryCanary: async () => 'refused',
  }
}

/** One bucket that only the account opens. */
function bucket(probe: Partial<StoreProbe> = {}) {
  const plain = memoryStore()
  const store: Store = { ...plain, locks: locks(plain) }
  const buckets: NonNullable<EngineOptions['buckets']> = {
    open: async ({ credentials }) => {
      if (credentials.secretAccessKey === account.secretAccessKey) return store
      throw new Failure('credentials-refused', 'The account was refused')
    },
    probe: async () => ({ ...good, ...probe }),
  }
  return { buckets, objects: plain.objects }
}

async function opened(home: string, { buckets }: ReturnType<typeof bucket>): Promise<Console> {
  const host = new FakeHost()
  host.add({ id: shop, name: 'shop', state: 'off', disks: [{ name: 'vda', sizeBytes: MiB }] })
  const made = await openConsole(home, { buckets, connect: async () => host })
  await made.calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  return made
}

test('a repository in a bucket is made, used, opened by itself again, and its account stands nowhere but with the keys', async () => {
  await using at = await place()
  const made = bucket()
  let repositoryId = ''
  {
    await using console = await opened(at.at('home'), made)
    const { calls } = console
    const site = { address, credentials: account }
    assert.deepEqual(await calls.testStore(site, never), { holds: 'nothing' })
    repositoryId = (await calls.createRepository({ ...site, passphrase }, never)).repositoryId
    assert.deepEqual(await calls.testStore(site, never), { holds: 'repository' })
    needPoint(await console.backUp(shop, repositoryId))
    const [listed] = await calls.listRepositories(null, never)
    assert.deepEqual([listed?.state, listed?.probe, listed?.address], ['open', good, address])
    assert.ok(!console.said.some((said) => said.includes('canary')))
  }
  const files = await readdir(at.at('home'), { recursive: true, withFileTypes: true })
  for (const file of files.filter((each) => each.isFile() && !each.parentPath.endsWith('secrets'))) {
    const text = await readFile(`${file.parentPath}/${file.name}`, 'latin1')
    assert.ok(!text.includes(account.secretAccessKey), file.name)
  }
  await using console = await opened(at.at('home'), made)
  const [listed] = await console.calls.listRepositories(null, never)
  assert.deepEqual([listed?.id, listed?.state, listed?.probe], [repositoryId, 'open', good])
})

test('a bucket that cannot be relied on is refused before anything is made in it', async () => {
  await using at = await place()
  const lock = { mode: 'governance', days: 3 } as const
  for (const [probe, wish] of [
    [{ exclusive: false }, {}],
    [{ lock: 'offered' }, { lock }],
    [{ lock: 'none' }, { lock }],
  ] as const) {
    const made = bucket(probe)
    await using console = await opened(at.at('home'), made)
    const creating = console.calls.createRepository({ address, credentials: account, passphrase, ...wish }, never)
    await assert.rejects(creating, { code: 'store-unsuitable' })
    assert.equal(made.objects.size, 0)
  }
  await using console = await opened(at.at('home'), bucket())
  const folder = { kind: 'folder', folder: at.at('repository') } as const
  const locked = console.calls.createRepository({ address: folder, passphrase, lock }, never)
  await assert.rejects(locked, { code: 'store-unsuitable' })
  const nobody = console.calls.createRepository({ address, passphrase }, never)
  await assert.rejects(nobody, { code: 'invalid-argument' })
})

test('without its account a repository is locked until one is given that opens it', async () => {
  await using at = await place()
  const made = bucket()
  let repositoryId = ''
  {
    await using console = await opened(at.at('home'), made)
    repositoryId = (await console.calls.createRepository({ address, credentials: account, passphrase }, never))
      .repositoryId
  }
  await rm(at.at('home', 'secrets', `store-${repositoryId}`))
  await using console = await opened(at.at('home'), made)
  const { calls } = console
  const state = async () => {
    const [listed] = await calls.listRepositories(null, never)
    return [listed?.state, listed?.problemCode]
  }
  assert.deepEqual(await state(), ['locked', 'credentials-refused'])
  const wrong = { ...account, secretAccessKey: 'wrong' }
  await assert.rejects(calls.setCredentials({ repositoryId, credentials: wrong }, never), {
    code: 'credentials-refused',
  })
  assert.deepEqual(await state(), ['locked', 'credentials-refused'])
  await calls.setCredentials({ repositoryId, credentials: account }, never)
  assert.deepEqual(await state(), ['open', undefined])
  const medium = { medium: 'object-store', site: 'Frankfurt' } as const
  await calls.setPlace({ repositoryId, place: medium }, never)
  assert.deepEqual((await calls.listRepositories(null, never))[0]?.place, medium)
})

test('a lock rule is set, checked, and shown with the earliest moment at which a byte could go', async () => {
  await using at = await place()
  await using console = await opened(at.at('home'), bucket())
  const { calls } = console
  const { repositoryId } = await calls.createRepository({ address, credentials: account, passphrase }, never)
  const pointId = needPoint(await console.backUp(shop, repositoryId))
  assert.equal((await calls.showPoint({ pointId }, never)).lockedUntil, undefined)
  const lock = { mode: 'governance', days: 3 } as const
  await calls.setLock({ repositoryId, lock }, never)
  const run = await console.ended((await calls.startLock({ repositoryId }, never)).runId)
  assert.deepEqual([run.state, run.lock?.canary], ['done', 'refused'], run.failure?.message)
  const [listed] = await calls.listRepositories(null, never)
  assert.deepEqual([listed?.lock, listed?.lockTruth], [lock, run.lock])
  assert.ok(((await calls.showPoint({ pointId }, never)).lockedUntil ?? 0) > Date.now())
  const { repositoryId: folder } = await console.createRepository(at.at('repository'))
  await assert.rejects(calls.setLock({ repositoryId: folder, lock }, never), { code: 'store-unsuitable' })
})
