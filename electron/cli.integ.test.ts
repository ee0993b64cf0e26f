import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { MiB } from '../shared/units.ts'
import { systemClock } from './engine/base/clock.ts'
import { silentLog } from './engine/base/log.ts'
import { openCatalog } from './engine/catalog/catalog.ts'

/** The program as a person runs it: child processes, one home, an images host with a sample machine. */

const cli = fileURLToPath(new URL('./cli.ts', import.meta.url))
const passphrase = 'canary passphrase 91c4'
const top = mkdtempSync(path.join(tmpdir(), 'cli-integ-'))
const at = (name: string): string => path.join(top, name)

type Ended = {
  readonly status: number | null
  readonly value: Record<string, unknown>
  readonly stdout: string
  readonly stderr: string
}

function launch(words: readonly string[], home = at('home')) {
  const child = spawn(process.execPath, [...process.execArgv, cli, ...words, '--home', home], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (part: Buffer) => void out.push(part))
  child.stderr.on('data', (part: Buffer) => void err.push(part))
  const ended = once(child, 'close').then(([status]): Ended => {
    const [stdout, stderr] = [Buffer.concat(out).toString(), Buffer.concat(err).toString()]
    return { status: status as number | null, value: stdout === '' ? {} : JSON.parse(stdout), stdout, stderr }
  })
  return { child, ended, stderr: () => Buffer.concat(err).toString() }
}

async function stillpoint(...words: readonly string[]): Promise<Ended> {
  return launch(words).ended
}

async function done(...words: readonly string[]): Promise<Record<string, unknown>> {
  const { status, value, stderr } = await stillpoint(...words)
  assert.equal(status, 0, stderr)
  return value
}

async function fails(code: string, ...words: readonly string[]): Promise<Ended> {
  const ended = await stillpoint(...words)
  const last = JSON.parse(ended.stderr.trim().split('\n').at(-1) ?? '') as {
    failure: { code: string; message: string }
  }
  assert.equal(last.failure.code, code, ended.stderr)
  assert.ok(last.failure.message.length > 0)
  assert.equal(ended.status, 1)
  return ended
}

const policyId = 'c'.repeat(32)
let [hostId, machineId, repositoryId, pointId, words] = ['', '', '', '', '']

before(async () => {
  for (const folder of ['images', 'out', 'again']) mkdirSync(at(folder))
  writeFileSync(at('pass'), `${passphrase}\n`)
  const sample = await done('sample', 'create', '--images', at('images'))
  ;[hostId, machineId] = [String(sample['hostId']), String(sample['machineId'])]
  const created = await done('repository', 'create', '--folder', at('repository'), '--passphrase-file', at('pass'))
  ;[repositoryId, words] = [String(created['repositoryId']), String(created['recoveryWords'])]
})

after(() => rmSync(top, { recursive: true, force: true }))

/** As the window saves one. It has been due for days. */
function seedPolicy(): void {
  using catalog = openCatalog(at('home'), systemClock, silentLog)
  const rule = { method: 'full', on: { kind: 'every-day' }, hour: 2, minute: 0 } as const
  const retention = { last: 0, hourly: 0, daily: 7, weekly: 0, monthly: 0, yearly: 0, minimum: 1 }
  const what = { machineIds: [machineId], excluded: [], freeze: false, repositoryId }
  const wish = { name: 'nightly', enabled: true, ...what, rules: [rule], retention }
  catalog.policies.save(policyId, wish, systemClock.now() - 5 * 86_400_000)
}

test('a backup answers the point with what was read, sent and stored, and how each disk was read', async () => {
  const point = await done('backup', 'sample-shop', '--repository', repositoryId)
  pointId = String(point['pointId'])
  assert.match(String(point['runId']), /^[0-9a-f]{32}$/)
  for (const count of ['bytesRead', 'bytesSent', 'bytesStored']) assert.ok(Number(point[count]) > 0, count)
  const [disk] = point['disks'] as readonly Record<string, unknown>[]
  assert.deepEqual([disk?.['name'], disk?.['how']], ['sample-shop', 'full'])
  assert.ok(String(disk?.['why']).length > 0)
  const again = await done('backup', machineId, '--repository', repositoryId)
  assert.ok(Number(again['bytesStored']) < Number(point['bytesStored']) / 10)
})

