import assert from 'node:assert/strict'
import { link, mkdir, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { MiB } from '../../../../shared/units.ts'
import { tool } from '../mounted.rig.ts'
import { codeOf, contentOf, entryAt, namesIn, ntfsVolume, signal, type Volume } from './images.rig.ts'

async function setAttribute(file: string, name: string, value: string | Buffer): Promise<void> {
  const text = typeof value === 'string' ? value : `0x${value.toString('hex')}`
  await tool('setfattr', ['-h', '-n', name, '-v', text, file])
}

/** The value of a $REPARSE_POINT attribute. */
function reparse(tag: number, data: Buffer): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt32LE(tag)
  header.writeUInt16LE(data.length, 4)
  return Buffer.concat([header, data])
}

/** A junction (or with `flags` a symbolic link) as MS-FSCC has it. */
function linkData(substitute: string, print: string, flags?: number): Buffer {
  const names = Buffer.from(`${substitute}${print}`, 'utf16le')
  const head = Buffer.alloc(flags === undefined ? 8 : 12)
  head.writeUInt16LE(substitute.length * 2, 2)
  head.writeUInt16LE(substitute.length * 2, 4)
  head.writeUInt16LE(print.length * 2, 6)
  if (flags !== undefined) head.writeUInt32LE(flags, 8)
  return Buffer.concat([head, names])
}

async function filled(fill: (folder: string) => Promise<void>, ...args: readonly string[]): Promise<Volume> {
  const volume = await ntfsVolume(24 * MiB, ...args)
  try {
    await volume.mount(fill)
    return volume
  } catch (thrown) {
    await volume[Symbol.asyncDispose]()
    throw thrown
  }
}

test('streams of files and folders are listed and read, short ones and long ones', async () => {
  const long = Buffer.alloc(50_000, 'stream ')
  await using volume = await filled(async (folder) => {
    await mkdir(path.join(folder, 'folder'))
    await writeFile(path.join(folder, 'file'), 'data')
    await setAttribute(path.join(folder, 'file'), 'user.Zone.Identifier', 'short')
    await setAttribute(path.join(folder, 'file'), 'user.流', long)
    await setAttribute(path.join(folder, 'folder'), 'user.note', 'of a folder')
  })
  await volume.read(async (fileSystem) => {
    const file = await entryAt(fileSystem, 'file')
    assert.deepEqual(
      new Set(file.facts.streams),
      new Set([
        { name: 'Zone.Identifier', sizeBytes: 5 },
        { name: '流', sizeBytes: 50_000 },
      ]),
    )
    assert.equal((await contentOf(fileSystem, file.ref, 'Zone.Identifier')).toString(), 'short')
    assert.ok((await contentOf(fileSystem, file.ref, '流')).equals(long))
    assert.equal(await codeOf(fileSystem.open(file.ref, 'none', signal)), 'file-not-found')
    const folder = await entryAt(fileSystem, 'folder')
    assert.equal((await contentOf(fileSystem, folder.ref, 'note')).toString(), 'of a folder')
    assert.equal(await codeOf(fileSystem.open(folder.ref, undefined, signal)), 'invalid-argument')
  })
})

test('a short name of DOS is no second file, and no second name', async () => {
  await using volume = await filled(async (folder) => {
    await writeFile(path.join(folder, 'a long name.text'), 'x')
    await setAttribute(path.join(folder, 'a long name.text'), 'system.ntfs_dos_name', 'ALONGN~1.TEX')
  })
  await volume.read(async (fileSystem) => {
    assert.deepEqual(await namesIn(fileSystem, fileSystem.root), ['a long name.text'])
    assert.equal((await entryAt(fileSystem, 'a long name.text')).facts.links, 1)
    assert.equal(await fileSystem.find(fileSystem.root, 'ALONGN~1.TEX', signal), undefined)
  })
})

test('nine hundred names of one file are all listed, and counted', async () => {
  await using volume = await filled(async (folder) => {
    await writeFile(path.join(folder, 'name 0'), 'one file')
    for (let i = 1; i < 900; i++) await link(path.join(folder, 'name 0'), path.join(folder, `name ${i}`))
  })
  await volume.read(async (fileSystem) => {
    const refs = new Set<string>()
    for await (const batch of fileSystem.list(fileSystem.root, signal)) {
      for (const { ref, facts } of batch) {
        refs.add(ref)
        assert.equal(facts?.links, 900)
      }
    }
    assert.equal(refs.size, 1)
  })
})

test('names are found whatever their case, by this volume’s own capitals', async () => {
  await using volume = await filled(async (folder) => {
    for (const name of ['Größe.TXT', '中文', 'Ωmega', 'zebra', 'README']) await writeFile(path.join(folder, name), name)
    await writeFile(path.join(folder, 'readme'), 'another')
  })
  await volume.read(async (fileSystem) => {
    const found = async (name: string) => (await fileSystem.find(fileSystem.root, name, signal))?.name
    assert.equal(await found('GRÖßE.txt'), 'Größe.TXT')
    assert.equal(await found('中文'), '中文')
    assert.equal(await found('ωMEGA'), 'Ωmega')
    assert.equal(await found('readme'), 'readme')
    assert.equal(await found('README'), 'README')
    assert.equal(await found('missing'), undefined)
    assert.equal(await found('$MFT'), undefined)
  })
})

