import assert from 'node:assert/strict'
import { type FileHandle, open } from 'node:fs/promises'
import { test } from 'node:test'
import type { FileEntry } from '../../../shared/files.ts'
import { MiB } from '../../../shared/units.ts'
import { FakeHost } from '../hypervisor/fake.ts'
import { createSampleMachine, sampleDisk } from '../hypervisor/sample/sample-machine.ts'
import { shopTree } from '../hypervisor/sample/shop.ts'
import type { Entry } from '../hypervisor/sample/tree.ts'
import { type Console, needPoint, never, openConsole, place } from '../proof/walk.ts'

const made = 1_790_000_000

async function rewrite(file: string, seed: number, seconds: number): Promise<void> {
  const image: FileHandle = await open(file, 'r+')
  try {
    await image.truncate(0)
    await image.truncate(128 * MiB)
    for (const { offset, bytes } of sampleDisk(seed, seconds)) await image.write(bytes, 0, bytes.length, offset)
  } finally {
    await image.close()
  }
}

/** A console with a point of the sample; `again` makes another one of the same machine, its disk written anew. */
async function sampled(top: Awaited<ReturnType<typeof place>>) {
  const console = await openConsole(top.at('home'))
  const name = await createSampleMachine(top.at('images'), never)
  await rewrite(top.at('images', `${name}.raw`), 1, made)
  await console.addImages(top.at('images'))
  const { repositoryId } = await console.createRepository(top.at('repository'))
  const machineId = await console.machineNamed(name)
  const backUp = async () => needPoint(await console.backUp(machineId, repositoryId))
  const pointId = await backUp()
  return {
    console,
    pointId,
    again: async (seed: number, seconds: number) => {
      await rewrite(top.at('images', `${name}.raw`), seed, seconds)
      return await backUp()
    },
    repositoryId,
    [Symbol.asyncDispose]: () => console[Symbol.asyncDispose](),
  }
}

async function volumeOf({ calls }: Console, pointId: string): Promise<string> {
  const volumes = await calls.listVolumes({ pointId }, never)
  assert.deepEqual(
    volumes.map(({ kind, content, reader, label, refusal }) => [kind, content, reader, label, refusal]),
    [['partition', 'ext4', 'own', 'sample-shop', undefined]],
  )
  return volumes[0]?.id ?? ''
}

test('every file of a point is listed and read as it was, link and Chinese names too', async () => {
  await using top = await place('images')
  await using sample = await sampled(top)
  const { console, pointId } = sample
  const volumeId = await volumeOf(console, pointId)
  const list = async (path: string) => {
    const { entries, next } = await console.calls.listFiles({ pointId, volumeId, path, limit: 10_000 }, never)
    assert.equal(next, undefined)
    return entries
  }
  const read = async (path: string, sizeBytes: number) => {
    const pieces: Buffer[] = []
    for (let offset = 0; offset <= sizeBytes; offset += MiB) {
      const piece = await console.calls.readFile({ pointId, volumeId, path, offset, lengthBytes: MiB }, never)
      assert.equal(piece.sizeBytes, sizeBytes)
      pieces.push(Buffer.from(piece.base64, 'base64'))
    }
    return Buffer.concat(pieces)
  }
  let files = 0
  const walk = async (folder: string, expected: readonly Entry[]): Promise<void> => {
    const found = new Map((await list(folder || '/')).map((entry) => [entry.name, entry]))
    found.delete('lost+found')
    assert.deepEqual([...found.keys()].sort(), expected.map(({ name }) => name).sort())
    for (const entry of expected) {
      const path = `${folder}/${entry.name}`
      const told: FileEntry | undefined = found.get(entry.name)
      assert.deepEqual([told?.kind, told?.modifiedAt], [entry.kind, entry.modifiedAt * 1000], path)
      if (entry.kind === 'folder') await walk(path, entry.entries)
      if (entry.kind === 'link') assert.equal(told?.target, entry.target)
      if (entry.kind !== 'file') continue
      files++
      assert.equal(told?.mode, entry.mode)
      assert.ok((await read(path, entry.bytes.length)).equals(entry.bytes), path)
    }
  }
  await walk('', shopTree(1, made))
  assert.ok(files > 25)
})

