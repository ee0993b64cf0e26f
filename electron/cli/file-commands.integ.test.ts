import assert from 'node:assert/strict'
import { execFile, execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** The file commands as a person runs them, on a point of the sample machine. */

const cli = fileURLToPath(new URL('../cli.ts', import.meta.url))
const top = mkdtempSync(path.join(tmpdir(), 'cli-files-'))
const at = (name: string): string => path.join(top, name)

async function raw(...words: readonly string[]): Promise<Buffer> {
  const args = [...process.execArgv, cli, ...words, '--home', at('home')]
  const { stdout } = await promisify(execFile)(process.execPath, args, { encoding: 'buffer', maxBuffer: 64 << 20 })
  return stdout
}

async function done<T = Record<string, string>>(...words: readonly string[]): Promise<T> {
  return JSON.parse(String(await raw(...words)))
}

async function failure(...words: readonly string[]): Promise<string> {
  const thrown = await raw(...words).then(
    () => assert.fail('it did not fail'),
    (error: { readonly stderr: Buffer }) => error,
  )
  return JSON.parse(String(thrown.stderr).trim().split('\n').at(-1) ?? '').failure.code
}

let pointId = ''

before(async () => {
  mkdirSync(at('images'))
  writeFileSync(at('pass'), 'a passphrase for files\n')
  await done('sample', 'create', '--images', at('images'))
  const { repositoryId = '' } = await done(
    ...['repository', 'create', '--folder', at('repository'), '--passphrase-file', at('pass')],
  )
  const point = await done('backup', 'sample-shop', '--repository', repositoryId)
  pointId = point['pointId'] ?? ''
})

after(() => rmSync(top, { recursive: true, force: true }))

test('volumes and folders of a point are told, with and without the name of the volume', async () => {
  const [volume] = await done<readonly Record<string, unknown>[]>('files', 'volumes', pointId)
  assert.deepEqual([volume?.['volumeId'], volume?.['content']], ['sample-shop/1', 'ext4'])
  type Listed = { readonly volumeId: string; readonly entries: readonly { readonly name: string }[] }
  const plain = await done<Listed>('files', 'list', pointId, '/home/admin/文档')
  assert.deepEqual(plain.entries.map(({ name }) => name).sort(), ['发票说明.txt', '库存盘点（第三季度）.csv'])
  assert.deepEqual(await done('files', 'list', pointId, 'sample-shop/1:/home/admin/文档'), plain)
  assert.equal(await failure('files', 'list', pointId, '/nowhere'), 'file-not-found')
  assert.equal(await failure('files', 'list', pointId, '/etc/hostname'), 'invalid-argument')
})

test('one file is poured byte for byte, a folder as a tar that tar reads', async () => {
  assert.equal(String(await raw('files', 'get', pointId, '/etc/hostname', '--to', '-')), 'sample-shop\n')
  const archive = await raw('files', 'get', pointId, '/srv/shop', '--to', '-')
  mkdirSync(at('untarred'))
  execFileSync('tar', ['-x', '-C', at('untarred')], { input: archive })
  assert.equal(readlinkSync(at('untarred/shop/latest-orders')), 'orders/month-12.csv')
  const orders = readFileSync(at('untarred/shop/orders/month-12.csv'))
  assert.deepEqual(orders, await raw('files', 'get', pointId, '/srv/shop/orders/month-12.csv', '--to', '-'))
})

test('files and folders go to a folder with their times, and nothing there is overwritten', async () => {
  const words = ['files', 'get', pointId, '/var/log/shop.log', '/srv/shop/orders', '--to', at('out')]
  mkdirSync(at('out'))
  const first = await done<Record<string, unknown>>(...words)
  assert.deepEqual([first['files'], first['skipped'], first['renamed']], [13, [], []])
  const digest = (name: string): string =>
    createHash('sha256')
      .update(readFileSync(at(name)))
      .digest('hex')
  const poured = await raw('files', 'get', pointId, '/var/log/shop.log', '--to', '-')
  assert.equal(digest('out/shop.log'), createHash('sha256').update(poured).digest('hex'))
  assert.ok(statSync(at('out/orders/month-01.csv')).mtimeMs < Date.now() - 300 * 86_400_000)
  await done(...words)
  assert.equal(readdirSync(at('out')).length, 4)
})

test('a reader that leaves early ends the command with its failure', async () => {
  const words = ['files', 'get', pointId, '/var/log/shop.log', '--to', '-', '--home', at('home')]
  const child = spawn(process.execPath, [...process.execArgv, cli, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const told: Buffer[] = []
  child.stderr.on('data', (bytes: Buffer) => told.push(bytes))
  child.stdout.once('data', () => child.stdout.destroy())
  const [status] = await once(child, 'close')
  assert.equal(status, 1)
  assert.match(Buffer.concat(told).toString(), /"code":"target-failed"/)
})

test('files are found by their names in all points, with their versions, and two equal points do not differ', async () => {
  const [point] = await done<readonly Record<string, string>[]>('point', 'list')
  const machineId = point?.['machineId'] ?? ''
  const again = await done('backup', 'sample-shop', '--repository', point?.['repositoryId'] ?? '')
  const other = again['pointId'] ?? ''
  const index = await done<Record<string, unknown>>('files', 'index', 'sample-shop')
  assert.deepEqual([index['machineId'], index['points'], index['indexed']], [machineId, 2, 2])
  const found = await done<{ readonly hits: readonly Record<string, unknown>[] }>('files', 'search', 'hostname')
  assert.deepEqual(
    found.hits.map(({ path: hit, pointId: newest, versions }) => [hit, newest, versions]),
    [['/etc/hostname', other, 1]],
  )
  const versions = await done<Record<string, unknown>>('files', 'versions', 'sample-shop', '/etc/hostname')
  const [version] = versions['versions'] as readonly Record<string, unknown>[]
  assert.deepEqual([version?.['pointIds'], versions['missing']], [[other, pointId], []])
  assert.deepEqual(await done('files', 'diff', pointId, other), { from: pointId, to: other, changes: [] })
  assert.equal(await failure('files', 'versions', 'sample-shop', '/etc/nothing'), 'file-not-found')
  const none = await done<{ readonly hits: unknown }>('files', 'search', '', '--deleted-since', '2020-01-01')
  assert.deepEqual(none.hits, [])
  assert.deepEqual(await done('files', 'index', machineId, '--off'), { machineId, enabled: false })
  const forgotten = await done<{ readonly hits: unknown }>('files', 'search', 'hostname')
  assert.deepEqual(forgotten.hits, [])
})
