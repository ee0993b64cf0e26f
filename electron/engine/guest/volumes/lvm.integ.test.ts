import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { openFound } from '../open.ts'
import { lvm, volumesOn, withLoops } from './volumes.rig.ts'

const signal = new AbortController().signal
const MiB = 1024 * 1024
const extentBytes = 4 * MiB

async function images(folder: string, names: readonly string[]): Promise<readonly string[]> {
  const made = names.map((name) => path.join(folder, `${name}.img`))
  for (const image of made) await sparseFile(image, 200 * MiB)
  return made
}

/** Every 64 KiB of each disk tells the disk and the place, so that what is read tells where it came from. */
async function stamp(image: string, from: number): Promise<void> {
  await using handle = await open(image, 'r+')
  const bytes = Buffer.alloc(200 * MiB - from)
  for (let at = 0; at < bytes.length; at += 65_536) bytes.write(`${path.parse(image).name}@${from + at};`, at)
  await handle.write(bytes, 0, bytes.length, from)
}

type Segment = { readonly ranges: readonly string[]; readonly stripeBytes: number; readonly extents: number }

/** What LVM itself says of the places of a volume, in the order of its segments: `["/dev/loop0:0-4", …]`. */
async function segmentsOf(loops: readonly string[], volume: string): Promise<readonly Segment[]> {
  const fields = [
    '--segments',
    '--reportformat',
    'json',
    '--units',
    'b',
    '--nosuffix',
    '-o',
    'seg_start_pe,seg_size_pe,seg_pe_ranges,stripe_size',
  ]
  const told = JSON.parse(await lvm(loops, ['lvs', ...fields, '--sort', 'seg_start_pe', volume]))
  return told.report[0].seg.map((segment: Record<string, string>) => ({
    ranges: (segment['seg_pe_ranges'] ?? '').split(' '),
    stripeBytes: Number(segment['stripe_size']),
    extents: Number(segment['seg_size_pe']),
  }))
}

/** Where byte `offset` of a volume must lie, by LVM's own words. */
function placeOf(
  segments: readonly Segment[],
  loops: readonly string[],
  names: readonly string[],
  offset: number,
): string {
  let within = offset
  for (const { ranges, stripeBytes, extents } of segments) {
    if (within >= extents * extentBytes) {
      within -= extents * extentBytes
      continue
    }
    const each = ranges.length === 1 ? extents * extentBytes : stripeBytes
    const stripe = Math.floor(within / each)
    const [device, first] = /^(.+):(\d+)-/.exec(ranges[stripe % ranges.length] ?? '')?.slice(1) ?? []
    const inStripe = Math.floor(stripe / ranges.length) * each + (within % each)
    return `${names[loops.indexOf(device ?? '')]}@${MiB + Number(first) * extentBytes + inStripe};`
  }
  throw new Error(`${offset} lies in no segment`)
}

test('linear and striped volumes over three disks read from where LVM says that they lie', async () => {
  await using scratch = await scratchFolder('lvm')
  const names = ['vda', 'vdb', 'vdc']
  const made = await images(scratch.folder, names)
  const places = new Map<string, readonly Segment[]>()
  let devices: readonly string[] = []
  await withLoops(made, [], async (loops) => {
    devices = loops
    const create = (args: readonly string[]) => lvm(loops, ['lvcreate', '-an', '-Zn', '-Wn', ...args])
    await lvm(loops, ['vgcreate', 'vg-0', ...loops])
    await create(['-n', 'root', '-L', '40M', 'vg-0'])
    await create(['-n', 'striped', '-i', '3', '-I', '64k', '-L', '60M', 'vg-0'])
    await create(['-n', 'wide', '-i', '2', '-I', '256k', '-L', '40M', 'vg-0'])
    await lvm(loops, ['lvextend', '-i', '1', '-L', '+200M', 'vg-0/root'])
    await lvm(loops, ['lvextend', '-i', '1', '-L', '+24M', 'vg-0/striped'])
    for (const name of ['root', 'striped', 'wide']) places.set(`vg-0/${name}`, await segmentsOf(loops, `vg-0/${name}`))
  })
  for (const image of made) await stamp(image, MiB)
  const found = (await volumesOn(made, signal)).filter(({ volume }) => volume.kind === 'logical-volume')
  assert.deepEqual(found.map(({ volume }) => volume.id).toSorted(), ['vg-0/root', 'vg-0/striped', 'vg-0/wide'])
  for (const { volume, disk } of found) {
    const segments = places.get(volume.id) ?? []
    assert.equal(
      volume.sizeBytes,
      segments.reduce((sum, { extents }) => sum + extents * extentBytes, 0),
    )
    const whole = Buffer.alloc(volume.sizeBytes)
    await disk?.read(0, whole, signal)
    for (let at = 0; at < whole.length; at += 65_536) {
      const expected = placeOf(segments, devices, names, at)
      assert.equal(whole.toString('latin1', at, at + expected.length), expected, `${volume.id} at ${at}`)
    }
  }
  assert.ok(
    [...places.values()].some((segments) => segments.length > 1),
    'no volume has two segments',
  )
})

