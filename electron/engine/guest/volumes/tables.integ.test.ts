import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { volumesOn, withLoops } from './volumes.rig.ts'
import type { FoundVolume } from './volumes.ts'

const signal = new AbortController().signal
const MiB = 1024 * 1024

async function cut(folder: string, script: string, sizeBytes = 200 * MiB): Promise<string> {
  const image = path.join(folder, 'vda.img')
  await sparseFile(image, sizeBytes)
  await tool('sfdisk', ['--quiet', image], script)
  return image
}

/** What `sfdisk` itself says of the image, beside what we found. */
async function assertAsTool(
  image: string,
  found: readonly FoundVolume[],
  leftOut: readonly number[] = [],
): Promise<void> {
  const told = JSON.parse(await tool('sfdisk', ['--json', image])) as {
    partitiontable: { sectorsize: number; partitions: { node: string; start: number; size: number; name?: string }[] }
  }
  const { sectorsize, partitions } = told.partitiontable
  const theirs = partitions
    .map(({ node, size, name }) => ({ number: Number(/(\d+)$/.exec(node)?.[1]), sizeBytes: size * sectorsize, name }))
    .filter(({ number }) => !leftOut.includes(number))
  const ours = found.map(({ volume }) => ({
    number: Number(volume.id.split('/')[1]),
    sizeBytes: volume.sizeBytes,
    name: volume.name,
  }))
  assert.deepEqual(ours, theirs)
}

/** Writes a mark at the beginning of each partition as the tool places it, and looks for it where we say it begins. */
async function assertPlaces(image: string, leftOut: readonly number[] = []): Promise<void> {
  const { partitiontable } = JSON.parse(await tool('sfdisk', ['--json', image]))
  const places: { number: number; at: number }[] = partitiontable.partitions.map(
    (each: { node: string; start: number }) => ({
      number: Number(/(\d+)$/.exec(each.node)?.[1]),
      at: each.start * partitiontable.sectorsize,
    }),
  )
  await using handle = await open(image, 'r+')
  for (const { number, at } of places) {
    if (!leftOut.includes(number)) await handle.write(Buffer.from(`mark of partition ${number}.`), 0, undefined, at)
  }
  for (const { volume, disk } of await volumesOn([image], signal)) {
    const into = Buffer.alloc(64)
    await disk?.read(0, into, signal)
    assert.ok(into.toString().startsWith(`mark of partition ${volume.id.split('/')[1]}.`), volume.id)
  }
}

const gptScript = 'label: gpt\nsize=50M, name="Grüße 分区"\nsize=60M\n5: size=20M, name="fifth"\n'

test('the partitions of a GPT are those that sfdisk shows, by number, size and name', async () => {
  await using scratch = await scratchFolder('gpt')
  const image = await cut(scratch.folder, gptScript)
  await assertAsTool(image, await volumesOn([image], signal))
  await assertPlaces(image)
  const places = (await volumesOn([image], signal)).map(({ place }) => place)
  assert.equal(new Set(places).size, 3)
})

test('a GPT in sectors of 4,096 bytes is read', async () => {
  await using scratch = await scratchFolder('gpt')
  const image = path.join(scratch.folder, 'vda.img')
  await sparseFile(image, 200 * MiB)
  await withLoops([image], ['--sector-size', '4096'], async ([loop = '']) => {
    await tool('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', loop], gptScript)
  })
  const found = await volumesOn([image], signal)
  assert.deepEqual(
    found.map(({ volume }) => [volume.id, volume.sizeBytes, volume.name]),
    [
      ['vda/1', 50 * MiB, 'Grüße 分区'],
      ['vda/2', 60 * MiB, undefined],
      ['vda/5', 20 * MiB, 'fifth'],
    ],
  )
})

test('without the first table the backup serves and it is told; without both the disk is damaged', async () => {
  await using scratch = await scratchFolder('gpt')
  const image = await cut(scratch.folder, gptScript)
  const whole = await volumesOn([image], signal)
  await using handle = await open(image, 'r+')
  await handle.write(Buffer.from([0x5a]), 0, 1, 1024 + 40)
  const spare = await volumesOn([image], signal)
  assert.deepEqual(
    spare.map(({ volume }) => [volume.id, volume.sizeBytes]),
    whole.map(({ volume }) => [volume.id, volume.sizeBytes]),
  )
  assert.match(spare[0]?.volume.told ?? '', /backup/)
  await handle.write(Buffer.from([0x5a]), 0, 1, 200 * MiB - 512 + 60)
  const [lost, ...more] = await volumesOn([image], signal)
  assert.deepEqual([lost?.volume.id, lost?.volume.refusal, lost?.disk, more.length], ['vda', 'damaged', undefined, 0])
})