test('junctions, links and mount points say where Windows would go', async () => {
  const cases: readonly (readonly [string, Buffer, string])[] = [
    ['junction', reparse(0xa0000003, linkData('\\??\\C:\\Users\\所有', 'lies')), 'C:\\Users\\所有'],
    ['share', reparse(0xa0000003, linkData('\\??\\UNC\\server\\share', '')), '\\\\server\\share'],
    ['volume', reparse(0xa0000003, linkData('\\??\\Volume{12}\\', '')), '\\\\?\\Volume{12}\\'],
    ['relative', reparse(0xa000000c, linkData('..\\up', '..\\up', 1)), '..\\up'],
    ['wsl', reparse(0xa000001d, Buffer.from('\u0002\0\0\0/etc/名')), '/etc/名'],
  ]
  await using volume = await filled(async (folder) => {
    for (const [name, value] of cases) {
      const at = path.join(folder, name)
      if (name === 'wsl') await writeFile(at, '')
      else await mkdir(at)
      await setAttribute(at, 'system.ntfs_reparse_data', value)
    }
  })
  await volume.read(async (fileSystem) => {
    for (const [name, , target] of cases) {
      const { facts, ref } = await entryAt(fileSystem, name)
      assert.equal(facts.kind, 'link')
      assert.equal(facts.target, target)
      assert.equal(facts.sizeBytes, Buffer.byteLength(target))
      assert.ok(facts.attributes?.includes('reparse-point'))
      assert.equal(await codeOf(fileSystem.open(ref, undefined, signal)), 'invalid-argument')
    }
  })
})

test('what a filter of Windows keeps elsewhere is refused, and not read as the hole that is here', async () => {
  await using volume = await filled(async (folder) => {
    const at = (name: string): string => path.join(folder, name)
    await writeFile(at('deduplicated'), '')
    await tool('truncate', ['-s', '100000', at('deduplicated')])
    await setAttribute(at('deduplicated'), 'system.ntfs_reparse_data', reparse(0x80000013, Buffer.alloc(32, 1)))
    await writeFile(at('here'), 'its bytes are here')
    await setAttribute(at('here'), 'system.ntfs_reparse_data', reparse(0x9000701a, Buffer.alloc(32, 1)))
  })
  await volume.read(async (fileSystem) => {
    const gone = await entryAt(fileSystem, 'deduplicated')
    assert.equal(gone.facts.kind, 'file')
    assert.equal(gone.facts.sizeBytes, 100_000)
    assert.equal(await codeOf(fileSystem.open(gone.ref, undefined, signal)), 'volume-unsupported')
    const here = await entryAt(fileSystem, 'here')
    assert.equal((await contentOf(fileSystem, here.ref)).toString(), 'its bytes are here')
  })
})

test('attributes and times are those that were set', async () => {
  const times = Buffer.alloc(24)
  const tenths = [0n, 1n, 2n].map((more) => 132_223_104_001_234_567n + more * 10_000_000n)
  for (const [i, time] of tenths.entries()) times.writeBigUInt64LE(time, i * 8)
  await using volume = await filled(async (folder) => {
    await writeFile(path.join(folder, 'file'), 'x')
    await setAttribute(path.join(folder, 'file'), 'system.ntfs_attrib_be', Buffer.of(0, 0, 0, 0x27))
    await setAttribute(path.join(folder, 'file'), 'system.ntfs_times', times)
  })
  await volume.read(async (fileSystem) => {
    const { facts } = await entryAt(fileSystem, 'file')
    const ns = (tenth: bigint | undefined): bigint => ((tenth ?? 0n) - 116_444_736_000_000_000n) * 100n
    assert.deepEqual(facts.attributes, ['read-only', 'hidden', 'system', 'archive'])
    assert.equal(facts.createdAt, ns(tenths[0]))
    assert.equal(facts.modifiedAt, ns(tenths[1]))
    assert.equal(facts.accessedAt, ns(tenths[2]))
  })
})

test('the root shows what Windows keeps there for people, and none of the file system itself', async () => {
  await using volume = await filled(async (folder) => {
    await mkdir(path.join(folder, '$RECYCLE.BIN'))
    await mkdir(path.join(folder, 'System Volume Information'))
    await symlink('x', path.join(folder, 'link'))
  })
  await volume.read(async (fileSystem) => {
    const names = new Set(await namesIn(fileSystem, fileSystem.root))
    assert.deepEqual(names, new Set(['$RECYCLE.BIN', 'System Volume Information', 'link']))
  })
})

test('a reference to a file that is gone finds nothing, also where another took its record', async () => {
  await using volume = await filled(async (folder) => {
    await writeFile(path.join(folder, 'one'), 'x')
  })
  await volume.read(async (fileSystem) => {
    const [number, sequence] = (await entryAt(fileSystem, 'one')).ref.split(':')
    assert.equal(await codeOf(fileSystem.facts(`${number}:${Number(sequence) + 1}`, signal)), 'file-not-found')
    assert.equal(await codeOf(fileSystem.facts('not a reference', signal)), 'file-not-found')
  })
})