test('the lists name everything by the same words', async () => {
  const lists = ['host', 'machine', 'repository', 'point', 'run'].map((what) => done(what, 'list'))
  const [hosts, machines, repositories, points, runs] = (await Promise.all(lists)) as unknown as Record<
    string,
    unknown
  >[][]
  assert.equal(hosts?.[0]?.['hostId'], hostId)
  assert.deepEqual([machines?.[0]?.['machineId'], machines?.[0]?.['hostId']], [machineId, hostId])
  assert.deepEqual([repositories?.[0]?.['repositoryId'], repositories?.[0]?.['points']], [repositoryId, 2])
  assert.deepEqual(
    points?.map((point) => point['machineId']),
    [machineId, machineId],
  )
  assert.deepEqual(
    runs?.map((run) => run['state']),
    ['done', 'done'],
  )
  assert.equal((await done('point', 'show', pointId))['pointId'], pointId)
})

test('a disk comes back byte for byte, as an image and as a new machine', async () => {
  const original = readFileSync(at('images/sample-shop.raw'))
  const restored = await done('restore', pointId, '--to-images', at('out'))
  const [file] = restored['files'] as readonly string[]
  assert.ok(readFileSync(file ?? '').equals(original))
  const made = await done('restore', pointId, '--as-new', 'shop-2', '--host', hostId)
  assert.notEqual(made['machineId'], machineId)
  assert.ok(readFileSync(at('images/shop-2.raw')).equals(original))
  await fails('target-exists', 'restore', pointId, '--to-images', at('out'))
})

test('a restore in place undoes what was changed since the point', async () => {
  const image = at('images/sample-shop.raw')
  const original = readFileSync(image)
  const changed = Buffer.from(original)
  changed.fill(0xee, 1 << 20, (1 << 20) + 5000)
  writeFileSync(image, changed)
  await done('restore', pointId, '--in-place')
  assert.ok(readFileSync(image).equals(original))
})

test('a restore in place names the point that undoes it', async () => {
  const image = at('images/sample-shop.raw')
  const changed = readFileSync(image)
  changed.fill(0xdd, 1 << 20, (1 << 20) + 5000)
  writeFileSync(image, changed)
  const restored = await done('restore', pointId, '--in-place', '--disk', 'sample-shop')
  assert.ok(!readFileSync(image).equals(changed))
  const undo = String(restored['undoPointId'])
  const undone = await done('restore', undo, '--in-place', '--no-undo')
  assert.ok(readFileSync(image).equals(changed))
  assert.equal(undone['undoPointId'], undefined)
  await done('restore', pointId, '--in-place', '--no-undo')
})

test('a policy is listed and run, and its rules start nothing in a process that ends with its command', async () => {
  seedPolicy()
  const [policy] = (await done('policy', 'list')) as unknown as readonly Record<string, unknown>[]
  assert.deepEqual([policy?.['policyId'], policy?.['name'], policy?.['lastAt']], [policyId, 'nightly', undefined])
  const ran = await done('policy', 'run', policyId)
  const [run] = ran['runs'] as readonly Record<string, unknown>[]
  assert.deepEqual([run?.['state'], run?.['machineId'], ran['failed']], ['done', machineId, []])
  const runs = (await done('run', 'list')) as unknown as readonly Record<string, unknown>[]
  const byPolicy = runs.filter((each) => each['policyId'] === policyId)
  assert.deepEqual(
    byPolicy.map((each) => each['runId']),
    [run?.['runId']],
  )
  await fails('repository-in-use', 'repository', 'remove', repositoryId)
  await fails('policy-not-found', 'policy', 'run', '0'.repeat(32))
})

