import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { GiB } from '../../../shared/units.ts'
import { openRawFile } from '../disk/raw-image.ts'
import { writeBigTree } from './big-tree.rig.ts'
import { openExt } from './ext/ext.ts'
import { assertFrugal, type Reader } from './frugal.rig.ts'
import type { OpenFileSystem } from './guest.ts'
import { mounted, scratchFolder, sparseFile, tool } from './mounted.rig.ts'
import { openNtfs } from './ntfs/ntfs.ts'
import { compareWithTruth, type TruthOptions } from './truth.rig.ts'
import { openXfs } from './xfs/xfs.ts'

/** `STILLPOINT_TREES=full` takes 112,000 entries through each, of which 100,000 are plain files; else there are 10,000. */
const files = process.env['STILLPOINT_TREES'] === 'full' ? 112_000 : 10_000

type Kind = {
  readonly reader: Reader
  readonly open: OpenFileSystem
  readonly mkfs: readonly [string, ...(readonly string[])]
  readonly type: string
  readonly options?: readonly string[]
  readonly truth?: TruthOptions
}

const kinds: readonly Kind[] = [
  { reader: 'ext', open: openExt, mkfs: ['mke2fs', '-q', '-F', '-t', 'ext4', '-N', '150000'], type: 'ext4' },
  { reader: 'xfs', open: openXfs, mkfs: ['mkfs.xfs', '-q'], type: 'xfs' },
  // Without a map of users it makes up owners and modes; it counts links to folders, and times in 100 ns.
  {
    reader: 'ntfs',
    open: openNtfs,
    mkfs: ['mkntfs', '-q', '-F', '-f'],
    type: 'ntfs-3g',
    truth: { untold: ['mode', 'owner'], timeGrainNs: 100n },
  },
]

for (const { reader, open, mkfs, type, truth = {} } of kinds) {
  test(`${type}: a tree of ${files} files reads as it does mounted, and in less than 256 MiB of memory`, async (t) => {
    await using scratch = await scratchFolder('big-tree')
    const [archive, image, at] = ['tar', 'image', 'mount'].map((name) => path.join(scratch.folder, name)) as [
      string,
      string,
      string,
    ]
    const tree = await writeBigTree(archive, files)
    await sparseFile(image, 2 * GiB)
    const [program, ...args] = mkfs
    await tool(program, [...args, image])
    {
      await using mount = await mounted(image, at, { type })
      await tool('tar', ['--extract', '--numeric-owner', '--file', archive, '--directory', mount.folder])
    }
    await using mount = await mounted(image, at, { type, options: ['ro', 'noatime'] })
    await using disk = await openRawFile(image, async () => [])
    await using fileSystem = await open(disk, t.signal)
    const { entries, bytes, differences } = await compareWithTruth(fileSystem, mount.folder, truth, t.signal)
    assert.deepEqual(differences, [])
    assert.ok(
      entries > tree.entries && bytes >= tree.contentBytes,
      `${entries} entries of ${bytes} bytes were compared`,
    )
    t.diagnostic(`${entries} entries, ${bytes} bytes`)
    await assertFrugal(reader, image, tree.entries)
  })
}