test('what is not there, or is something else, fails by its code', async () => {
  await using top = await place('images')
  await using sample = await sampled(top)
  const { console, pointId } = sample
  const { calls } = console
  const volumeId = await volumeOf(console, pointId)
  const at = (path: string) => ({ pointId, volumeId, path })
  const page = { limit: 10 }
  const piece = { offset: 0, lengthBytes: 10 }
  await assert.rejects(calls.listFiles({ ...at('/nothing'), ...page }, never), { code: 'file-not-found' })
  await assert.rejects(calls.listFiles({ ...at('/etc/fstab'), ...page }, never), { code: 'invalid-argument' })
  await assert.rejects(calls.listFiles({ ...at('/'), ...page, cursor: '1e3' }, never), { code: 'invalid-argument' })
  await assert.rejects(calls.listFiles({ ...at('/'), volumeId: 'vdz', ...page }, never), { code: 'volume-not-found' })
  await assert.rejects(calls.listVolumes({ pointId: '0'.repeat(32) }, never), { code: 'point-not-found' })
  await assert.rejects(calls.readFile({ ...at('/etc'), ...piece }, never), { code: 'invalid-argument' })
  await assert.rejects(calls.readFile({ ...at('/srv/shop/latest-orders'), ...piece }, never), {
    code: 'invalid-argument',
  })
  await assert.rejects(calls.readFile({ ...at('/etc/fstab'), stream: 's', ...piece }, never), {
    code: 'file-not-found',
  })
  await assert.rejects(calls.showFile(at('/srv/shop/latest-orders/x'), never), { code: 'file-not-found' })
  await assert.rejects(calls.unlockVolume({ ...at('/'), passphrase: 'p' }, never), { code: 'invalid-argument' })
  const behind = await calls.readFile({ ...at('/etc/fstab'), offset: 1e12, lengthBytes: 10 }, never)
  assert.deepEqual(behind, { base64: '', sizeBytes: 38 })
  const details = await calls.showFile(at('/srv/shop/latest-orders'), never)
  assert.deepEqual([details.kind, details.target, details.streams], ['link', 'orders/month-12.csv', []])
})

test('a folder at two points is told from the later one, whichever is named first', async () => {
  await using top = await place('images')
  await using sample = await sampled(top)
  const { console, pointId } = sample
  const later = await sample.again(1, made + 86_400)
  const volumeId = await volumeOf(console, later)
  const compare = async (one: string, other: string, path: string) => {
    const told = await console.calls.compareFolder({ pointId: one, against: other, volumeId, path }, never)
    return told.map(({ path: changed, change, before, after }) => {
      return [changed, change, (after?.modifiedAt ?? 0) - (before?.modifiedAt ?? 0)]
    })
  }
  const expected = [['/var/log/shop.log', 'changed', 86_400_000]]
  assert.deepEqual(await compare(pointId, later, '/var/log'), expected)
  assert.deepEqual(await compare(later, pointId, '/var/log'), expected)
  assert.deepEqual(await compare(later, later, '/var/log'), [])
  await assert.rejects(compare(later, pointId, '/nothing'), { code: 'file-not-found' })
})

test('a repository that was removed is not read on from what was open', async () => {
  await using top = await place('images')
  await using sample = await sampled(top)
  const { console, pointId, repositoryId } = sample
  const volumeId = await volumeOf(console, pointId)
  await console.calls.removeRepository({ repositoryId }, never)
  const listing = console.calls.listFiles({ pointId, volumeId, path: '/', limit: 10 }, never)
  await assert.rejects(listing, { code: 'point-not-found' })
})

test('an encrypted disk is told as locked, and another one beside it is read all the same', async () => {
  await using top = await place()
  const host = new FakeHost()
  const disks = ['vda', 'vdb'].map((name) => ({ name, sizeBytes: 128 * MiB }))
  const machine = host.add({ name: 'shop', state: 'off', disks })
  machine.disk('vda').write(0, Buffer.from('LUKS\xba\xbe\x00\x01', 'latin1'))
  for (const { offset, bytes } of sampleDisk(1, made)) machine.disk('vdb').write(offset, bytes)
  await using console = await openConsole(top.at('home'), { connect: async () => host })
  const { calls } = console
  await calls.addHost({ address: { kind: 'libvirt', uri: 'qemu:///system' } }, never)
  const { repositoryId } = await console.createRepository(top.at('repository'))
  const pointId = needPoint(await console.backUp(machine.id, repositoryId))
  const volumes = await calls.listVolumes({ pointId }, never)
  assert.deepEqual(
    volumes.map(({ id, content, refusal, reader }) => [id, content, refusal, reader]),
    [
      ['vda', 'luks', 'encrypted', undefined],
      ['vdb/1', 'ext4', undefined, 'own'],
    ],
  )
  const locked = { pointId, volumeId: 'vda' }
  await assert.rejects(calls.unlockVolume({ ...locked, passphrase: 'two\nlines' }, never), { code: 'invalid-argument' })
  await assert.rejects(calls.listFiles({ ...locked, path: '/', limit: 1 }, never), { code: 'volume-locked' })
  const unknown = { pointId, volumeId: 'vdc', passphrase: 'p' }
  await assert.rejects(calls.unlockVolume(unknown, never), { code: 'volume-not-found' })
  const ref = { pointId, volumeId: 'vdb/1', path: '/etc/hostname', offset: 0, lengthBytes: 100 }
  assert.equal(atob((await calls.readFile(ref, never)).base64), 'sample-shop\n')
})
