import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { KiB, MiB } from '../../../shared/units.ts'
import { assertFailed, type Console, needPoint, never, openConsole, type Place, place } from './walk.ts'

/** Images made to fetch a file of this computer into a backup: the file's text must come out nowhere. */

const run = promisify(execFile)
const canary = 'host-secret-6b2e: '

type Hostile = { readonly file: string; make(folder: Place, secret: string): Promise<void> }

async function qcow2(folder: Place, file: string, ...options: readonly string[]): Promise<string> {
  const image = folder.at('images', file)
  await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...options, image, '1M'])
  return image
}

const descriptor = (extent: string): string =>
  `# Disk DescriptorFile\nversion=1\nCID=fffffffe\nparentCID=ffffffff\ncreateType="monolithicFlat"\n${extent}\nddb.adapterType = "ide"\n`

const refused: readonly Hostile[] = [
  {
    file: 'backing.qcow2',
    make: async (folder, secret) => void (await qcow2(folder, 'backing.qcow2', '-b', secret, '-F', 'raw')),
  },
  {
    file: 'json.qcow2',
    async make(folder, secret) {
      const image = await qcow2(folder, 'json.qcow2')
      const backing = `json:${JSON.stringify({ driver: 'raw', file: { driver: 'file', filename: secret } })}`
      await run('qemu-img', ['rebase', '-u', '-f', 'qcow2', '-F', 'raw', '-b', backing, image])
    },
  },
  {
    file: 'data-file.qcow2',
    async make(folder, secret) {
      const data = folder.at('data')
      await run('qemu-img', [
        'create',
        '-q',
        '-f',
        'qcow2',
        '-o',
        `data_file=${data},data_file_raw=on`,
        folder.at('images', 'data-file.qcow2'),
        '1M',
      ])
      await run('cp', [secret, data])
    },
  },
  {
    file: 'flat.vmdk',
    make: (folder, secret) => writeFile(folder.at('images', 'flat.vmdk'), descriptor(`RW 2048 FLAT "${secret}" 0`)),
  },
  {
    file: 'sparse.vmdk',
    make: (folder, secret) => writeFile(folder.at('images', 'sparse.vmdk'), descriptor(`RW 2048 SPARSE "${secret}"`)),
  },
  {
    file: 'link.raw',
    make: async (folder, secret) => symlinkSync(secret, folder.at('images', 'link.raw')),
  },
]

async function withSecret(): Promise<{ folder: Place; secret: string }> {
  const folder = await place('images', 'home', 'out')
  const secret = folder.at('secret')
  await writeFile(secret, Buffer.alloc(MiB, canary))
  return { folder, secret }
}

/** Everything that a restore of every point of the repository gives back. */
async function restoredBytes(console: Console, folder: Place): Promise<readonly Buffer[]> {
  const found = []
  for (const { id } of await console.calls.listPoints({}, never)) {
    const restored = await console.restore(id, { kind: 'images', folder: folder.at('out'), format: 'raw' })
    assert.equal(restored.state, 'done', restored.failure?.message)
    for (const file of restored.target?.split('\n') ?? []) found.push(await readFile(file))
  }
  return found
}

test('an image that names another file is listed with its problem, refused, and carries nothing away', async () => {
  const { folder, secret } = await withSecret()
  await using owned = new AsyncDisposableStack()
  owned.use(folder)
  for (const { make } of refused) await make(folder, secret)
  const console = owned.use(await openConsole(folder.at('home')))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  const machines = await console.calls.listMachines(null, never)
  assert.equal(machines.length, refused.length)
  for (const machine of machines) {
    const [disk] = machine.disks
    assert.ok((disk?.problem ?? '').length > 10, `${machine.name} is listed without a problem`)
    assert.ok(!JSON.stringify(machine).includes(canary))
    const codes = ['disk-hostile', 'disk-unsupported', 'disk-unreadable']
    const ended = await console.backUp(machine.id, repositoryId)
    assert.ok(ended.state === 'failed' && codes.includes(ended.failure?.code ?? ''), JSON.stringify(ended.failure))
  }
  assert.deepEqual(await console.calls.listPoints({}, never), [])
})

test('what a guest writes at the start of a raw disk stays bytes, whatever format it looks like', async () => {
  const { folder, secret } = await withSecret()
  await using owned = new AsyncDisposableStack()
  owned.use(folder)
  const made = await qcow2(folder, 'inner.qcow2', '-b', secret, '-F', 'raw')
  await run('mv', [made, folder.at('images', 'guest.raw')])
  await writeFile(folder.at('images', 'vmdk.raw'), descriptor(`RW 2048 FLAT "${secret}" 0`).padEnd(64 * KiB, '\n'))
  const console = owned.use(await openConsole(folder.at('home')))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  for (const name of ['guest', 'vmdk']) needPoint(await console.backUp(await console.machineNamed(name), repositoryId))
  const originals = [await readFile(folder.at('images', 'guest.raw')), await readFile(folder.at('images', 'vmdk.raw'))]
  const restored = await restoredBytes(console, folder)
  assert.equal(restored.length, 2)
  for (const bytes of restored) {
    assert.ok(originals.some((original) => original.equals(bytes)))
    assert.ok(!bytes.includes(canary))
  }
  const asQcow2 = { kind: 'images', folder: folder.at('out'), format: 'qcow2' } as const
  for (const { id } of await console.calls.listPoints({}, never)) {
    const { target = '', state } = await console.restore(id, asQcow2)
    assert.equal(state, 'done')
    const { stdout } = await run('qemu-img', ['info', '--output=json', '-f', 'qcow2', target])
    assert.equal((JSON.parse(stdout) as Record<string, unknown>)['backing-filename'], undefined)
    assert.ok(!(await readFile(target)).includes(canary))
  }
})

test('an image that is swapped for a hostile one between the list and the backup is refused all the same', async () => {
  const { folder, secret } = await withSecret()
  await using owned = new AsyncDisposableStack()
  owned.use(folder)
  await qcow2(folder, 'web.qcow2')
  const console = owned.use(await openConsole(folder.at('home')))
  const { repositoryId } = await console.createRepository(folder.at('repository'))
  await console.addImages(folder.at('images'))
  const machineId = await console.machineNamed('web')
  const pointId = needPoint(await console.backUp(machineId, repositoryId))
  await qcow2(folder, 'web.qcow2', '-b', secret, '-F', 'raw')
  assertFailed(await console.backUp(machineId, repositoryId), 'disk-hostile')
  assertFailed(await console.restore(pointId, { kind: 'in-place' }), 'disk-hostile')
  assert.ok((await readFile(secret)).equals(Buffer.alloc(MiB, canary)), 'the secret was written to')
})
