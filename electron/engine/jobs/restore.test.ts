import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { Failure } from '../../../shared/failure.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { type ChunkPool, startPool } from '../chunk/pool.ts'
import { FakeWalk, newTemplate, notedStep, type Template } from '../proof/fake-walk.ts'

let pool: ChunkPool
let template: Template
let out: string

before(async () => {
  pool = startPool(2)
  template = await newTemplate(pool)
  out = await mkdtemp(path.join(tmpdir(), 'restore-'))
})
after(async () => {
  await pool[Symbol.asyncDispose]()
  await rm(out, { recursive: true })
})

const inPlace = { kind: 'in-place' } as const

/** A machine that is off, one point of its two disks, and what they held then. */
async function backedUp() {
  const attachments = [{ role: 'nvram', path: '/nvram/shop.fd', bytes: new Uint8Array(randomBytes(3000)) }] as const
  const disks = [
    { name: 'vda', sizeBytes: 6 * MiB + 512 },
    { name: 'vdb', sizeBytes: MiB },
  ]
  const options = { name: 'shop', definition: '<domain/>', disks, attachments }
  const walk = await FakeWalk.begin(pool, template, options)
  walk.machine.disk('vda').write(100, randomBytes(3 * MiB))
  walk.machine.disk('vda').write(6 * MiB, randomBytes(512))
  walk.machine.disk('vdb').write(MiB - 1, randomBytes(1))
  const { id } = await walk.backUp()
  const then = new Map(disks.map(({ name }) => [name, walk.live(name)]))
  walk.machine.stop()
  return { walk, id, then }
}

function changeAll(walk: FakeWalk): void {
  walk.machine.disk('vda').write(MiB, randomBytes(MiB))
  walk.machine.disk('vda').zero(2 * MiB, 256 * KiB)
  walk.machine.disk('vda').write(4 * MiB, randomBytes(10))
  walk.machine.disk('vdb').zero(0, MiB)
}

test('image files hold what the disks held, one disk can be had alone, and nothing that exists is replaced', async () => {
  const { walk, id, then } = await backedUp()
  const folder = await mkdtemp(path.join(out, 'images-'))
  const target = { kind: 'images', folder, format: 'raw' } as const
  const { target: files } = await walk.restore(id, { ...target, disks: ['vdb'] })
  assert.deepEqual(files.split('\n'), [path.join(folder, 'shop-vdb.raw')])
  await assert.rejects(walk.restore(id, target), { code: 'target-exists' })
  assert.deepEqual(await readdir(folder), ['shop-vdb.raw'])
  await rm(path.join(folder, 'shop-vdb.raw'))
  await walk.restore(id, target)
  for (const [name, bytes] of then) {
    assert.ok((await readFile(path.join(folder, `shop-${name}.raw`))).equals(bytes))
  }
  assert.equal((await readdir(folder)).length, 2)
})

test('a file that takes a name meanwhile is kept, and no disk of the machine comes to stand beside it', async () => {
  const { walk, id } = await backedUp()
  const folder = await mkdtemp(path.join(out, 'taken-'))
  const taken = path.join(folder, 'shop-vdb.raw')
  walk.storeFaults.onCall = ({ kind }) => (kind === 'getRange' ? writeFile(taken, 'mine') : undefined)
  await assert.rejects(walk.restore(id, { kind: 'images', folder, format: 'raw' }), { code: 'target-exists' })
  assert.deepEqual(await readdir(folder), ['shop-vdb.raw'])
  assert.equal(await readFile(taken, 'utf8'), 'mine')
})

test('a new machine gets disks, definition and files, and an identity of its own', async () => {
  const { walk, id, then } = await backedUp()
  const hostId = walk.host.identity.id
  const target = { kind: 'new-machine', name: 'shop-2', hostId } as const
  const { machineId, target: made } = await walk.restore(id, target)
  assert.equal(made, 'shop-2')
  assert.ok(machineId !== undefined && machineId !== walk.machine.id)
  const machine = walk.host.machine(machineId)
  assert.equal(machine.definition, '<domain/>')
  assert.deepEqual(
    machine.attachments.map(({ bytes }) => Buffer.from(bytes)),
    [Buffer.from(walk.machine.attachments[0]?.bytes ?? [])],
  )
  for (const { name, sizeBytes } of machine.disks) {
    assert.ok(Buffer.from(machine.disk(name).read(0, sizeBytes)).equals(then.get(name) ?? Buffer.alloc(0)))
  }
  await assert.rejects(walk.restore(id, target), { code: 'identity-taken' })
})

test('in place only chunks that differ are written, and what was zero becomes zero again', async () => {
  const { walk, id, then } = await backedUp()
  changeAll(walk)
  const written: number[] = []
  const disk = walk.machine.disk('vda')
  const write = disk.write.bind(disk)
  disk.write = (offset, bytes) => {
    written.push(bytes.length)
    write(offset, bytes)
  }
  const step = notedStep()
  await walk.restore(id, inPlace, step)
  for (const [name, bytes] of then) assert.ok(walk.live(name).equals(bytes), name)
  // 1 MiB and two chunks of vda; the chunk that was zero in the point is zeroed, not written. vdb: its last chunk.
  assert.equal(
    written.reduce((sum, bytes) => sum + bytes, 0),
    MiB + 256 * KiB,
  )
  assert.equal(step.meter.count('bytesWritten'), MiB + 256 * KiB + 128 * KiB)
  const again = notedStep()
  await walk.restore(id, inPlace, again)
  assert.equal(again.meter.count('bytesWritten'), 0)
})

