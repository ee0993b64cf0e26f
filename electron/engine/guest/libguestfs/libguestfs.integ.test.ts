import assert from 'node:assert/strict'
import { copyFile, mkdir, readFile, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { test } from 'node:test'
import { MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { memoryDisk } from '../../disk/memory.ts'
import { chanceFrom } from '../../proof/chance.ts'
import { mounted, scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { openFound } from '../open.ts'
import { assertTruth } from '../truth.rig.ts'
import { findVolumes } from '../volumes/volumes.ts'
import { unlock } from './unlocked.ts'

const seed = Date.now() % 1_000_000
/** Its machine is emulated where there is no KVM. */
const slow = { timeout: 600_000 }

/** A nested KVM that is there but fails would hold it for ever. */
process.env['LIBGUESTFS_BACKEND_SETTINGS'] ??= 'force_tcg'

async function diskOf(file: string, signal: AbortSignal): Promise<ReadableDisk> {
  const bytes = await readFile(file)
  const disk = memoryDisk(bytes.length)
  await disk.write(0, bytes, signal)
  return disk
}

async function plant(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'sub'))
  await writeFile(path.join(folder, 'a.txt'), 'hello')
  await writeFile(path.join(folder, 'sub/big'), chanceFrom(seed).bytes(2 * MiB + 7))
  await writeFile(path.join(folder, 'new\nline" ; -rm-rf .'), 'hostile')
  await writeFile(Buffer.concat([Buffer.from(`${folder}/b`), Buffer.from([0xff])]), 'no UTF-8')
  await symlink('../../etc/passwd\nand more', path.join(folder, 'up'))
}

test('btrfs reads as the kernel mounts it, hostile names and all', slow, async (t) => {
  t.diagnostic(`seed ${seed}`)
  await using scratch = await scratchFolder('btrfs')
  const image = path.join(scratch.folder, 'image')
  await sparseFile(image, 128 * MiB)
  await tool('mkfs.btrfs', ['-q', image])
  const there = path.join(scratch.folder, 'mounted')
  {
    await using kernel = await mounted(image, there)
    await plant(kernel.folder)
  }
  const [found] = await findVolumes([{ name: 'vda', disk: await diskOf(image, t.signal) }], t.signal)
  assert.equal(found?.volume.reader, 'libguestfs')
  await using kernel = await mounted(image, there, { options: ['ro', 'noatime'] })
  await using fileSystem = await openFound(found, t.signal)
  await assertTruth(fileSystem, kernel.folder, { untold: ['accessedAt'], atLeast: 7 }, t.signal)
})

test('what lies behind LUKS is read with its passphrase, and not with another', slow, async (t) => {
  await using scratch = await scratchFolder('luks')
  const [image, plain] = [path.join(scratch.folder, 'luks'), path.join(scratch.folder, 'plain')]
  const passphrase = 'pass "word" \\x20 #1'
  await mkdir(path.join(scratch.folder, 'tree'))
  await plant(path.join(scratch.folder, 'tree'))
  await sparseFile(plain, 24 * MiB)
  await tool('mke2fs', ['-q', '-t', 'ext4', '-d', path.join(scratch.folder, 'tree'), plain])
  await encrypt(plain, image, passphrase)
  const disk = await diskOf(image, t.signal)
  const [locked] = await findVolumes([{ name: 'vda', disk }], t.signal)
  assert.equal(locked?.volume.refusal, 'encrypted')
  await assert.rejects(unlock(disk, 'pass word', t.signal), { code: 'passphrase-wrong' })
  await using unlocked = await unlock(disk, passphrase, t.signal)
  const [found] = await findVolumes([{ name: 'vda', disk: unlocked }], t.signal)
  assert.equal(found?.volume.content, 'ext4')
  assert.ok(found !== undefined)
  const whole = Buffer.alloc(24 * MiB)
  await unlocked.read(0, whole, t.signal)
  assert.ok(whole.equals(await readFile(plain)))
  await using fileSystem = await openFound(found, t.signal)
  assert.ok((await fileSystem.find(fileSystem.root, 'a.txt', t.signal)) !== undefined)
})

/** In place, which needs no device-mapper; LUKS's header takes 32 MiB of what stands behind the content. */
async function encrypt(plain: string, image: string, passphrase: string): Promise<void> {
  await copyFile(plain, image)
  await truncate(image, 72 * MiB)
  const fast = ['--pbkdf', 'pbkdf2', '--pbkdf-force-iterations', '1000', '--key-file', '-']
  await tool(
    'cryptsetup',
    ['reencrypt', '--encrypt', '--type', 'luks2', '--reduce-device-size', '32M', '-q', ...fast, image],
    passphrase,
  )
}
