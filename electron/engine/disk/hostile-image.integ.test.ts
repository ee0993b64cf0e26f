import assert from 'node:assert/strict'
import { copyFile, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { after, test } from 'node:test'
import type { FailureCode } from '../../../shared/failure.ts'
import type { DiskFormat } from '../../../shared/machine.ts'
import { KiB, MiB } from '../../../shared/units.ts'
import { run } from '../base/run.ts'
import { readWhole } from './disk.suite.ts'
import { imageInfo, openImage } from './image.ts'

const signal = new AbortController().signal
const folder = await mkdtemp(path.join(tmpdir(), 'stillpoint-hostile-'))
after(() => rm(folder, { recursive: true, force: true }))

const secret = path.join(folder, 'secret')
await writeFile(secret, Buffer.alloc(MiB, 'the host keeps this to itself '))

const sound: Record<Exclude<DiskFormat, 'raw'> | 'stream', string> = {
  qcow2: await make('qcow2', 'compat=1.1'),
  vmdk: await make('vmdk', 'subformat=monolithicSparse'),
  stream: await make('vmdk', 'subformat=streamOptimized'),
  vhdx: await make('vhdx', 'subformat=dynamic'),
  vdi: await make('vdi', 'static=off'),
}

let last = 0
function newFile(): string {
  return path.join(folder, `image ${++last}`)
}

async function make(format: string, options: string, ...more: readonly string[]): Promise<string> {
  const file = path.join(folder, `made-${format}-${options.replaceAll(/[^a-z0-9]/gi, '-')}`.slice(0, 200))
  await run('qemu-img', ['create', '-q', '-f', format, '-o', options, ...more, '--', file, '1M'], {}, signal)
  return file
}

type Poke = readonly [offset: number, bytes: Buffer]

const u32be = (offset: number, value: number): Poke => [offset, Buffer.from(new Uint32Array([value]).buffer).swap32()]
const u64be = (offset: number, value: bigint): Poke => [
  offset,
  Buffer.from(new BigUint64Array([value]).buffer).swap64(),
]
const u32le = (offset: number, value: number): Poke => [offset, Buffer.from(new Uint32Array([value]).buffer)]
const u64le = (offset: number, value: bigint): Poke => [offset, Buffer.from(new BigUint64Array([value]).buffer)]
const text = (offset: number, value: string): Poke => [offset, Buffer.from(value)]

async function poked(from: string, ...pokes: readonly Poke[]): Promise<string> {
  const file = newFile()
  await copyFile(from, file)
  await using handle = await open(file, 'r+')
  for (const [offset, bytes] of pokes) await handle.write(bytes, 0, bytes.length, offset)
  return file
}

async function swapped(from: string, old: string, fresh: string): Promise<string> {
  const file = newFile()
  const bytes = await readFile(from)
  const place = bytes.indexOf(old)
  assert.ok(place > 0, `${old} is not in the image`)
  Buffer.from(fresh).copy(bytes, place)
  await writeFile(file, bytes)
  return file
}

function refused(what: string, format: DiskFormat, code: FailureCode, image: () => Promise<string>): void {
  test(`${format} with ${what} is ${code}, and nothing of it is opened`, async () => {
    const file = await image()
    await assert.rejects(imageInfo(file, format, signal), { code })
    for (const writable of [false, true]) await assert.rejects(openImage(file, format, { writable }, signal), { code })
  })
}

const backed = (backing: string) => async (): Promise<string> => {
  const file = newFile()
  const args = ['create', '-q', '-u', '-f', 'qcow2', '-F', 'raw', '-b', backing, '--', file, '1M']
  await run('qemu-img', args, {}, signal)
  return file
}

refused('a backing file', 'qcow2', 'disk-hostile', backed(secret))
refused('a relative backing file', 'qcow2', 'disk-hostile', backed('secret'))
refused('a json: backing file', 'qcow2', 'disk-hostile', backed(`json:{"driver":"raw","file.filename":"${secret}"}`))
refused('a backing file on the network', 'qcow2', 'disk-hostile', backed('nbd://127.0.0.1:1/x'))
refused('a backing name that is endless', 'qcow2', 'disk-hostile', () =>
  poked(sound.qcow2, u64be(8, 512n), u32be(16, 0xffffffff)),
)
refused('a backing file of no name', 'qcow2', 'disk-hostile', () => poked(sound.qcow2, u64be(8, 512n)))
refused('a data file', 'qcow2', 'disk-hostile', () =>
  make('qcow2', `data_file=${path.join(folder, 'data-1')},data_file_raw=on`),
)
refused('a data file in its extensions only', 'qcow2', 'disk-hostile', () =>
  poked(sound.qcow2, u32be(112, 0x44415441), u32be(116, 6), text(120, 'secret')),
)
refused('encryption', 'qcow2', 'disk-unsupported', () =>
  make('qcow2', 'encrypt.format=luks,encrypt.key-secret=k,encrypt.iter-time=10', '--object', 'secret,id=k,data=x'),
)
refused('a method of encryption', 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u32be(32, 1)))
refused('version 4', 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u32be(4, 4)))
refused('an unknown feature', 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u64be(72, 1n << 63n)))
refused('the mark of corruption', 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u64be(72, 2n)))
for (const bits of [0, 8, 22, 0xffffffff]) {
  refused(`clusters of 2^${bits} bytes`, 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u32be(20, bits)))
}
for (const size of [1n << 60n, 1n << 63n, (1n << 64n) - 1n]) {
  refused(`a size of ${size}`, 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u64be(24, size)))
}
refused('an endless table', 'qcow2', 'disk-unsupported', () => poked(sound.qcow2, u32be(36, 0xffffffff)))
refused('a table that is too short', 'qcow2', 'disk-unsupported', () =>
  poked(sound.qcow2, u64be(24, 1n << 40n), u32be(36, 1)),
)
for (const headerBytes of [0, 72, 105, 0x10008, 0xfffffff8]) {
  refused(`a header of ${headerBytes} bytes`, 'qcow2', 'disk-unsupported', () =>
    poked(sound.qcow2, u32be(100, headerBytes)),
  )
}
refused('extensions that run out of the header', 'qcow2', 'disk-unsupported', () =>
  poked(sound.qcow2, u32be(112, 1), u32be(116, 0xffffffff)),
)
refused('extensions without end', 'qcow2', 'disk-unsupported', () =>
  poked(sound.qcow2, ...Array.from({ length: 100 }, (_, index) => u64be(112 + 8 * index, 1n << 32n))),
)
refused('the bytes of another format', 'qcow2', 'disk-unsupported', async () => sound.vdi)