test('a point is pinned and let go', async () => {
  assert.equal((await stillpoint('point', 'pin', pointId)).stdout.trim(), 'null')
  assert.equal((await stillpoint('point', 'unpin', pointId)).stdout.trim(), 'null')
  await fails('point-not-found', 'point', 'pin', '0'.repeat(32))
})

test('points are copied, deleted, brought back, thinned out and swept as a person asks', async () => {
  const second = await done('repository', 'create', '--folder', at('second'), '--passphrase-file', at('pass'))
  const to = String(second['repositoryId'])
  const copied = await done('copy', '--from', repositoryId, '--to', to, pointId)
  assert.equal(copied['points'], 1)
  assert.equal((await done('copy', '--from', repositoryId, '--to', to, pointId))['points'], 0)
  await done('point', 'delete', '--repository', to, pointId)
  const [trashed] = (await done('trash', 'list', to)) as unknown as readonly Record<string, unknown>[]
  assert.deepEqual([trashed?.['pointId'], trashed?.['why']], [pointId, 'person'])
  await done('trash', 'recover', '--repository', to, pointId)
  await done('point', 'label', pointId, 'audit')
  assert.deepEqual((await done('point', 'show', pointId))['labels'], ['audit'])
  const swept = await done('sweep', to)
  assert.deepEqual([swept['repositoryId'], swept['purged'], swept['removed']], [to, 0, 0])
  await done('point', 'pin', pointId)
  const planned = await done('retention', policyId, '--dry-run')
  const points = planned['points'] as readonly { readonly reasons: readonly string[] }[]
  const enacted = await done('retention', policyId)
  assert.equal(enacted['trashed'], points.filter(({ reasons }) => reasons.length === 0).length)
  assert.equal((await done('mend', to))['chunks'], 0)
  await fails('store-unsuitable', 'lock', 'set', to, '--days', '3')
  await fails('invalid-argument', 'copy', '--from', to, '--to', to)
  assert.equal((await done('catalog', 'rebuild'))['repositories'], 2)
  await fails('point-not-found', 'catalog', 'rebuild', '--from', to)
  await done('repository', 'remove', to)
})

test('ways into a repository are listed and made, and a key pair of one’s own opens it elsewhere', async () => {
  const kinds = async () => {
    const slots = (await done('keys', 'list', repositoryId)) as unknown as readonly Record<string, unknown>[]
    return slots.map((slot) => slot['kind']).sort()
  }
  assert.deepEqual(await kinds(), ['passphrase', 'recovery-words'])
  const pair = await done('keys', 'recovery-key', repositoryId)
  writeFileSync(at('key'), String(pair['secret']))
  const ended = await launch(
    ['repository', 'open', '--folder', at('repository'), '--recovery-key-file', at('key')],
    at('key-home'),
  ).ended
  assert.equal(ended.value['repositoryId'], repositoryId, ended.stderr)
  await done('keys', 'remove', repositoryId, '--slot', String(pair['slotId']))
  assert.deepEqual(await kinds(), ['passphrase', 'recovery-words'])
  await fails('key-slot-not-found', 'keys', 'remove', repositoryId, '--slot', '0'.repeat(64))
})

test('a verification tells what it read, and names damage with a failure', async () => {
  const whole = await done('verify', repositoryId)
  assert.deepEqual(whole['damaged'], [])
  assert.ok(Number(whole['chunks']) > 0)
  assert.deepEqual((await done('verify', pointId))['pointId'], pointId)
  const pack = readdirSync(at('repository'), { recursive: true, encoding: 'utf8' }).find((name) =>
    /^packs\/..\/.{64}$/.test(name),
  )
  const file = at(`repository/${pack}`)
  copyFileSync(file, at('pack'))
  truncateSync(file, 1000)
  const damaged = await fails('repository-damaged', 'verify', repositoryId)
  assert.ok((damaged.value['damaged'] as readonly unknown[]).length > 0)
  copyFileSync(at('pack'), file)
})

