import assert from 'node:assert/strict'
import path from 'node:path'
import { test } from 'node:test'
import { cachedDisk } from '../../disk/cached-disk.ts'
import { openRawFile } from '../../disk/raw-image.ts'
import { flippedDisk, truncatedDisk } from '../damage.rig.ts'
import { scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { lvm, withLoops } from './volumes.rig.ts'
import { findVolumes } from './volumes.ts'

const signal = new AbortController().signal
const MiB = 1024 * 1024

test('whatever is damaged, what is found lies on the disk and can be read, and nothing is thrown', async (context) => {
  await using scratch = await scratchFolder('damage')
  const image = path.join(scratch.folder, 'vda.img')
  await sparseFile(image, 64 * MiB)
  await tool('sfdisk', ['--quiet', image], 'label: gpt\nsize=8M\nsize=8M\nsize=40M, type=lvm\n')
  const start = JSON.parse(await tool('sfdisk', ['--json', image])).partitiontable.partitions[2].start * 512
  await withLoops([image], ['--offset', String(start), '--sizelimit', String(40 * MiB)], async (loops) => {
    await lvm(loops, ['vgcreate', 'vg', ...loops])
    await lvm(loops, ['lvcreate', '-an', '-Zn', '-Wn', '-n', 'one', '-L', '20M', 'vg'])
  })
  await using disk = cachedDisk(await openRawFile(image, async () => []))
  assert.equal((await findVolumes([{ name: 'vda', disk }], signal)).length, 4)
  const seed = Date.now() >>> 0
  context.diagnostic(`seed ${seed}`)
  let state = seed
  const random = (): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  for (let round = 0; round < 400; round++) {
    const from = [0, 1024, start + 512, start + 4096][round % 4] ?? 0
    const flips = Array.from(
      { length: 1 + (round % 5) },
      () => [from + Math.floor(random() * 2048), 1 << (round % 8)] as const,
    )
    const cut = round % 7 === 0 ? truncatedDisk(disk, Math.floor(random() * disk.sizeBytes)) : disk
    for (const found of await findVolumes([{ name: 'vda', disk: flippedDisk(cut, new Map(flips)) }], signal)) {
      assert.ok(found.volume.sizeBytes <= cut.sizeBytes || found.disk === undefined, `round ${round}`)
      const into = new Uint8Array(Math.min(512, found.volume.sizeBytes))
      await found.disk?.read(found.volume.sizeBytes - into.length, into, signal)
    }
  }
})