test('a file system in a group is read, on a partition or on a whole disk', async () => {
  await using scratch = await scratchFolder('lvm')
  const [image = ''] = await images(scratch.folder, ['vda'])
  const inside = path.join(scratch.folder, 'inside')
  await sparseFile(inside, 64 * MiB)
  await tool('mkfs.ext4', ['-q', '-F', '-L', 'in a group', inside])
  await tool('sfdisk', ['--quiet', image], 'label: gpt\nstart=2048, size=20M\ntype=lvm\n')
  const start = JSON.parse(await tool('sfdisk', ['--json', image])).partitiontable.partitions[1].start * 512
  await withLoops([image], ['--offset', String(start)], async (loops) => {
    await lvm(loops, ['vgcreate', 'vg', ...loops])
    await lvm(loops, ['lvcreate', '-an', '-Zn', '-Wn', '-n', 'root', '-L', '64M', 'vg'])
  })
  await tool('dd', [
    `if=${inside}`,
    `of=${image}`,
    'bs=1M',
    'oflag=seek_bytes',
    `seek=${start + MiB}`,
    'conv=notrunc',
    'status=none',
  ])
  const found = (await volumesOn([image], signal)).find(({ volume }) => volume.id === 'vg/root')
  assert.deepEqual([found?.volume.content, found?.volume.label, found?.volume.disks], ['ext4', 'in a group', ['vda']])
  if (found === undefined) return
  await using fileSystem = await openFound(found, signal)
  assert.equal((await fileSystem.find(fileSystem.root, 'lost+found', signal))?.facts?.kind, 'folder')
})

