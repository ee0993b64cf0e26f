import assert from 'node:assert/strict'
import { open, readdir } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { flippedDisk, truncatedDisk, walkAll } from '../damage.rig.ts'
import { assertFrugal } from '../frugal.rig.ts'
import type { FolderEntry } from '../guest.ts'
import { scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { compareWithTruth } from '../truth.rig.ts'
import { fatTruth, longest, mtool, plant, randomFrom, rawDisk } from './fat.rig.ts'
import { openFat } from './fat.ts'

const signal = new AbortController().signal
const MiB = 1024 * 1024

const shapes = [
  { name: 'FAT12 with clusters of 1 KiB', sizeBytes: 3 * MiB, args: ['-F', '12', '-s', '2'], content: 'fat12' },
  { name: 'FAT12 with sectors of 4 KiB', sizeBytes: 8 * MiB, args: ['-F', '12', '-S', '4096'], content: 'fat12' },
  { name: 'FAT16 with clusters of 2 KiB', sizeBytes: 40 * MiB, args: ['-F', '16', '-s', '4'], content: 'fat16' },
  { name: 'FAT32 with clusters of 512 bytes', sizeBytes: 60 * MiB, args: ['-F', '32', '-s', '1'], content: 'fat32' },
  { name: 'FAT32 with clusters of 32 KiB', sizeBytes: 2200 * MiB, args: ['-F', '32', '-s', '64'], content: 'fat32' },
  { name: 'FAT32 with one table', sizeBytes: 80 * MiB, args: ['-F', '32', '-s', '2', '-f', '1'], content: 'fat32' },
] as const

async function made(folder: string, sizeBytes: number, args: readonly string[]): Promise<string> {
  const image = path.join(folder, 'image')
  await sparseFile(image, sizeBytes)
  await tool('mkfs.fat', ['-n', 'ETIKETT', '-i', '1234ABCD', ...args, image])
  return image
}

async function filled(folder: string, sizeBytes: number, args: readonly string[], many = 300) {
  const image = await made(folder, sizeBytes, args)
  const source = path.join(folder, 'source')
  await tool('mkdir', ['-p', source])
  await plant(source, many)
  const names = (await readdir(source)).map((name) => path.join(source, name))
  await mtool('mcopy', image, ['-s', '-m', '-o', ...names, '::'])
  return { image, source }
}

for (const { name, sizeBytes, args, content } of shapes) {
  test(`${name}: everything that was written is read back, and nothing else`, async () => {
    await using scratch = await scratchFolder('fat')
    const { image, source } = await filled(scratch.folder, sizeBytes, args)
    await using disk = await rawDisk(image)
    await using fileSystem = await openFat(disk, signal)
    assert.deepEqual([fileSystem.content, fileSystem.label, fileSystem.uuid], [content, 'ETIKETT', '1234-ABCD'])
    const truth = await compareWithTruth(fileSystem, source, fatTruth, signal)
    assert.deepEqual(truth.differences, [`/: modifiedAt is undefined, not ${await rootTime(source)}`])
    assert.ok(truth.entries > 310)
  })
}

/** The root has no entry that could tell its time. */
async function rootTime(folder: string): Promise<bigint> {
  await using handle = await open(folder)
  const { mtimeNs } = await handle.stat({ bigint: true })
  return mtimeNs - (mtimeNs % 2_000_000_000n)
}

async function listed(file: Awaited<ReturnType<typeof openFat>>, ref = file.root): Promise<FolderEntry[]> {
  const all: FolderEntry[] = []
  for await (const batch of file.list(ref, signal)) all.push(...batch)
  return all
}

test('a file in pieces all over the volume is read in their order, and what was deleted is not listed', async () => {
  await using scratch = await scratchFolder('fat')
  const image = await made(scratch.folder, 20 * MiB, ['-F', '16', '-s', '1'])
  const source = path.join(scratch.folder, 'source')
  await tool('mkdir', [source])
  for (let at = 0; at < 60; at++) {
    await tool('dd', ['if=/dev/urandom', `of=${source}/f${at}`, 'bs=700', 'count=1', 'status=none'])
  }
  await tool('dd', ['if=/dev/urandom', `of=${source}/pieces`, 'bs=1k', 'count=60', 'status=none'])
  const small = Array.from({ length: 60 }, (_, at) => `${source}/f${at}`)
  await mtool('mcopy', image, ['-m', ...small, '::'])
  const gone = Array.from({ length: 30 }, (_, at) => `f${at * 2}`)
  await mtool(
    'mdel',
    image,
    gone.map((name) => `::${name}`),
  )
  await mtool('mcopy', image, ['-m', `${source}/pieces`, '::'])
  for (const name of gone) await tool('rm', [path.join(source, name)])
  await using disk = await rawDisk(image)
  await using fileSystem = await openFat(disk, signal)
  const truth = await compareWithTruth(
    fileSystem,
    source,
    { ...fatTruth, untold: [...(fatTruth.untold ?? []), 'modifiedAt'] },
    signal,
  )
  assert.deepEqual(truth.differences, [])
  assert.equal(truth.entries, 32)
})

test('names are found whatever their case, by their short form too, and what is not there is not', async () => {
  await using scratch = await scratchFolder('fat')
  const { image } = await filled(scratch.folder, 60 * MiB, ['-F', '32', '-s', '1'])
  await using disk = await rawDisk(image)
  await using fileSystem = await openFat(disk, signal)
  const find = async (name: string) => (await fileSystem.find(fileSystem.root, name, signal))?.name
  assert.equal(await find('mixed.txt'), 'MiXeD.TxT')
  assert.equal(await find('READ ME first (LONG).text'), 'Read Me First (long).text')
  assert.equal(await find(`${longest.toUpperCase()}.TXT`), `${longest}.txt`)
  assert.equal(await find('README~1.TEX'), 'Read Me First (long).text')
  assert.equal(await find('nothing'), undefined)
})

test('a long name whose short one was changed behind its back counts no more', async () => {
  await using scratch = await scratchFolder('fat')
  const image = await made(scratch.folder, 3 * MiB, ['-F', '12'])
  await mtool('mmd', image, ['::A Long Name'])
  await using handle = await open(image, 'r+')
  const { buffer } = await handle.read(Buffer.alloc(3 * MiB), 0, 3 * MiB, 0)
  const at = buffer.indexOf('ALONGN~1')
  assert.ok(at > 0)
  await handle.write(Buffer.from('B'), 0, 1, at)
  await using disk = await rawDisk(image)
  await using fileSystem = await openFat(disk, signal)
  assert.deepEqual(
    (await listed(fileSystem)).map(({ name }) => name),
    ['BLONGN~1'],
  )
})

test('without its boot sector FAT32 is read by the copy in sector 6, and without its first table by the second', async () => {
  await using scratch = await scratchFolder('fat')
  const { image, source } = await filled(scratch.folder, 60 * MiB, ['-F', '32', '-s', '1'])
  await using handle = await open(image, 'r+')
  const { buffer: boot } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  await handle.write(Buffer.alloc(512), 0, 512, 0)
  await handle.write(
    Buffer.alloc(boot.readUInt32LE(36) * 512),
    0,
    boot.readUInt32LE(36) * 512,
    boot.readUInt16LE(14) * 512,
  )
  await using disk = await rawDisk(image)
  await using fileSystem = await openFat(disk, signal)
  const truth = await compareWithTruth(
    fileSystem,
    source,
    { ...fatTruth, untold: [...(fatTruth.untold ?? []), 'modifiedAt'] },
    signal,
  )
  assert.deepEqual(truth.differences, [])
})

test('a chain that comes back to itself ends with a failure, in a file and in a folder', async () => {
  await using scratch = await scratchFolder('fat')
  const { image } = await filled(scratch.folder, 60 * MiB, ['-F', '32', '-s', '1'])
  await using handle = await open(image, 'r+')
  const { buffer: boot } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  const table = boot.readUInt16LE(14) * 512
  const tableBytes = boot.readUInt32LE(36) * 512
  // Every cluster in use is followed by the one before it.
  const { buffer: entries } = await handle.read(Buffer.alloc(tableBytes), 0, tableBytes, table)
  for (let cluster = 4; cluster * 4 < tableBytes; cluster++) {
    if (entries.readUInt32LE(cluster * 4) !== 0)
      entries.writeUInt32LE(cluster % 2 === 0 ? cluster + 1 : cluster - 1, cluster * 4)
  }
  await handle.write(entries, 0, tableBytes, table)
  await using disk = await rawDisk(image)
  const walked = await walkAll(openFat, disk, signal)
  assert.ok(walked.failures.some((message) => message.includes('has no end')))
  assert.ok(walked.failures.every((message) => message.startsWith('file-system-damaged')))
})

test('a volume cut short or with flipped bits gives failures and never anything worse', async (context) => {
  await using scratch = await scratchFolder('fat')
  const { image } = await filled(scratch.folder, 40 * MiB, ['-F', '16', '-s', '4'], 5)
  await using disk = await rawDisk(image)
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const random = randomFrom(seed)
  for (let round = 0; round < 60; round++) {
    const sizeBytes = Math.floor(random() ** 4 * disk.sizeBytes)
    const walked = await walkAll(openFat, truncatedDisk(disk, sizeBytes), signal)
    assert.ok(walked.failures.length > 0, `cut to ${sizeBytes}`)
  }
  const usedBytes = 2 * MiB
  for (let round = 0; round < 300; round++) {
    const flips = Array.from(
      { length: 1 + (round % 8) },
      () => [Math.floor(random() ** 2 * usedBytes), 1 << (round % 8)] as const,
    )
    await walkAll(openFat, flippedDisk(disk, new Map(flips)), signal)
  }
})

test('a full folder of 65,534 entries is listed whole in less than 256 MiB, and one that goes on is refused', async () => {
  await using scratch = await scratchFolder('fat')
  const image = await made(scratch.folder, 300 * MiB, ['-F', '32', '-s', '1'])
  await mtool('mmd', image, ['::FULL', '::BIG'])
  await using handle = await open(image, 'r+')
  const { buffer: boot } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  const [table, tableBytes] = [boot.readUInt16LE(14) * 512, boot.readUInt32LE(36) * 512]
  const dataAt = table + 2 * tableBytes
  const root = await handle.read(Buffer.alloc(512), 0, 512, dataAt)
  const first = root.buffer.readUInt16LE(root.buffer.indexOf('FULL    ') + 26)
  // The folder's other clusters follow from 100 on: 65,536 entries of 32 bytes.
  const clusters = (65_536 * 32) / 512
  await chain(handle, table, [first, ...Array.from({ length: clusters - 1 }, (_, at) => 100 + at)])
  const entry = Buffer.from('NAME0000   \x20'.padEnd(32, '\0'), 'latin1')
  const body = Buffer.alloc((clusters - 1) * 512)
  for (let at = 0; at * 32 < body.length; at++) {
    entry.write(`N${String(at).padStart(7, '0')}`, 0, 'latin1')
    entry.copy(body, at * 32)
  }
  await handle.write(body, 0, body.length, dataAt + 98 * 512)
  await handle.write(body, 0, 512 - 64, dataAt + (first - 2) * 512 + 64)
  await using disk = await rawDisk(image)
  await using fileSystem = await openFat(disk, signal)
  const full = await fileSystem.find(fileSystem.root, 'FULL', signal)
  assert.equal((await listed(fileSystem, full?.ref ?? '')).length, 65_534)
  await assertFrugal('fat', image, 65_534)
  await chain(handle, table, [100 + clusters - 2, 100 + clusters, 100 + clusters + 1])
  await using longer = await rawDisk(image)
  await using other = await openFat(longer, signal)
  await assert.rejects(listed(other, full?.ref ?? ''), { code: 'file-system-damaged' })
})

test('the longest file there can be, 4 GiB less one byte, is read at its end', async () => {
  await using scratch = await scratchFolder('fat')
  const image = await made(scratch.folder, 5000 * MiB, ['-F', '32', '-s', '64'])
  await mtool('mmd', image, ['::D'])
  await tool('sh', ['-c', 'printf x > "$1"', 'sh', path.join(scratch.folder, 'HUGE')])
  await mtool('mcopy', image, [path.join(scratch.folder, 'HUGE'), '::'])
  await using handle = await open(image, 'r+')
  const { buffer: boot } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  const [table, tableBytes] = [boot.readUInt16LE(14) * 512, boot.readUInt32LE(36) * 512]
  const dataAt = table + 2 * tableBytes
  const { buffer: root } = await handle.read(Buffer.alloc(4096), 0, 4096, dataAt)
  const place = root.indexOf('HUGE    ')
  const clusters = 2 ** 32 / 32_768
  const first = root.readUInt16LE(place + 26)
  await chain(
    handle,
    table,
    Array.from({ length: clusters }, (_, at) => first + at),
  )
  await handle.write(Buffer.from([0xff, 0xff, 0xff, 0xff]), 0, 4, dataAt + place + 28)
  await handle.write(Buffer.from('end'), 0, 3, dataAt + (first - 2) * 32_768 + 2 ** 32 - 4)
  await using disk = await rawDisk(image)
  await using fileSystem = await openFat(disk, signal)
  const huge = await fileSystem.find(fileSystem.root, 'huge', signal)
  await using file = await fileSystem.open(huge?.ref ?? '', undefined, signal)
  const into = Buffer.alloc(3)
  await file.read(2 ** 32 - 4, into, signal)
  assert.deepEqual([file.sizeBytes, into.toString()], [2 ** 32 - 1, 'end'])
})

async function chain(
  handle: Awaited<ReturnType<typeof open>>,
  table: number,
  clusters: readonly number[],
): Promise<void> {
  const highest = clusters.reduce((most, cluster) => Math.max(most, cluster), 0)
  const { buffer } = await handle.read(Buffer.alloc((highest + 1) * 4), 0, (highest + 1) * 4, table)
  for (const [at, cluster] of clusters.entries()) buffer.writeUInt32LE(clusters[at + 1] ?? 0x0fffffff, cluster * 4)
  await handle.write(buffer, 0, buffer.length, table)
}