for (const [subformat, what] of [
  ['monolithicFlat', 'a flat extent in another file'],
  ['twoGbMaxExtentSparse', 'sparse extents in other files'],
  ['twoGbMaxExtentFlat', 'flat extents in other files'],
] as const) {
  refused(what, 'vmdk', 'disk-hostile', () => make('vmdk', `subformat=${subformat}`))
}
refused('a capacity of none', 'vmdk', 'disk-hostile', () => poked(sound.vmdk, u64le(12, 0n)))
refused('a parent', 'vmdk', 'disk-hostile', () => swapped(sound.vmdk, 'parentCID=ffffffff', 'parentCID=12345678'))
refused('the name of a parent', 'vmdk', 'disk-hostile', () =>
  swapped(sound.vmdk, '# The Disk Data Base', 'parentFileNameHint="'),
)
refused('an extent of another kind', 'vmdk', 'disk-hostile', () => swapped(sound.vmdk, 'SPARSE "', 'FLAT   "'))
refused('a second extent', 'vmdk', 'disk-hostile', () =>
  swapped(sound.vmdk, '# The Disk Data Base', '\nRW 9 SPARSE "x"\n\n'),
)
refused('another type', 'vmdk', 'disk-unsupported', () =>
  swapped(sound.vmdk, '"monolithicSparse"', '"vmfsSparse"      '),
)
refused('a descriptor somewhere else', 'vmdk', 'disk-unsupported', () => poked(sound.vmdk, u64le(28, 9n)))
refused('an endless descriptor', 'vmdk', 'disk-unsupported', () => poked(sound.vmdk, u64le(36, 1n << 40n)))
refused('an absurd capacity', 'vmdk', 'disk-unsupported', () => poked(sound.vmdk, u64le(12, (1n << 64n) - 1n)))
refused('the header of ESX', 'vmdk', 'disk-unsupported', () => poked(sound.vmdk, text(0, 'COWD')))
refused('a footer that is not there', 'vmdk', 'disk-unsupported', () => poked(sound.vmdk, u64le(56, (1n << 64n) - 1n)))