test('a GPT without its boot sector is still read', async () => {
  await using scratch = await scratchFolder('gpt')
  const image = await cut(scratch.folder, gptScript)
  await using handle = await open(image, 'r+')
  await handle.write(Buffer.alloc(512), 0, 512, 0)
  assert.equal((await volumesOn([image], signal)).length, 3)
})

const mbrScript = 'label: dos\nsize=20M\nsize=30M\nsize=100M, type=5\nsize=10M\nsize=11M\nsize=12M\nsize=13M\n'

test('primary and logical partitions are those that sfdisk shows, without the extended one', async () => {
  await using scratch = await scratchFolder('mbr')
  const image = await cut(scratch.folder, mbrScript)
  await assertAsTool(image, await volumesOn([image], signal), [3])
  await assertPlaces(image, [3])
})

test('a chain of logical partitions that leads back to itself ends', async () => {
  await using scratch = await scratchFolder('mbr')
  const image = await cut(scratch.folder, mbrScript)
  await using handle = await open(image, 'r+')
  const { buffer: first } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  const base = first.readUInt32LE(446 + 2 * 16 + 8) * 512
  const { buffer: link } = await handle.read(Buffer.alloc(512), 0, 512, base)
  link.writeUInt32LE(0, 446 + 16 + 8)
  await handle.write(link, 0, 512, base)
  const found = await volumesOn([image], signal)
  assert.deepEqual(
    found.map(({ volume }) => volume.id),
    ['vda/1', 'vda/2', 'vda/4', 'vda/5'],
  )
})

test('a partition behind the end of the disk, and two that overlap, are refused and the others read', async () => {
  await using scratch = await scratchFolder('mbr')
  const image = await cut(scratch.folder, 'label: dos\nsize=20M\nsize=30M\nsize=40M\nsize=10M\n')
  await using handle = await open(image, 'r+')
  const { buffer: record } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  record.writeUInt32LE(record.readUInt32LE(446 + 8) + 5, 446 + 16 + 8)
  record.writeUInt32LE(0x7fffffff, 446 + 32 + 12)
  await handle.write(record, 0, 512, 0)
  const found = await volumesOn([image], signal)
  assert.deepEqual(
    found.map(({ volume, disk }) => [volume.id, volume.refusal, disk === undefined]),
    [
      ['vda/1', 'damaged', true],
      ['vda/2', 'damaged', true],
      ['vda/3', 'damaged', true],
      ['vda/4', 'no-files', false],
    ],
  )
})

const wholes = [
  {
    content: 'fat32',
    make: ['mkfs.fat', '-F', '32', '-s', '1', '-n', 'BARE', '-i', '1234ABCD'],
    label: 'BARE',
    uuid: '1234-ABCD',
  },
  {
    content: 'fat16',
    make: ['mkfs.fat', '-F', '16', '-n', 'BARE', '-i', '1234ABCD'],
    label: 'BARE',
    uuid: '1234-ABCD',
  },
  { content: 'exfat', make: ['mkfs.exfat'], label: undefined, uuid: undefined },
  {
    content: 'ntfs',
    make: ['mkntfs', '-q', '-F', '-f', '-s', '512', '-p', '0', '-H', '16', '-S', '63'],
    label: undefined,
    uuid: undefined,
  },
  { content: 'ext2', make: ['mkfs.ext2', '-q', '-F', '-L', 'BARE'], label: 'BARE', uuid: undefined },
  { content: 'ext3', make: ['mkfs.ext3', '-q', '-F', '-L', 'BARE'], label: 'BARE', uuid: undefined },
  { content: 'ext4', make: ['mkfs.ext4', '-q', '-F', '-L', 'BARE'], label: 'BARE', uuid: undefined },
  { content: 'xfs', make: ['mkfs.xfs', '-q', '-f', '-L', 'BARE'], label: 'BARE', uuid: undefined },
  { content: 'btrfs', make: ['mkfs.btrfs', '-q', '-f', '-L', 'BARE'], label: 'BARE', uuid: undefined },
  { content: 'swap', make: ['mkswap', '-q', '-L', 'BARE'], label: 'BARE', uuid: undefined },
] as const