test('another console opens the repository by its recovery words and restores from it', async () => {
  writeFileSync(at('words'), `${words.toUpperCase()}\r\n`)
  const other = (...rest: readonly string[]) => launch(rest, at('other-home')).ended
  const opened = await other('repository', 'open', '--folder', at('repository'), '--recovery-words-file', at('words'))
  assert.equal(opened.value['repositoryId'], repositoryId, opened.stderr)
  const restored = await other(
    'restore',
    pointId,
    '--to-images',
    at('again'),
    '--format',
    'qcow2',
    '--disk',
    'sample-shop',
  )
  assert.equal(restored.status, 0, restored.stderr)
})

test('what cannot be done is named by its code on the last line', async () => {
  writeFileSync(at('wrong'), 'wrong')
  await fails('machine-not-found', 'backup', 'nobody', '--repository', repositoryId)
  await fails('passphrase-wrong', 'repository', 'open', '--folder', at('repository'), '--passphrase-file', at('wrong'))
  await fails(
    'repository-exists',
    'repository',
    'create',
    '--folder',
    at('repository'),
    '--passphrase-file',
    at('pass'),
  )
  await fails('host-unreachable', 'host', 'add', '--images', at('nowhere'))
  await fails('point-not-found', 'point', 'show', '0'.repeat(32))
  await fails('invalid-argument', 'point', 'show', 'nonsense')
  for (const wrong of [[], ['nonsense'], ['backup'], ['restore', pointId], ['host', 'list', '--nonsense']]) {
    const { status, stdout } = await stillpoint(...wrong)
    assert.deepEqual([status, stdout], [2, ''])
  }
})

test('an interrupted backup is cancelled, leaves no point, and says so', async () => {
  writeFileSync(at('images/big.raw'), randomBytes(256 * MiB))
  const before = (await done('point', 'list')) as unknown as readonly unknown[]
  const { child, ended, stderr } = launch(['backup', 'big', '--repository', repositoryId])
  while (!stderr().includes('backup ')) await new Promise((resolve) => setTimeout(resolve, 10))
  child.kill('SIGINT')
  const { status, stderr: said } = await ended
  assert.equal(status, 1)
  assert.match(said, /"failure":\{"code":"cancelled"/)
  const [run] = (await done('run', 'list')) as unknown as readonly Record<string, unknown>[]
  assert.equal(run?.['state'], 'cancelled')
  assert.equal(((await done('point', 'list')) as unknown as readonly unknown[]).length, before.length)
})

test('a run whose process was killed is failed by the next one, and the machine can be backed up', async () => {
  const { child, ended, stderr } = launch(['backup', 'big', '--repository', repositoryId])
  while (!stderr().includes('backup ')) await new Promise((resolve) => setTimeout(resolve, 10))
  child.kill('SIGKILL')
  await ended.catch(() => undefined)
  const [run] = (await done('run', 'list')) as unknown as readonly Record<string, { code: string }>[]
  assert.equal(run?.['failure']?.code, 'engine-died')
  truncateSync(at('images/big.raw'), MiB)
  await done('backup', 'big', '--repository', repositoryId)
})

test('two processes share one home', async () => {
  const both = await Promise.all([
    stillpoint('backup', 'big', '--repository', repositoryId),
    stillpoint('backup', 'sample-shop', '--repository', repositoryId),
  ])
  for (const { status, stderr } of both) assert.equal(status, 0, stderr)
})

test('the passphrase and the recovery words are told to nobody but their asker', async () => {
  const { stdout, stderr } = await stillpoint('repository', 'list')
  for (const secret of [passphrase, words]) assert.ok(!`${stdout}${stderr}`.includes(secret))
  const log = readFileSync(at('home/logs/engine.log'), 'utf8')
  assert.ok(log.includes('ready'))
  for (const secret of [passphrase, words]) assert.ok(!log.includes(secret))
})
