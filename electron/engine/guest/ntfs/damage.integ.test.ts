import assert from 'node:assert/strict'
import { test } from 'node:test'
import { KiB, MiB } from '../../../../shared/units.ts'
import { openImage } from '../../disk/image.ts'
import { chanceFrom } from '../../proof/chance.ts'
import { flippedDisk, truncatedDisk, walkAll } from '../damage.rig.ts'
import { fillVolume, ntfsVolume, signal, type Volume } from './images.rig.ts'
import { openNtfs } from './ntfs.ts'

async function withDisk(work: (disk: Awaited<ReturnType<typeof openImage>>) => Promise<void>): Promise<void> {
  await using volume: Volume = await ntfsVolume(24 * MiB, '-C')
  await volume.mount((folder) => fillVolume(folder, true, 60))
  await using disk = await openImage(volume.image, 'raw', {}, signal)
  await work(disk)
}

test('a volume cut off anywhere fails, and nothing else comes of it', async () => {
  await withDisk(async (disk) => {
    const whole = await walkAll(openNtfs, disk, signal)
    assert.deepEqual(whole.failures, [])
    for (let i = 0; i < 60; i++) {
      const cut = await walkAll(openNtfs, truncatedDisk(disk, Math.floor((disk.sizeBytes * i) / 64) + (i % 5)), signal)
      assert.ok(cut.entries <= whole.entries)
    }
  })
})

test('a volume with flipped bits gives failures or entries, and never hangs or breaks', async () => {
  const seed = Date.now() >>> 0
  const chance = chanceFrom(seed)
  await withDisk(async (disk) => {
    let noticed = 0
    for (let round = 0; round < 120; round++) {
      // Here mkntfs lays the master file table: elsewhere are mostly contents, which nothing checks.
      const flips = new Map(
        Array.from({ length: 1 + chance.below(8) }, () => [chance.below(192 * KiB), 1 << chance.below(8)] as const),
      )
      try {
        const { failures, seen } = await walkAll(openNtfs, flippedDisk(disk, flips), signal)
        if (failures.length > 0 || [...seen.values()].some(({ facts }) => facts === undefined)) noticed++
      } catch (thrown) {
        throw new Error(`seed ${seed}, round ${round}, ${JSON.stringify([...flips])}`, { cause: thrown })
      }
    }
    assert.ok(noticed > 5, `only ${noticed} of 120 were noticed (seed ${seed})`)
  })
})
