import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { readDomainXml } from './domain-xml.ts'
import { imageChain, withRecordedChain } from './image-chain.ts'
import { readQcow2Facts } from './qcow2-facts.ts'

/** A header with what lies around it, by the words of docs/interop/qcow2.txt. */
function image(options: { backing?: string; format?: string; snapshots?: number; table?: Buffer }): Buffer {
  const bytes = Buffer.alloc(4096)
  const name = Buffer.from(options.backing ?? '')
  const format = Buffer.from(options.format ?? '')
  bytes.writeUInt32BE(0x514649fb, 0)
  bytes.writeUInt32BE(3, 4)
  bytes.writeUInt32BE(104, 100)
  if (options.backing !== undefined) {
    bytes.writeBigUInt64BE(1024n, 8)
    bytes.writeUInt32BE(name.length, 16)
    name.copy(bytes, 1024)
  }
  if (options.format !== undefined) {
    bytes.writeUInt32BE(0xe2792aca, 104)
    bytes.writeUInt32BE(format.length, 108)
    format.copy(bytes, 112)
  }
  bytes.writeUInt32BE(options.snapshots ?? 0, 60)
  bytes.writeBigUInt64BE(2048n, 64)
  options.table?.copy(bytes, 2048)
  return bytes
}

function entry(id: string, name: string, stateBytes: bigint): Buffer {
  const head = Buffer.alloc(48)
  head.writeUInt16BE(id.length, 12)
  head.writeUInt16BE(Buffer.byteLength(name), 14)
  head.writeUInt32BE(8, 36)
  head.writeBigUInt64BE(stateBytes, 40)
  const all = Buffer.concat([head, Buffer.from(id + name)])
  return Buffer.concat([all, Buffer.alloc((8 - (all.length % 8)) % 8)])
}

async function scratch() {
  const folder = await mkdtemp(join(tmpdir(), 'sp-test-'))
  return {
    write: async (name: string, bytes: Buffer) => {
      await writeFile(join(folder, name), bytes)
      return join(folder, name)
    },
    folder,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
}

test('the table of snapshots is read with numbers, names and sizes beyond 4 GiB', async () => {
  await using files = await scratch()
  const table = Buffer.concat([entry('1', '虚拟机', 5n << 30n), entry('12', '', 0n)])
  const path = await files.write('a', image({ snapshots: 2, table }))
  assert.deepEqual((await readQcow2Facts(path)).snapshots, [
    { id: '1', name: '虚拟机', stateBytes: 5 * 2 ** 30 },
    { id: '12', name: '', stateBytes: 0 },
  ])
})

test('a table that claims more than there is ends where the file does', async () => {
  await using files = await scratch()
  const whole = await files.write('a', image({ snapshots: 0xffffffff, table: entry('1', 'x', 1n) }))
  assert.ok((await readQcow2Facts(whole)).snapshots.length < 100)
  const cut = await files.write('b', image({ snapshots: 3, table: entry('1', 'x', 1n) }).subarray(0, 2060))
  assert.deepEqual((await readQcow2Facts(cut)).snapshots, [])
  const raw = await files.write('c', Buffer.alloc(4096))
  await assert.rejects(readQcow2Facts(raw), (thrown) => thrown instanceof Failure && thrown.code === 'disk-unsupported')
})

const diskOf = (path: string, inside = '') => {
  const xml = `<disk type='file'><driver type='qcow2'/><source file='${path}'/><target dev='vda'/>${inside}</disk>`
  const [disk] = readDomainXml(`<domain><name>m</name><uuid>u</uuid><devices>${xml}</devices></domain>`).disks
  return disk ?? assert.fail()
}

test('a chain is followed by plain paths and named formats alone, and one that bites its tail ends', async () => {
  await using files = await scratch()
  const base = await files.write('base', image({}))
  const named = await files.write('named', image({ backing: 'base', format: 'qcow2' }))
  assert.deepEqual(await imageChain(diskOf(named)), [named, base])
  const nameless = await files.write('nameless', image({ backing: 'base' }))
  assert.deepEqual(await imageChain(diskOf(nameless)), [nameless])
  const far = await files.write('far', image({ backing: 'json:{"file":1}', format: 'qcow2' }))
  assert.deepEqual(await imageChain(diskOf(far)), [far])
  const ring = await files.write('ring', image({ backing: 'ring', format: 'qcow2' }))
  assert.equal((await imageChain(diskOf(ring))).length, 256)
  assert.deepEqual(await imageChain(diskOf(named, '<backingStore/>')), [named], 'the definition says where it ends')
})

test('the recorded chain goes on where the definition stops, through several overlays', () => {
  const link = (path: string) => ({ source: { kind: 'file', path }, format: 'qcow2' }) as const
  const record = (image: string, overlay: string) => ({
    name: overlay,
    parent: undefined,
    createdAt: 0,
    description: undefined,
    memory: 'none' as const,
    memoryPath: undefined,
    disks: [{ name: 'vda', location: 'external' as const, image, overlay, below: [link(image)] }],
  })
  const disk = withRecordedChain(diskOf('/c'), [record('/a', '/b'), record('/b', '/c'), record('/x', '/y')])
  assert.deepEqual(disk.backing, [link('/b'), link('/a')])
  assert.deepEqual(withRecordedChain(diskOf('/a'), [record('/b', '/a'), record('/a', '/b')]).backing.length, 2)
})
