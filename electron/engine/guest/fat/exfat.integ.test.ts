import assert from 'node:assert/strict'
import { open } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { flippedDisk, truncatedDisk, walkAll } from '../damage.rig.ts'
import { assertFrugal } from '../frugal.rig.ts'
import { scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { compareWithTruth } from '../truth.rig.ts'
import { openExfat } from './exfat.ts'
import { fatTruth, plant, randomFrom, rawDisk } from './fat.rig.ts'

const signal = new AbortController().signal
const MiB = 1024 * 1024

/** Mounted through FUSE, which takes block devices only. */
async function mounted(image: string, folder: string, options: string): Promise<AsyncDisposable> {
  await tool('mkdir', ['-p', folder])
  const loop = (await tool('losetup', ['--find', '--show', image])).trim()
  const release = async (): Promise<void> => {
    await tool('losetup', ['--detach', loop])
  }
  try {
    await tool('env', ['TZ=UTC', 'mount.exfat-fuse', '-o', options, loop, folder])
  } catch (thrown) {
    await release()
    throw thrown
  }
  return {
    [Symbol.asyncDispose]: async () => {
      await tool('umount', [folder])
      await release()
    },
  }
}

async function filled(
  folder: string,
  sizeBytes: number,
  args: readonly string[],
  fill: (mount: string) => Promise<void>,
) {
  const image = path.join(folder, 'image')
  await sparseFile(image, sizeBytes)
  await tool('mkfs.exfat', ['-L', '标签', ...args, image])
  const mount = path.join(folder, 'mount')
  {
    await using _ = await mounted(image, mount, 'rw')
    await fill(mount)
  }
  return { image, mount }
}

for (const clusterBytes of [512, 4096, 131_072]) {
  test(`exFAT with clusters of ${clusterBytes} bytes: its driver reads the same`, async () => {
    await using scratch = await scratchFolder('exfat')
    const { image, mount } = await filled(scratch.folder, 120 * MiB, ['-c', String(clusterBytes)], (to) => plant(to))
    await using _ = await mounted(image, mount, 'ro')
    await using disk = await rawDisk(image)
    await using fileSystem = await openExfat(disk, signal)
    assert.deepEqual([fileSystem.label, fileSystem.notes], ['标签', []])
    const truth = await compareWithTruth(fileSystem, mount, fatTruth, signal)
    assert.deepEqual(truth.differences, ['/: modifiedAt is undefined, not 0'])
    assert.ok(truth.entries > 310)
  })
}

test('files in pieces, and what was deleted and written over, are as the driver says', async () => {
  await using scratch = await scratchFolder('exfat')
  const { image, mount } = await filled(scratch.folder, 16 * MiB, ['-c', '4096'], async (to) => {
    const script = `
      for i in $(seq 1 200); do head -c 9000 /dev/urandom > $1/f$i; done
      for i in $(seq 1 2 200); do rm $1/f$i; done
      head -c 700000 /dev/urandom > $1/pieces
      mkdir $1/d; for i in $(seq 1 300); do echo $i > "$1/d/a rather long name so that the folder gets long $i"; done
      head -c 400000 /dev/urandom >> $1/f2`
    await tool('sh', ['-c', script, 'sh', to])
  })
  await using _ = await mounted(image, mount, 'ro')
  await using disk = await rawDisk(image)
  await using fileSystem = await openExfat(disk, signal)
  const truth = await compareWithTruth(fileSystem, mount, fatTruth, signal)
  assert.deepEqual(truth.differences, ['/: modifiedAt is undefined, not 0'])
  assert.equal(truth.entries, 403)
})

test('a hundred thousand entries in one folder are listed, each once, and 256 MiB are enough', async () => {
  await using scratch = await scratchFolder('exfat')
  const image = path.join(scratch.folder, 'image')
  await sparseFile(image, 300 * MiB)
  await tool('mkfs.exfat', ['-c', '4096', image])
  const count = 100_000
  await using handle = await open(image, 'r+')
  const { buffer: boot } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  const dataAt = boot.readUInt32LE(88) * 512
  const rootAt = dataAt + (boot.readUInt32LE(96) - 2) * 4096
  const { buffer: root } = await handle.read(Buffer.alloc(4096), 0, 4096, rootAt)
  let end = 0
  while (root.readUInt8(end) !== 0) end += 32
  // Far behind everything in use, in clusters that follow each other.
  const [cluster, lengthBytes] = [3000, Math.ceil((count * 96) / 4096) * 4096]
  await handle.write(entrySet('many', { folder: true, cluster, lengthBytes }), 0, 96, rootAt + end)
  const all = Buffer.alloc(lengthBytes)
  for (let at = 0; at < count; at++)
    entrySet(`n${at}`, { folder: false, cluster: 0, lengthBytes: 0 }).copy(all, at * 96)
  await handle.write(all, 0, all.length, dataAt + (cluster - 2) * 4096)
  await using disk = await rawDisk(image)
  await using fileSystem = await openExfat(disk, signal)
  const many = await fileSystem.find(fileSystem.root, 'MANY', signal)
  const names = new Set<string>()
  for await (const batch of fileSystem.list(many?.ref ?? '', signal)) for (const { name } of batch) names.add(name)
  assert.equal(names.size, count)
  assert.equal((await fileSystem.find(many?.ref ?? '', 'N99999', signal))?.name, 'n99999')
  await assertFrugal('exfat', image, count)
})

type Made = {
  readonly folder: boolean
  readonly cluster: number
  readonly lengthBytes: number
  readonly validBytes?: number
}

/** A file, its stream and one name entry; in a row; made 2024-02-29 12:30:10 at UTC+05:45, with 1.5 s in hundredths. */
function entrySet(name: string, { folder, cluster, lengthBytes, validBytes = lengthBytes }: Made): Buffer {
  const set = Buffer.alloc(96)
  set[0] = 0x85
  set[1] = 2
  set.writeUInt16LE(folder ? 0x10 : 0x20, 4)
  for (const at of [8, 12, 16])
    set.writeUInt32LE(((44 << 25) | (2 << 21) | (29 << 16) | (12 << 11) | (30 << 5) | 5) >>> 0, at)
  set.fill(150, 20, 22)
  set.fill(0x80 | 23, 22, 25)
  set[32] = 0xc0
  set[33] = 3
  set[35] = name.length
  set.writeBigUInt64LE(BigInt(validBytes), 40)
  set.writeUInt32LE(cluster, 52)
  set.writeBigUInt64LE(BigInt(lengthBytes), 56)
  set[64] = 0xc1
  set.write(name, 66, 'utf16le')
  let sum = 0
  for (const [at, byte] of set.entries())
    if (at !== 2 && at !== 3) sum = (((sum & 1) << 15) + (sum >> 1) + byte) & 0xffff
  set.writeUInt16LE(sum, 2)
  return set
}

test('a file of 5 GiB ends where it does, zeroes follow what was ever written, and times know their zone', async () => {
  await using scratch = await scratchFolder('exfat')
  const image = path.join(scratch.folder, 'image')
  await sparseFile(image, 8192 * MiB)
  await tool('mkfs.exfat', ['-c', '32768', image])
  const lengthBytes = 5 * 1024 * MiB + 3
  const validBytes = lengthBytes - 100
  await using handle = await open(image, 'r+')
  const { buffer: boot } = await handle.read(Buffer.alloc(512), 0, 512, 0)
  const dataAt = boot.readUInt32LE(88) * 512
  const rootAt = dataAt + (boot.readUInt32LE(96) - 2) * 32_768
  const { buffer: root } = await handle.read(Buffer.alloc(4096), 0, 4096, rootAt)
  let end = 0
  while (root.readUInt8(end) !== 0) end += 32
  await handle.write(entrySet('huge', { folder: false, cluster: 1000, lengthBytes, validBytes }), 0, 96, rootAt + end)
  const fileAt = dataAt + 998 * 32_768
  await handle.write(Buffer.alloc(200, 7), 0, 200, fileAt + validBytes - 100)
  await using disk = await rawDisk(image)
  await using fileSystem = await openExfat(disk, signal)
  const huge = await fileSystem.find(fileSystem.root, 'Huge', signal)
  assert.equal(huge?.facts?.modifiedAt, BigInt(Date.UTC(2024, 1, 29, 12 - 5, 30 - 45, 11, 500)) * 1_000_000n)
  await using file = await fileSystem.open(huge?.ref ?? '', undefined, signal)
  const into = Buffer.alloc(200, 9)
  await file.read(lengthBytes - 200, into, signal)
  assert.equal(file.sizeBytes, lengthBytes)
  assert.ok(into.equals(Buffer.concat([Buffer.alloc(100, 7), Buffer.alloc(100)])))
  assert.deepEqual(await file.allocated(signal), [{ start: 0, end: validBytes }])
})

test('the backup boot region serves where the first one fails its checksum', async () => {
  await using scratch = await scratchFolder('exfat')
  const { image } = await filled(scratch.folder, 32 * MiB, [], (to) => plant(to, 2))
  await using handle = await open(image, 'r+')
  await handle.write(Buffer.from([0xff]), 0, 1, 96)
  await using disk = await rawDisk(image)
  const walked = await walkAll(openExfat, disk, signal)
  assert.deepEqual([walked.failures, walked.entries > 15], [[], true])
})

test('what a checksum covers is never told wrong, and damage gives failures and nothing worse', async (context) => {
  await using scratch = await scratchFolder('exfat')
  const { image } = await filled(scratch.folder, 16 * MiB, ['-c', '4096'], (to) => plant(to, 5))
  await using disk = await rawDisk(image)
  const before = await walkAll(openExfat, disk, signal)
  assert.deepEqual(before.failures, [])
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  const random = randomFrom(seed)
  for (let round = 0; round < 60; round++) {
    const cut = Math.floor(random() ** 3 * disk.sizeBytes)
    assert.ok((await walkAll(openExfat, truncatedDisk(disk, cut), signal)).failures.length > 0, `cut to ${cut}`)
  }
  for (let round = 0; round < 300; round++) {
    const at = Math.floor(random() ** 2 * 4 * MiB)
    const walked = await walkAll(openExfat, flippedDisk(disk, new Map([[at, 1 << (round % 8)]])), signal)
    for (const [name, entry] of walked.seen) {
      const known = before.seen.get(name)
      if (known !== undefined && entry.facts !== undefined)
        assert.deepEqual(entry.facts, known.facts, `byte ${at}: ${name}`)
    }
  }
})
