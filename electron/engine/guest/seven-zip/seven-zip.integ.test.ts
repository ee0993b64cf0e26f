import assert from 'node:assert/strict'
import { chmod, chown, mkdir, open, readFile, symlink, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import type { ContentKind } from '../../../../shared/files.ts'
import { MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { slice } from '../../disk/mapped-disk.ts'
import { memoryDisk } from '../../disk/memory.ts'
import { type Chance, chanceFrom } from '../../proof/chance.ts'
import { flippedDisk, truncatedDisk, walkAll } from '../damage.rig.ts'
import type { FileSystem, FolderEntry, OpenFileSystem } from '../guest.ts'
import { mounted, scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { plantTree } from '../tree.rig.ts'
import { compareWithTruth, type TruthOptions } from '../truth.rig.ts'
import { detect } from '../volumes/detect.ts'
import { findVolumes } from '../volumes/volumes.ts'
import { sevenZip } from './seven-zip.ts'

const seed = Date.now() % 1_000_000

function opener(content: ContentKind, waitMs?: number): OpenFileSystem {
  const open = sevenZip(content, waitMs)
  assert.ok(open !== undefined, content)
  return open
}

async function diskOf(file: string, signal: AbortSignal): Promise<ReadableDisk> {
  const bytes = await readFile(file)
  const disk = memoryDisk(bytes.length)
  await disk.write(0, bytes, signal)
  return disk
}

/** What every one of these formats can hold. */
async function plantPlain(folder: string, chance: Chance): Promise<void> {
  await mkdir(path.join(folder, 'deep/er/still'), { recursive: true })
  await mkdir(path.join(folder, 'empty'))
  await writeFile(path.join(folder, 'a.txt'), 'hello')
  await writeFile(path.join(folder, 'none'), '')
  await writeFile(path.join(folder, '-rf'), 'an option?')
  await writeFile(path.join(folder, '@list'), 'a list?')
  await writeFile(path.join(folder, 'deep/er/still/big.bin'), chance.bytes(3 * MiB + 7))
  for (let n = 0; n < 5; n++) await writeFile(path.join(folder, `deep/file-${n}.bin`), chance.bytes(700 * n))
  await utimes(path.join(folder, 'a.txt'), 1_000_000_000, 1_000_000_001)
}

async function plantUnix(folder: string): Promise<void> {
  await symlink('../../etc/passwd', path.join(folder, 'up'))
  await writeFile(path.join(folder, 'st*r?'), 'stars')
  await writeFile(path.join(folder, '"quoted" $(x)'), 'quotes')
  await writeFile(path.join(folder, '报告 2026.xlsx'), '报告')
  await chmod(path.join(folder, 'a.txt'), 0o6754)
}

const iso: TruthOptions = {
  untold: ['mode', 'owner', 'changedAt', 'accessedAt', 'links', 'device'],
  timeGrainNs: 1_000_000_000n,
}
const seconds = { timeGrainNs: 1_000_000_000n }

type Made = { readonly disk: ReadableDisk; readonly content: ContentKind }
type Maker = (folder: string, image: string, signal: AbortSignal) => Promise<Made>

const makers: Readonly<
  Record<string, { readonly make: Maker; readonly unix: boolean; readonly options: TruthOptions }>
> = {
  'ISO 9660 with Joliet': {
    unix: false,
    options: iso,
    make: async (folder, image, signal) => {
      await tool('xorriso', ['-as', 'mkisofs', '-J', '-R', '-quiet', '-o', image, folder])
      return { disk: await diskOf(image, signal), content: 'iso9660' }
    },
  },
  'ISO 9660 with Rock Ridge': {
    unix: true,
    options: { ...iso, untold: (iso.untold ?? []).filter((what) => what !== 'mode') },
    make: async (folder, image, signal) => {
      await tool('xorriso', ['-as', 'mkisofs', '-R', '-quiet', '-o', image, folder])
      return { disk: await diskOf(image, signal), content: 'iso9660' }
    },
  },
  UDF: {
    unix: false,
    options: iso,
    make: async (folder, image, signal) => {
      await tool('genisoimage', ['-udf', '-R', '-quiet', '-o', image, folder])
      return { disk: await diskOf(image, signal), content: 'udf' }
    },
  },
  'HFS+': {
    unix: true,
    options: { ...iso, untold: (iso.untold ?? []).filter((what) => what !== 'mode') },
    // A partition inside an ISO 9660 image: nothing on a Debian host makes one by itself.
    make: async (folder, image, signal) => {
      await tool('xorriso', ['-as', 'mkisofs', '-hfsplus', '-R', '-quiet', '-o', image, folder])
      const whole = await diskOf(image, signal)
      for (let at = 0; at < whole.sizeBytes; at += 2048) {
        const part = slice(whole, at, whole.sizeBytes - at)
        if ((await detect(part, signal)).kind === 'hfs-plus') return { disk: part, content: 'hfs-plus' }
      }
      throw new Error('xorriso made no HFS+')
    },
  },
}

for (const [name, { make, unix, options }] of Object.entries(makers)) {
  test(`${name} reads as what went into it`, async (t) => {
    t.diagnostic(`seed ${seed}`)
    await using scratch = await scratchFolder('7z')
    const folder = path.join(scratch.folder, 'tree')
    await mkdir(folder)
    await plantPlain(folder, chanceFrom(seed))
    if (unix) await plantUnix(folder)
    const { disk, content } = await make(folder, path.join(scratch.folder, 'image'), t.signal)
    assert.equal((await detect(disk, t.signal)).kind, content)
    await using fileSystem = await opener(content)(disk, t.signal)
    const whole = { ...options, untold: [...(options.untold ?? []), 'modifiedAt' as const] }
    await assertSame(fileSystem, folder, { ...whole, atLeast: unix ? 18 : 14 }, t.signal)
    const entry = await fileSystem.find(fileSystem.root, 'a.txt', t.signal)
    assert.equal(entry?.facts?.modifiedAt, 1_000_000_001_000_000_000n)
    const inCapitals = await fileSystem.find(fileSystem.root, 'A.TXT', t.signal)
    assert.equal(inCapitals?.name, content === 'hfs-plus' ? 'a.txt' : undefined)
  })
}

test('SquashFS reads as the kernel mounts it, whatever its names', async (t) => {
  t.diagnostic(`seed ${seed}`)
  await using scratch = await scratchFolder('7z')
  const [folder, image] = [path.join(scratch.folder, 'tree'), path.join(scratch.folder, 'image')]
  await mkdir(folder)
  await plantTree(folder, chanceFrom(seed))
  await plantUnixFacts(folder)
  await tool('mksquashfs', [folder, image, '-quiet', '-no-progress'])
  await using kernel = await mounted(image, path.join(scratch.folder, 'mounted'), { type: 'squashfs', options: ['ro'] })
  const disk = await diskOf(image, t.signal)
  const [found] = await findVolumes([{ name: 'vda', disk }], t.signal)
  assert.equal(found?.volume.reader, '7-zip')
  await using fileSystem = await opener('squashfs')(disk, t.signal)
  const options: TruthOptions = {
    ...seconds,
    untold: ['changedAt', 'accessedAt', 'links', 'device'],
    // Bytes that are no UTF-8, and line feeds, 7-Zip tells otherwise; a link's target has them.
    ignore: (entry) => /[\udc80-\udcff\ufffd\n]|\/new_line$/.test(entry),
  }
  await assertSame(fileSystem, kernel.folder, { ...options, atLeast: 380 }, t.signal)
})

/** But for the root, of which 7-Zip tells nothing. */
async function assertSame(
  fileSystem: FileSystem,
  folder: string,
  options: TruthOptions & { readonly atLeast: number },
  signal: AbortSignal,
): Promise<void> {
  const { differences, entries } = await compareWithTruth(fileSystem, folder, options, signal)
  assert.deepEqual(
    differences.filter((sentence) => !sentence.startsWith('/: ')),
    [],
  )
  assert.ok(entries >= options.atLeast, `only ${entries} entries were seen`)
}

async function plantUnixFacts(folder: string): Promise<void> {
  const file = path.join(folder, 'facts/all-modes')
  await writeFile(file, 'x')
  await chown(file, 1234, 4_000_000_000)
  await chmod(file, 0o7531)
}

test('names that 7-Zip tells otherwise give their own content or none', async (t) => {
  await using scratch = await scratchFolder('7z')
  const [folder, image] = [path.join(scratch.folder, 'tree'), path.join(scratch.folder, 'image')]
  await mkdir(folder)
  const at = (...name: readonly (string | Buffer)[]): Buffer =>
    Buffer.concat([Buffer.from(`${folder}/`), ...name.map((piece) => Buffer.from(piece))])
  await writeFile(at('one\nline'), 'with a line feed')
  await writeFile(at(Buffer.from([0x62, 0xff])), 'no UTF-8')
  await writeFile(at('two\nlines'), 'this')
  await writeFile(at('two_lines'), 'that')
  await writeFile(at('re\rturn'), 'with a return')
  await writeFile(at('x\n\nPath = forged\nSize = 1'), 'forged')
  await tool('mksquashfs', [folder, image, '-quiet', '-no-progress'])
  await using fileSystem = await opener('squashfs')(await diskOf(image, t.signal), t.signal)
  const read: Record<string, string> = {}
  for await (const batch of fileSystem.list(fileSystem.root, t.signal)) {
    for (const entry of batch) read[entry.name] = await contentOf(fileSystem, entry, t.signal)
  }
  assert.deepEqual(read, {
    'b\ufffd': 'no UTF-8',
    one_line: 'with a line feed',
    're\rturn': 'with a return',
    two_lines: '7-Zip tells two of this name',
    'x__Path = forged_Size = 1': 'forged',
  })
})

async function contentOf(fileSystem: FileSystem, { ref, facts, problem }: FolderEntry, signal: AbortSignal) {
  if (facts === undefined) return String(problem)
  await using file = await fileSystem.open(ref, undefined, signal)
  const bytes = Buffer.alloc(file.sizeBytes)
  await file.read(0, bytes, signal)
  return bytes.toString()
}

test('an APFS container and a UDF volume as their own tools make them are empty folders', async (t) => {
  await using scratch = await scratchFolder('7z')
  for (const [content, program, sizeBytes] of [
    ['apfs', 'mkapfs', 600 * MiB],
    ['udf', 'mkudffs', 32 * MiB],
  ] as const) {
    const image = path.join(scratch.folder, content)
    await sparseFile(image, sizeBytes)
    await tool(program, [image])
    await using disk = await fileDisk(image)
    assert.equal((await detect(disk, t.signal)).kind, content)
    await using fileSystem = await opener(content)(disk, t.signal)
    const names: string[] = []
    for await (const batch of fileSystem.list(fileSystem.root, t.signal)) names.push(...batch.map(({ name }) => name))
    assert.deepEqual(names, [], content)
    assert.deepEqual(fileSystem.notes, [], content)
  }
})

test('a large file comes from where it is asked for without being held in memory', async (t) => {
  await using scratch = await scratchFolder('7z')
  const [folder, image] = [path.join(scratch.folder, 'tree'), path.join(scratch.folder, 'image')]
  await mkdir(folder)
  await sparseFile(path.join(folder, 'large'), 40 * MiB)
  await writeFile(path.join(folder, 'large'), 'the end', { flag: 'a' })
  await sparseFile(path.join(folder, 'huge'), 300 * MiB)
  await tool('mksquashfs', [folder, image, '-quiet', '-no-progress'])
  await using fileSystem = await opener('squashfs')(await diskOf(image, t.signal), t.signal)
  const large = await fileSystem.find(fileSystem.root, 'large', t.signal)
  await using file = await fileSystem.open(large?.ref ?? '', undefined, t.signal)
  const end = Buffer.alloc(7)
  await file.read(40 * MiB, end, t.signal)
  assert.equal(end.toString(), 'the end')
  // Its beginning is there long before its end would be; closing it ends the rest.
  const found = await fileSystem.find(fileSystem.root, 'huge', t.signal)
  await using huge = await fileSystem.open(found?.ref ?? '', undefined, t.signal)
  assert.equal(huge.sizeBytes, 300 * MiB)
  await huge.read(MiB, end, t.signal)
  assert.deepEqual(end, Buffer.alloc(7))
})

test('a thread that comes to no end is ended, and the next errand has a new one', async (t) => {
  await using scratch = await scratchFolder('7z')
  const { disk } = await smallOf('squashfs', scratch.folder, t.signal)
  await assert.rejects(opener('squashfs', 0)(disk, t.signal), { code: 'file-system-damaged' })
  const cancelled = AbortSignal.abort(new Failure('cancelled', 'enough'))
  await assert.rejects(opener('squashfs')(disk, cancelled), { code: 'cancelled' })
  await using fileSystem = await opener('squashfs')(disk, t.signal)
  const entry = await fileSystem.find(fileSystem.root, 'a.txt', t.signal)
  const stopped = await fileSystem.open(entry?.ref ?? '', undefined, t.signal)
  const first = stopped.read(0, new Uint8Array(5), AbortSignal.timeout(0))
  await Promise.all([assert.rejects(first), stopped[Symbol.asyncDispose]()])
  assert.equal(await contentOf(fileSystem, entry as FolderEntry, t.signal), 'hello')
})

test('what the disk says counts, not what 7-Zip makes of it', async (t) => {
  await using scratch = await scratchFolder('7z')
  const { disk } = await smallOf('iso9660', scratch.folder, t.signal)
  const lost: ReadableDisk = {
    ...disk,
    sizeBytes: disk.sizeBytes,
    read: () => Promise.reject(new Failure('object-damaged', 'lost')),
  }
  await assert.rejects(opener('iso9660')(lost, t.signal), { code: 'object-damaged' })
})

for (const content of ['squashfs', 'iso9660', 'udf', 'hfs-plus'] as const) {
  test(`damage of ${content} is told as failures alone`, async (t) => {
    t.diagnostic(`seed ${seed}`)
    await using scratch = await scratchFolder('7z')
    const { disk } = await smallOf(content, scratch.folder, t.signal)
    const chance = chanceFrom(seed)
    const openIt = opener(content)
    assert.deepEqual((await walkAll(openIt, disk, t.signal)).failures, [])
    for (let round = 0; round < 15; round++) {
      const flips = Array.from({ length: 8 }, () => [chance.below(disk.sizeBytes), 1 << chance.below(8)] as const)
      await walkAll(openIt, flippedDisk(disk, new Map(flips)), t.signal)
      await walkAll(openIt, truncatedDisk(disk, chance.below(disk.sizeBytes)), t.signal)
    }
  })
}

async function smallOf(content: ContentKind, folder: string, signal: AbortSignal): Promise<Made> {
  const [tree, image] = [path.join(folder, 'small'), path.join(folder, 'image')]
  await mkdir(path.join(tree, 'sub'), { recursive: true })
  await writeFile(path.join(tree, 'a.txt'), 'hello')
  await writeFile(path.join(tree, 'sub/b'), Buffer.alloc(5000, 'b'))
  if (content === 'squashfs') {
    await tool('mksquashfs', [tree, image, '-quiet', '-no-progress'])
    return { disk: await diskOf(image, signal), content }
  }
  const maker = Object.values(makers).at({ udf: 2, 'hfs-plus': 3 }[content as string] ?? 1)
  assert.ok(maker !== undefined)
  return await maker.make(tree, image, signal)
}

async function fileDisk(file: string): Promise<ReadableDisk> {
  const handle = await open(file)
  const { size } = await handle.stat()
  return {
    sizeBytes: size,
    async read(offset, into) {
      await handle.read(into, 0, into.length, offset)
    },
    allocated: async () => [{ start: 0, end: size }],
    [Symbol.asyncDispose]: () => handle.close(),
  }
}