test('a restore in place that is cut off is finished by doing it again', async () => {
  const { walk, id, then } = await backedUp()
  changeAll(walk)
  for (let at = 0; at < 5; at++) {
    const abort = new AbortController()
    let accesses = 0
    walk.host.restoreFaults.before = async () => void (accesses++ === at * 2 && abort.abort())
    await assert.rejects(walk.restore(id, inPlace, notedStep(abort.signal)), { name: 'AbortError' })
    assert.equal(walk.machine.busy, undefined)
  }
  walk.host.restoreFaults.before = undefined
  await walk.restore(id, inPlace)
  for (const [name, bytes] of then) assert.ok(walk.live(name).equals(bytes), name)
})

test('a running machine, and one whose disk has another size now, are not overwritten', async () => {
  const { walk, id } = await backedUp()
  walk.machine.start()
  await assert.rejects(walk.restore(id, inPlace), { code: 'machine-running' })
  walk.machine.stop()
  walk.machine.disk('vdb').resize(2 * MiB)
  walk.machine.disk('vda').write(0, randomBytes(10))
  const before = walk.live('vda')
  await assert.rejects(walk.restore(id, inPlace), { code: 'target-failed' })
  assert.ok(walk.live('vda').equals(before), 'one disk was written although another could not be')
})

test('after a restore in place the next backup trusts no old bitmap', async () => {
  const { walk, id } = await backedUp()
  changeAll(walk)
  await walk.restore(id, inPlace)
  walk.machine.start()
  const point = await walk.backUp()
  assert.equal(point.disks[0]?.how, 'compare')
  assert.ok(point.bytesStored < 64 * KiB)
  assert.ok((await walk.content(point.id, 'vda')).equals(walk.live('vda')))
})

test('a target that fills, a host that vanishes and a cancel leave no new machine, each with its cause', async () => {
  const { walk, id } = await backedUp()
  const machines = async () => (await walk.host.listMachines(notedStep().signal)).length
  const target = { kind: 'new-machine', name: 'shop-2', hostId: walk.host.identity.id } as const
  walk.host.restoreFaults.fullAfterBytes = MiB
  await assert.rejects(walk.restore(id, target), { code: 'no-space' })
  walk.host.restoreFaults.fullAfterBytes = undefined
  walk.host.restoreFaults.before = async () => walk.host.vanish()
  await assert.rejects(walk.restore(id, target), { code: 'host-unreachable' })
  walk.host.comeBack()
  const abort = new AbortController()
  walk.host.restoreFaults.before = async () => abort.abort()
  await assert.rejects(walk.restore(id, target, notedStep(abort.signal)), { name: 'AbortError' })
  walk.host.restoreFaults.before = undefined
  assert.equal(await machines(), 1)
  await walk.restore(id, target)
  assert.equal(await machines(), 2)
})

test('a pack that is missing or damaged fails the restore and leaves no file', async () => {
  const { walk, id } = await backedUp()
  const packs = [...walk.store.objects].filter(([name]) => name.startsWith('packs/'))
  for (const [name, bytes] of packs) {
    const folder = await mkdtemp(path.join(out, 'damaged-'))
    const target = { kind: 'images', folder, format: 'raw' } as const
    walk.store.objects.delete(name)
    await walk.reopen()
    await assert.rejects(walk.restore(id, target), { code: 'pack-missing' })
    walk.store.objects.set(
      name,
      Uint8Array.from(bytes, (byte, at) => (at % 64 === 63 ? byte ^ 4 : byte)),
    )
    await walk.reopen()
    await assert.rejects(walk.restore(id, target), { code: 'object-damaged' })
    walk.store.objects.set(name, bytes)
    assert.deepEqual(await readdir(folder), [])
  }
})

test('a store that goes away in the middle is the cause, not the target', async () => {
  const { walk, id } = await backedUp()
  const folder = await mkdtemp(path.join(out, 'gone-'))
  walk.storeFaults.onCall = ({ kind }) => {
    if (kind === 'getRange') throw new Failure('repository-unreachable', 'the share is gone')
  }
  const restored = walk.restore(id, { kind: 'images', folder, format: 'raw' })
  await assert.rejects(restored, { code: 'repository-unreachable' })
  assert.deepEqual(await readdir(folder), [])
})

test('a folder that is missing is made, and goes again when nothing came to be in it', async () => {
  const { walk, id } = await backedUp()
  const made = path.join(out, 'made', 'deep')
  await walk.restore(id, { kind: 'images', folder: made, format: 'raw' })
  assert.ok((await readdir(made)).length > 0)
  const vain = path.join(out, 'vain')
  walk.storeFaults.onCall = ({ kind }) => {
    if (kind === 'getRange') throw new Failure('repository-unreachable', 'the share is gone')
  }
  await assert.rejects(walk.restore(id, { kind: 'images', folder: vain, format: 'raw' }))
  assert.ok(!(await readdir(out)).includes('vain'))
})

test('a file for a folder is refused before anything is read', async () => {
  const { walk, id } = await backedUp()
  const file = path.join(out, 'file')
  await writeFile(file, 'x')
  await assert.rejects(walk.restore(id, { kind: 'images', folder: file, format: 'raw' }), { code: 'target-failed' })
  const folder = await mkdtemp(path.join(out, 'no-disk-'))
  const target = { kind: 'images' as const, folder, format: 'raw' as const, disks: ['vdz'] }
  await assert.rejects(walk.restore(id, target), { code: 'point-not-found' })
  await assert.rejects(walk.restore('f'.repeat(32), target), { code: 'point-not-found' })
})