/** Metadata as LVM writes it where it has a device mapper; here it is only given to it. */
const special = (group: string): string =>
  group.replace(
    /logical_volumes \{/,
    `logical_volumes {
    pool { id = "aaaaaa-0000-0000-0000-0000-0000-aaaaaa" status = ["READ", "WRITE", "VISIBLE"] flags = []
      segment_count = 1 segment1 { start_extent = 0 extent_count = 1 type = "thin-pool" metadata = "root" pool = "root" transaction_id = 0 chunk_size = 128 } }
    thin { id = "bbbbbb-0000-0000-0000-0000-0000-bbbbbb" status = ["READ", "WRITE", "VISIBLE"] flags = []
      segment_count = 1 segment1 { start_extent = 0 extent_count = 25 type = "thin" thin_pool = "pool" transaction_id = 0 device_id = 1 } }
    hidden { id = "cccccc-0000-0000-0000-0000-0000-cccccc" status = ["READ", "WRITE"] flags = []
      segment_count = 1 segment1 { start_extent = 0 extent_count = 5 type = "snapshot" chunk_size = 8 origin = "root" cow_store = "snap" } }
    mirror { id = "dddddd-0000-0000-0000-0000-0000-dddddd" status = ["READ", "WRITE", "VISIBLE"] flags = []
      segment_count = 1 segment1 { start_extent = 0 extent_count = 5 type = "raid1" device_count = 1 raids = ["a", "b"] } }`,
  )

test('thin volumes, snapshots and mirrors are refused, each with its reason; a volume on a disk that is not there too', async () => {
  await using scratch = await scratchFolder('lvm')
  const made = await images(scratch.folder, ['vda', 'vdb'])
  await withLoops(made, [], async (loops) => {
    const create = (args: readonly string[]) => lvm(loops, ['lvcreate', '-an', '-Zn', '-Wn', ...args])
    await lvm(loops, ['vgcreate', 'vg', ...loops])
    await create(['-n', 'root', '-L', '20M', 'vg', loops[0] ?? ''])
    await create(['-n', 'snap', '-L', '20M', 'vg', loops[0] ?? ''])
    await create(['-n', 'other', '-L', '20M', 'vg', loops[1] ?? ''])
  })
  const [first = '', second = ''] = made
  const told = async (disks: readonly string[]) =>
    Object.fromEntries(
      (await volumesOn(disks, signal))
        .filter(({ volume }) => volume.kind === 'logical-volume')
        .map(({ volume }) => [volume.id, volume.refusal]),
    )
  assert.deepEqual(await told([first]), { 'vg/root': 'no-files', 'vg/snap': 'no-files', 'vg/other': 'disk-missing' })
  await rewrite(first, special)
  assert.deepEqual(await told([first, second]), {
    'vg/pool': 'no-files',
    'vg/thin': 'thin-volume',
    'vg/mirror': 'lvm-layout',
    'vg/root': 'no-files',
    'vg/snap': 'lvm-layout',
    'vg/other': 'no-files',
  })
  const copy = path.join(scratch.folder, 'vdc.img')
  await tool('cp', ['--sparse=always', first, copy])
  assert.equal((await told([first, second, copy]))['vg/root'], 'lvm-layout')
})

test('the newest of all texts counts, also one that goes round the end of its area, and a damaged one does not', async () => {
  await using scratch = await scratchFolder('lvm')
  const made = await images(scratch.folder, ['vda', 'vdb'])
  const [first = '', second = ''] = made
  await withLoops(made, [], async (loops) => {
    await lvm(loops, ['pvcreate', '--metadatasize', '32k', '--dataalignment', '64k', ...loops])
    await lvm(loops, ['vgcreate', 'vg', ...loops])
  })
  // Each change writes the text behind the one before: after some the area's end has been passed.
  const volumes = Array.from({ length: 20 }, (_, at) => `v${at}`)
  let wrapped = false
  for (const name of volumes) {
    await withLoops(made, [], (loops) => lvm(loops, ['lvcreate', '-an', '-Zn', '-Wn', '-n', name, '-l', '1', 'vg']))
    wrapped ||= await wraps(first)
    const ids = (await volumesOn(made, signal)).map(({ volume }) => volume.id).filter((id) => id.startsWith('vg/'))
    assert.equal(ids.length, Number(name.slice(1)) + 1)
  }
  assert.ok(wrapped, 'no text went round the end')
  await using handle = await open(first, 'r+')
  await handle.write(Buffer.from([0]), 0, 1, 4096 + 20)
  assert.equal(
    (await volumesOn([first, second], signal)).filter(({ volume }) => volume.id.startsWith('vg/')).length,
    20,
  )
  await using other = await open(second, 'r+')
  await other.write(Buffer.from([0]), 0, 1, 4096 + 20)
  assert.deepEqual(
    (await volumesOn(made, signal)).map(({ volume }) => [volume.id, volume.content, volume.refusal]),
    [
      ['vda', 'lvm2-member', 'no-files'],
      ['vdb', 'lvm2-member', 'no-files'],
    ],
  )
})

/** The area of a physical volume that LVM makes by itself begins at 4 KiB. */
async function wraps(image: string): Promise<boolean> {
  await using handle = await open(image)
  const { buffer } = await handle.read(Buffer.alloc(512), 0, 512, 4096)
  return buffer.readBigUInt64LE(40) + buffer.readBigUInt64LE(48) > buffer.readBigUInt64LE(32)
}

/** Another text in place of the one that counts, with its checksum; one sequence number later. */
async function rewrite(image: string, change: (text: string) => string): Promise<void> {
  await using handle = await open(image, 'r+')
  const { buffer: header } = await handle.read(Buffer.alloc(512), 0, 512, 4096)
  const [at, lengthBytes] = [Number(header.readBigUInt64LE(40)), Number(header.readBigUInt64LE(48))]
  const { buffer } = await handle.read(Buffer.alloc(lengthBytes), 0, lengthBytes, 4096 + at)
  const text = change(buffer.toString('utf8')).replace(/seqno = (\d+)/, (_, number) => `seqno = ${Number(number) + 1}`)
  const bytes = Buffer.from(text)
  await handle.write(bytes, 0, bytes.length, 4096 + at)
  header.writeBigUInt64LE(BigInt(bytes.length), 48)
  header.writeUInt32LE(lvmChecksum(bytes), 56)
  header.writeUInt32LE(lvmChecksum(header.subarray(4)), 0)
  await handle.write(header, 0, 512, 4096)
}

/** Bit by bit, apart from the one that is tested. */
function lvmChecksum(bytes: Uint8Array): number {
  let sum = 0xf597a6cf
  for (const byte of bytes) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ ((sum & 1) === 0 ? 0 : 0xedb88320)
  }
  return sum >>> 0
}
