import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import path from 'node:path'
import test from 'node:test'
import { scratchFolder } from './image-folder.rig.ts'
import { scanFolder } from './scan.ts'

const signal = new AbortController().signal
const hostId = '5b1f9b3e-0000-4000-8000-00000000000a'

test('images by any ending are machines, a sub-folder of images is one, all else is passed over', async () => {
  await using scratch = await scratchFolder()
  const files = ['a.raw', 'b.IMG', 'c.qcow2', 'd.vmdk', 'e.vhdx', 'f.vdi', 'two/x.raw', 'two/y.qcow2', 'two/notes.txt']
  const others = [
    '.hidden.raw',
    'g.raw.partial',
    'h.iso',
    'raw',
    'half.partial/x.raw',
    'empty/notes.txt',
    'two/in/z.raw',
  ]
  for (const file of [...files, ...others]) await put(scratch.folder, file)
  await mkdir(path.join(scratch.folder, 'folder.raw'))
  assert.deepEqual(await shown(scratch.folder), {
    a: ['a raw'],
    b: ['b raw'],
    c: ['c qcow2'],
    d: ['d vmdk'],
    e: ['e vhdx'],
    f: ['f vdi'],
    two: ['x raw', 'y qcow2'],
  })
})

test('a socket that is named like an image is passed over', async () => {
  await using scratch = await scratchFolder()
  const server = createServer().listen(path.join(scratch.folder, 'web.raw'))
  await once(server, 'listening')
  try {
    assert.deepEqual(await shown(scratch.folder), {})
  } finally {
    server.close()
  }
})

test('links that lead out of the folder are refused, those inside it are followed', async () => {
  await using scratch = await scratchFolder()
  await put(scratch.folder, 'outside/secret.raw')
  const folder = path.join(scratch.folder, 'host')
  await put(folder, 'real.raw')
  await put(folder, 'two/x.raw')
  const links = {
    'absolute.raw': path.join(scratch.folder, 'outside/secret.raw'),
    'relative.raw': '../outside/secret.raw',
    'sibling.raw': `${folder}-other/secret.raw`,
    'two/deep.raw': '../../outside/secret.raw',
    whole: '../outside',
    'inside.raw': 'real.raw',
    'nowhere.raw': 'missing',
    'loop.raw': 'loop.raw',
  }
  await put(`${folder}-other`, 'secret.raw')
  for (const [name, target] of Object.entries(links)) await symlink(target, path.join(folder, name))
  const images = (await scanFolder(folder, hostId, signal)).flatMap((machine) => machine.images)
  const problems = Object.fromEntries(images.map(({ name, problem }) => [name, problem?.match(/out of|nowhere/)?.[0]]))
  assert.deepEqual(problems, {
    absolute: 'out of',
    relative: 'out of',
    sibling: 'out of',
    deep: 'out of',
    whole: 'out of',
    inside: undefined,
    nowhere: 'nowhere',
    loop: 'nowhere',
    real: undefined,
    x: undefined,
  })
})

test('a folder that is itself reached by a link is read', async () => {
  await using scratch = await scratchFolder()
  await put(scratch.folder, 'real/web.raw')
  await symlink('web.raw', path.join(scratch.folder, 'real/alias.raw'))
  await symlink('real', path.join(scratch.folder, 'link'))
  const machines = await scanFolder(path.join(scratch.folder, 'link'), hostId, signal)
  assert.deepEqual(
    machines.flatMap(({ images }) => images.map(({ problem }) => problem)),
    [undefined, undefined],
  )
})

test('of two entries of one name none takes over the identity of the other', async () => {
  await using scratch = await scratchFolder()
  await put(scratch.folder, 'web.raw')
  const [alone] = await scanFolder(scratch.folder, hostId, signal)
  await put(scratch.folder, 'web.qcow2')
  await put(scratch.folder, 'web/x.raw')
  const three = await scanFolder(scratch.folder, hostId, signal)
  assert.deepEqual(
    three.map(({ name }) => name),
    ['web.qcow2', 'web.raw', 'web/'],
  )
  assert.ok(three.every(({ id }) => id !== alone?.id))
  await rm(path.join(scratch.folder, 'web.qcow2'))
  await rename(path.join(scratch.folder, 'web'), path.join(scratch.folder, 'other'))
  assert.equal((await scanFolder(scratch.folder, hostId, signal)).find(({ name }) => name === 'web')?.id, alone?.id)
})

test('disks of one name in a sub-folder are told by their full names', async () => {
  await using scratch = await scratchFolder()
  for (const file of ['web/x.raw', 'web/x.qcow2', 'web/y.raw']) await put(scratch.folder, file)
  assert.deepEqual(await shown(scratch.folder), { web: ['x.qcow2 qcow2', 'x.raw raw', 'y raw'] })
})

test('a name that is not valid UTF-8 is listed with what to do', { skip: noOddNames() }, async () => {
  await using scratch = await scratchFolder()
  await writeFile(Buffer.concat([Buffer.from(`${scratch.folder}/web`), Buffer.from([0xff]), Buffer.from('.raw')]), 'x')
  const [machine] = await scanFolder(scratch.folder, hostId, signal)
  assert.match(machine?.images[0]?.problem ?? '', /UTF-8/)
})

function noOddNames(): string | false {
  return process.platform === 'linux' ? false : 'only Linux lets a name be any bytes'
}

async function shown(folder: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const machines = await scanFolder(folder, hostId, signal)
  return Object.fromEntries(
    machines.map(({ name, images }) => [name, images.map((each) => `${each.name} ${each.format}`)]),
  )
}

async function put(folder: string, file: string): Promise<void> {
  await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
  await writeFile(path.join(folder, file), 'bytes')
}