test('what fills a disk without a partition table is told as blkid tells it', async () => {
  for (const { content, make, label } of wholes) {
    await using scratch = await scratchFolder('whole')
    const image = path.join(scratch.folder, 'vda.img')
    await sparseFile(image, content === 'xfs' ? 400 * MiB : 150 * MiB)
    const [program, ...args] = make
    await tool(program, [...args, image])
    const [found, ...more] = await volumesOn([image], signal)
    assert.deepEqual([found?.volume.id, found?.volume.kind, found?.volume.content, more], ['vda', 'disk', content, []])
    if (label !== undefined) assert.equal(found?.volume.label, label)
    const told = await tool('blkid', ['--probe', '--output', 'value', '--match-tag', 'UUID', image])
    assert.equal(found?.volume.uuid, told.trim(), content)
    assert.equal(found?.volume.reader, content === 'swap' ? undefined : content === 'btrfs' ? 'libguestfs' : 'own')
  }
})

test('a file system whose first block is gone is found by its spare one', async () => {
  for (const { content, make } of wholes) {
    if (!['fat32', 'exfat', 'ntfs', 'ext4', 'xfs'].includes(content)) continue
    await using scratch = await scratchFolder('spare')
    const image = path.join(scratch.folder, 'vda.img')
    await sparseFile(image, content === 'xfs' ? 400 * MiB : 150 * MiB)
    const [program, ...args] = make
    await tool(program, [...args, ...(content === 'ext4' ? ['-b', '4096'] : []), image])
    await using handle = await open(image, 'r+')
    await handle.write(Buffer.alloc(2048), 0, content === 'ext4' ? 2048 : 512, 0)
    const [found] = await volumesOn([image], signal)
    assert.equal(found?.volume.content, content)
    assert.match(found?.volume.told ?? '', /spare/)
  }
})

test('LUKS, an md member and an empty disk are told, and why nobody reads them', async () => {
  await using scratch = await scratchFolder('told')
  const [luks, raid, empty] = ['luks.img', 'raid.img', 'empty.img'].map((name) => path.join(scratch.folder, name))
  for (const image of [luks, raid, empty]) await sparseFile(image ?? '', 64 * MiB)
  const format = [
    'luksFormat',
    '--batch-mode',
    '--type',
    'luks2',
    '--pbkdf',
    'pbkdf2',
    '--pbkdf-force-iterations',
    '1000',
  ]
  await tool('cryptsetup', [...format, '--label', 'secret', '--key-file', '-', luks ?? ''], 'a passphrase')
  await using handle = await open(raid ?? '', 'r+')
  const superblock = Buffer.alloc(256)
  superblock.writeUInt32LE(0xa92b4efc, 0)
  superblock.writeUInt32LE(1, 4)
  superblock.fill(7, 16, 32)
  superblock.write('host:0', 32)
  superblock.writeInt32LE(5, 72)
  superblock.writeUInt32LE(3, 92)
  superblock.writeBigUInt64LE(8n, 144)
  await handle.write(superblock, 0, 256, 4096)
  const found = await volumesOn([luks ?? '', raid ?? '', empty ?? ''], signal)
  assert.deepEqual(
    found.map(({ volume }) => [volume.id, volume.content, volume.refusal, volume.label]),
    [
      ['luks', 'luks', 'encrypted', 'secret'],
      ['raid', 'raid-member', 'raid', 'host:0'],
      ['empty', 'empty', 'no-files', undefined],
    ],
  )
  assert.match(found[1]?.volume.told ?? '', /level 5, 3 members/)
})

test('an MBR made on a device with sectors of 4,096 bytes counts in those', async () => {
  await using scratch = await scratchFolder('mbr')
  const image = path.join(scratch.folder, 'vda.img')
  await sparseFile(image, 200 * MiB)
  await withLoops([image], ['--sector-size', '4096'], async ([loop = '']) => {
    await tool('sfdisk', ['--quiet', '--no-reread', '--no-tell-kernel', loop], 'label: dos\nstart=2048, size=10000\n')
  })
  const inside = path.join(scratch.folder, 'fs.img')
  await sparseFile(inside, 10_000 * 4096)
  await tool('mkfs.ext4', ['-q', '-F', inside])
  await tool('dd', [`if=${inside}`, `of=${image}`, 'bs=4096', 'seek=2048', 'conv=notrunc,sparse', 'status=none'])
  const [found] = await volumesOn([image], signal)
  assert.deepEqual([found?.volume.content, found?.volume.sizeBytes], ['ext4', 10_000 * 4096])
})
