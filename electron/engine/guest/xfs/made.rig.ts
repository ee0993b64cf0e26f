import {
  appendFile,
  chmod,
  chown,
  lchown,
  link,
  mkdir,
  open,
  symlink,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import { MiB } from '../../../../shared/units.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { openImage } from '../../disk/image.ts'
import { mounted, sparseFile, tool } from '../mounted.rig.ts'
import { openXfs } from './xfs.ts'

/** What mkfs.xfs wants to see before it makes logs of less than 64 MiB, as the tests of XFS itself do. */
const smallLogs = ['TEST_DIR=1', 'TEST_DEV=1', 'QA_CHECK_FS=1']

/** An image of 320 MiB, all holes, made by mkfs.xfs with these options. */
export async function makeXfs(folder: string, name: string, options: readonly string[] = []): Promise<string> {
  const file = path.join(folder, name)
  await sparseFile(file, 320 * MiB)
  await tool('env', [...smallLogs, 'mkfs.xfs', '-q', ...options, file])
  return file
}

/** The image while it is mounted at a folder beside it; `nouuid`, as copies of one are mounted beside each other. */
export async function mountXfs(file: string, options: readonly string[] = []) {
  return await mounted(file, `${file}.mounted`, { type: 'xfs', options: ['noatime', 'nouuid', ...options] })
}

export async function openRaw(file: string, signal: AbortSignal): Promise<ReadableDisk> {
  return await openImage(file, 'raw', {}, signal)
}

/** Reader and disk of an image file; both closed together. */
export async function openFile(file: string, signal: AbortSignal) {
  const disk = await openRaw(file, signal)
  return { disk, fileSystem: await openXfs(disk, signal), [Symbol.asyncDispose]: () => disk[Symbol.asyncDispose]() }
}

/** Every form that folders, files and links have, and what is left when some of it goes. */
export async function fill(root: string): Promise<void> {
  const at = (...names: readonly string[]) => path.join(root, ...names)
  for (const [folder, count] of [
    ['short', 3],
    ['block', 40],
    ['leaf', 500],
    ['node', 3000],
  ] as const) {
    await mkdir(at(folder))
    await writeFile(at(folder, 'first'), folder)
    for (let i = 0; i < count; i++) await link(at(folder, 'first'), at(folder, `an-entry-of-some-length-${i}`))
    for (let i = 0; i < count; i += 3) await unlink(at(folder, `an-entry-of-some-length-${i}`))
  }
  for (const length of [1, 300, 700, 1000, 1023]) await symlink('t/'.repeat(512).slice(0, length), at(`link-${length}`))
  await writeFile(Buffer.concat([Buffer.from(at('bad-')), Buffer.from([0xff, 0xfe])]), 'bytes')
  await writeFile(at('n'.repeat(255)), 'long')
  await mkdir(at('many'))
  for (let i = 0; i < 200; i++) await writeFile(at('many', `file-${i}`), `${i}`)
  await special(at)
  await content(at)
}

async function special(at: (name: string) => string): Promise<void> {
  await tool('mknod', [at('null'), 'c', '1', '3'])
  await tool('mknod', [at('disk'), 'b', '253', '70000'])
  await tool('mkfifo', [at('pipe')])
  await writeFile(at('owned'), '')
  await chown(at('owned'), 70_000, 4_000_000_000)
  await chmod(at('owned'), 0o4751)
  await lchown(at('link-1'), 1, 2)
  await utimes(at('owned'), -1_000_000_000.25, 2_000_000_000.125)
}

/** A file in hundreds of pieces, one that was reserved, shared and changed ones, and one with a hole. */
async function content(at: (name: string) => string): Promise<void> {
  const bytes = Buffer.from(Array.from({ length: MiB }, (_, i) => (i * 7 + (i >>> 10)) & 0xff))
  await writeFile(at('whole'), bytes)
  await tool('cp', ['--reflink=auto', at('whole'), at('shared')])
  await tool('xfs_io', ['-c', 'pwrite -q -S 0x11 100k 5k', at('shared')])
  await tool('xfs_io', ['-f', '-c', 'falloc 0 1m', '-c', 'pwrite -q 300k 10k', at('reserved')])
  await writeFile(at('pieces'), bytes)
  for (let i = 0; i < 3; i++) await appendFile(at('pieces'), bytes)
  const punches = Array.from({ length: 500 }, (_, i) => `fpunch ${i * 8192} 4096\n`)
  await tool('xfs_io', [at('pieces')], punches.join(''))
  await using holey = await open(at('holey'), 'w')
  await holey.truncate(10 * MiB + 5)
  await holey.write('island', 5 * MiB)
}
