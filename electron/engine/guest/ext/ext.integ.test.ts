import assert from 'node:assert/strict'
import { mkdir, open, stat, symlink, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { Failure } from '../../../../shared/failure.ts'
import { GiB, KiB } from '../../../../shared/units.ts'
import { chanceFrom } from '../../proof/chance.ts'
import { assertFrugal } from '../frugal.rig.ts'
import { tool } from '../mounted.rig.ts'
import { plantFolder, plantTree } from '../tree.rig.ts'
import { planted } from './planted.rig.ts'

type Variant = { readonly name: string; readonly mkfs: readonly string[]; readonly content?: string }

const variants: readonly Variant[] = [
  { name: 'ext2 with blocks of 1 KiB', mkfs: ['-t', 'ext2', '-b', '1024'], content: 'ext2' },
  { name: 'ext2 of revision 0', mkfs: ['-t', 'ext2', '-r', '0', '-b', '4096'], content: 'ext2' },
  { name: 'ext3 with inodes of 128 bytes', mkfs: ['-t', 'ext3', '-I', '128'], content: 'ext3' },
  { name: 'ext4 as it comes', mkfs: ['-t', 'ext4', '-b', '4096'] },
  { name: 'ext4 without metadata_csum', mkfs: ['-t', 'ext4', '-O', '^metadata_csum,uninit_bg'] },
  { name: 'ext4 with inline data', mkfs: ['-t', 'ext4', '-O', 'inline_data', '-I', '512'] },
  { name: 'ext4 without 64bit', mkfs: ['-t', 'ext4', '-O', '^64bit'] },
  { name: 'ext4 with bigalloc', mkfs: ['-t', 'ext4', '-O', 'bigalloc', '-C', '16384'] },
  { name: 'ext4 with meta_bg', mkfs: ['-t', 'ext4', '-O', 'meta_bg,^resize_inode', '-b', '1024'] },
  { name: 'ext4 without extents', mkfs: ['-t', 'ext4', '-O', '^extent,^64bit', '-b', '1024'] },
  { name: 'ext4 with sparse_super2', mkfs: ['-t', 'ext4', '-O', 'sparse_super2,^resize_inode', '-b', '1024'] },
  {
    name: 'ext4 with ea_inode, large_dir and a seed of its own',
    mkfs: ['-t', 'ext4', '-O', 'ea_inode,large_dir,metadata_csum_seed'],
  },
]

for (const { name, mkfs, content = 'ext4' } of variants) {
  test(`${name} is read as the kernel reads it`, async (t) => {
    await using image = await planted(mkfs, (folder) => plantTree(folder, chanceFrom(5)))
    await using fileSystem = await image.open(t.signal)
    assert.equal(fileSystem.content, content)
    assert.deepEqual([fileSystem.label, fileSystem.notes, fileSystem.overlaid], ['标签', [], []])
    await image.compare(fileSystem, 380, t.signal)
  })
}

test('100,000 entries in a folder and a file of more than 4 GiB are read as the kernel does, in less than 256 MiB', async (t) => {
  const fill = async (folder: string): Promise<void> => {
    await plantFolder(path.join(folder, 'many'), 100_000)
    await using handle = await open(path.join(folder, 'large'), 'w')
    for (const offset of [0, 2 * GiB - 1, 4 * GiB - 2]) await handle.write(Buffer.from('abcd'), 0, 4, offset)
  }
  await using image = await planted(['-t', 'ext4', '-b', '1024', '-N', '110000'], fill)
  await using fileSystem = await image.open(t.signal)
  await image.compare(fileSystem, 100_000, t.signal)
  await assertFrugal('ext', image.file, 100_000)
})

/** How the index of a folder is ordered: by default half an MD4 over signed characters. */
const orders: readonly { readonly name: string; readonly hash: string; readonly flags?: string }[] = [
  { name: 'half an MD4', hash: 'half_md4' },
  { name: 'half an MD4 of unsigned characters', hash: 'half_md4', flags: '2' },
  { name: 'TEA', hash: 'tea' },
  { name: 'TEA of unsigned characters', hash: 'tea', flags: '2' },
  { name: 'the legacy hash', hash: 'legacy' },
  { name: 'the legacy hash of unsigned characters', hash: 'legacy', flags: '2' },
]

for (const { name, hash, flags = '1' } of orders) {
  test(`a name is found by an index of ${name} without reading the folder`, async (t) => {
    const names = Array.from({ length: 4000 }, (_, n) => `第 ${n} 号文件`)
    const fill = async (folder: string): Promise<void> => {
      await mkdir(path.join(folder, 'many'))
      await tool('xargs', ['-0', 'touch', '--'], names.map((one) => path.join(folder, 'many', one)).join('\0'))
    }
    const beforeMount = async (file: string): Promise<void> => {
      await tool('tune2fs', ['-E', `hash_alg=${hash}`, file])
      await tool('debugfs', ['-w', '-R', `set_super_value flags ${flags}`, file])
    }
    await using image = await planted(['-t', 'ext4', '-b', '1024', '-N', '5000'], fill, { beforeMount })
    let readBytes = 0
    await using fileSystem = await image.open(t.signal, ({ start, end }) => {
      readBytes += end - start
    })
    const many = await fileSystem.find(fileSystem.root, 'many', t.signal)
    assert.ok(many)
    readBytes = 0
    for (let n = 0; n < names.length; n += 97) {
      assert.ok(await fileSystem.find(many.ref, names[n] ?? '', t.signal), names[n])
    }
    assert.equal(await fileSystem.find(many.ref, '第 4000 号文件', t.signal), undefined)
    assert.ok(readBytes < 42 * 10 * KiB, `${readBytes} bytes were read`)
  })
}

test('what is encrypted is refused folder by folder, and all else is shown', async (t) => {
  const fill = async (folder: string): Promise<void> => {
    await mkdir(path.join(folder, 'locked'))
    await writeFile(path.join(folder, 'plain'), 'plain')
    const added = await tool('sh', ['-c', `head -c 64 /dev/urandom | xfs_io -c add_enckey "$1"`, 'sh', folder])
    const key = /identifier ([0-9a-f]{32})/.exec(added)?.[1] ?? ''
    await tool('xfs_io', ['-c', `set_encpolicy -v 2 ${key}`, path.join(folder, 'locked')])
    await writeFile(path.join(folder, 'locked/secret'), 'secret')
    await symlink('secret', path.join(folder, 'locked/link'))
    await tool('sync', [])
    secret = String((await stat(path.join(folder, 'locked/secret'))).ino)
  }
  let secret = ''
  await using image = await planted(['-t', 'ext4', '-O', 'encrypt'], fill)
  await using fileSystem = await image.open(t.signal)
  const locked = await fileSystem.find(fileSystem.root, 'locked', t.signal)
  assert.deepEqual(locked?.facts?.attributes, ['encrypted'])
  const refused = (thrown: unknown): boolean => thrown instanceof Failure && thrown.code === 'volume-unsupported'
  await assert.rejects(fileSystem.list(locked.ref, t.signal)[Symbol.asyncIterator]().next(), refused)
  await assert.rejects(fileSystem.find(locked.ref, 'secret', t.signal), refused)
  assert.equal((await fileSystem.facts(secret, t.signal)).sizeBytes, 6)
  await assert.rejects(fileSystem.open(secret, undefined, t.signal), refused)
  assert.ok(await fileSystem.find(fileSystem.root, 'plain', t.signal))
})

test('a folder that ignores case is searched so', async (t) => {
  const fill = async (folder: string): Promise<void> => {
    await mkdir(path.join(folder, 'folded'))
    for (const name of ['Straße', 'Ångström', 'README']) await writeFile(path.join(folder, 'folded', name), name)
  }
  await using image = await planted(['-t', 'ext4'], fill)
  // Few kernels are built to mount it, but the folder's bytes are those of any other.
  await tool('debugfs', ['-w', '-R', 'feature casefold', image.file])
  await tool('debugfs', ['-w', '-R', 'set_inode_field /folded flags 0x40080000', image.file])
  await using fileSystem = await image.open(t.signal)
  const folded = await fileSystem.find(fileSystem.root, 'folded', t.signal)
  for (const [asked, name] of [
    ['STRASSE', 'Straße'],
    ['a\u030angström', 'Ångström'],
    ['readme', 'README'],
  ] as const) {
    assert.equal((await fileSystem.find(folded?.ref ?? '', asked, t.signal))?.name, name)
  }
  assert.equal(await fileSystem.find(fileSystem.root, 'FOLDED', t.signal), undefined)
})

test('features that are not known are refused by their name', async (t) => {
  await using image = await planted(['-t', 'ext4', '-O', '^metadata_csum'], async () => {})
  for (const [bits, named] of [
    ['0x400002c2', '0x40000000'],
    ['0x2c3', 'compression'],
    ['0x12c2', 'dirdata'],
    ['0x2ca', 'journal_dev'],
  ] as const) {
    await tool('debugfs', ['-w', '-R', `set_super_value feature_incompat ${bits}`, image.file])
    await assert.rejects(image.open(t.signal), { code: 'volume-unsupported', message: new RegExp(named) })
    // Tools refuse it now too.
    await using handle = await open(image.file, 'r+')
    await handle.write(Uint8Array.of(0xc2, 0x02, 0, 0), 0, 4, 1024 + 0x60)
  }
})

test('what no inode is fails as not found', async (t) => {
  await using image = await planted(['-t', 'ext4'], async () => {})
  await using fileSystem = await image.open(t.signal)
  for (const ref of ['0', '-1', 'x', '99999999', '500', '2 ']) {
    await assert.rejects(fileSystem.facts(ref, t.signal), { code: 'file-not-found' })
  }
  await assert.rejects(fileSystem.open(fileSystem.root, undefined, t.signal), { code: 'invalid-argument' })
})

test('files that change do not change the layout, another size does', async (t) => {
  await using image = await planted(['-t', 'ext4'], (folder) => writeFile(path.join(folder, 'a'), 'a'))
  await using before = await image.open(t.signal)
  await tool('debugfs', ['-w', '-R', 'mkdir /b', image.file])
  await using after = await image.open(t.signal)
  assert.equal(after.layout, before.layout)
  await tool('resize2fs', [image.file, '150M'])
  await using smaller = await image.open(t.signal)
  assert.notEqual(smaller.layout, before.layout)
})