/** Where QEMU puts the metadata: the region's second entry of the first table names it. */
const vhdxMetadata = 2 * MiB
refused('a damaged table of regions', 'vhdx', 'disk-unsupported', () => poked(sound.vhdx, text(192 * KiB, 'iger')))
refused('endless regions', 'vhdx', 'disk-unsupported', () => poked(sound.vhdx, u32le(192 * KiB + 8, 0xffffffff)))
refused('the bytes of another format', 'vhdx', 'disk-unsupported', async () => sound.qcow2)
refused('a parent', 'vhdx', 'disk-hostile', () => withVhdxParent(true))
refused('the locator of a parent', 'vhdx', 'disk-hostile', () => withVhdxParent(false))

async function withVhdxParent(flag: boolean): Promise<string> {
  const bytes = await readFile(sound.vhdx)
  const table = bytes.indexOf('metadata')
  assert.ok(table >= 0 && table <= vhdxMetadata * 2)
  const parameters = Buffer.from('3767a1ca36fa434db3b633f0aa44e76b', 'hex')
  const entry = bytes.indexOf(parameters, table)
  assert.ok(entry > 0)
  if (flag) return await poked(sound.vhdx, u32le(table + bytes.readUInt32LE(entry + 16) + 4, 2))
  const count = bytes.readUInt16LE(table + 10)
  const locator = Buffer.from('2d5fd3a80bb34d45abf7d3d84834ab0c', 'hex')
  const more: Poke = [table + 10, Buffer.from([count + 1, 0])]
  return await poked(sound.vhdx, more, [table + 32 + 32 * count, locator])
}

for (const [what, code, poke] of [
  ['the type of a difference', 'disk-hostile', u32le(76, 4)],
  ['the type of an undo image', 'disk-hostile', u32le(76, 3)],
  ['an unknown type', 'disk-unsupported', u32le(76, 9)],
  ['a link', 'disk-hostile', u32le(424, 7)],
  ['a parent', 'disk-hostile', u32le(440, 7)],
  ['another version', 'disk-unsupported', u32le(68, 0x20000)],
  ['an absurd size', 'disk-unsupported', u64le(368, (1n << 64n) - 1n)],
] as const) {
  refused(what, 'vdi', code, () => poked(sound.vdi, poke))
}

for (const format of ['qcow2', 'vmdk', 'vhdx', 'vdi'] as const) {
  refused('nothing in it', format, 'disk-unsupported', async () => {
    const file = newFile()
    await writeFile(file, '')
    return file
  })
  refused('half a header', format, 'disk-unsupported', async () => {
    const file = newFile()
    await writeFile(file, (await readFile(sound[format])).subarray(0, 60))
    return file
  })
}

for (const [what, code, prepare] of [
  ['a folder', 'disk-unsupported', (file: string) => mkdir(file)],
  ['a pipe', 'disk-unsupported', (file: string) => run('mkfifo', ['--', file], {}, signal)],
  ['a link to a device', 'disk-unsupported', (file: string) => symlink('/dev/zero', file)],
  ['nothing', 'disk-unreadable', async () => {}],
] as const) {
  for (const format of ['raw', 'qcow2'] as const) {
    refused(`${what} in its place`, format, code, async () => {
      const file = newFile()
      await prepare(file)
      return file
    })
  }
}

test('a raw disk that begins like a qcow2 image with a backing file is read as the bytes it holds', async () => {
  const file = newFile()
  const header = await readFile(await backed(secret)())
  await writeFile(file, header)
  for (const writable of [false, true]) {
    await using disk = await openImage(file, 'raw', { writable }, signal)
    assert.equal(disk.sizeBytes, header.length)
    assert.ok((await readWhole(disk)).equals(header))
    await disk.allocated(signal)
  }
})

test('an image that is made to be streamed can be read, and not written', async () => {
  assert.equal((await imageInfo(sound.stream, 'vmdk', signal)).rewritable, false)
  await using disk = await openImage(sound.stream, 'vmdk', {}, signal)
  assert.ok((await readWhole(disk)).equals(Buffer.alloc(MiB)))
  await assert.rejects(openImage(sound.stream, 'vmdk', { writable: true }, signal), { code: 'disk-unsupported' })
})

test('every format tells its size and version without a program', async () => {
  for (const format of ['qcow2', 'vmdk', 'vhdx', 'vdi'] as const) {
    assert.equal((await imageInfo(sound[format], format, signal)).sizeBytes, MiB)
  }
  assert.equal((await imageInfo(sound.qcow2, 'qcow2', signal)).qcow2Version, 3)
  assert.equal((await imageInfo(await make('qcow2', 'compat=0.10'), 'qcow2', signal)).qcow2Version, 2)
  assert.equal((await imageInfo(secret, 'raw', signal)).sizeBytes, MiB)
})
