import { chmod, chown, link, lutimes, mkdir, open, symlink, utimes, writeFile } from 'node:fs/promises'
import net from 'node:net'
import path from 'node:path'
import { KiB, MiB } from '../../../shared/units.ts'
import type { Chance } from '../proof/chance.ts'
import { tool } from './mounted.rig.ts'

/** Every kind of thing that a file system of Unix holds, into a folder where one is mounted: about 390 entries. Needs root. */
export async function plantTree(folder: string, chance: Chance): Promise<void> {
  await plantNames(path.join(folder, 'names'))
  await plantLinks(path.join(folder, 'links'))
  await plantSpecial(path.join(folder, 'special'))
  await plantFacts(path.join(folder, 'facts'))
  await plantContents(path.join(folder, 'contents'), chance)
  await plantFolder(path.join(folder, 'many'), 300)
}

/** Empty files `entry-<n>` of which every tenth has a long name: enough for an index of more than one level in large numbers. */
export async function plantFolder(folder: string, count: number): Promise<void> {
  await mkdir(folder)
  const names = Array.from({ length: count }, (_, n) => path.join(folder, `entry-${n}${n % 10 ? '' : '-'.repeat(200)}`))
  await tool('xargs', ['-0', 'touch', '--'], names.join('\0'))
}

async function plantNames(folder: string): Promise<void> {
  await mkdir(folder)
  const names = [
    '报告 2026 年终.xlsx',
    'é',
    'e\u0301',
    'a'.repeat(255),
    `${'名'.repeat(85)}`,
    '-rf',
    'new\nline',
    ' ',
    'CON',
  ]
  for (const [n, name] of names.entries()) await writeFile(path.join(folder, name), `${n}`)
  const broken = [Buffer.from([0x66, 0xff, 0xfe]), Buffer.from([0xed, 0xb2, 0x80]), Buffer.alloc(255, 0x80)]
  for (const name of broken) await writeFile(Buffer.concat([Buffer.from(`${folder}/`), name]), name)
  let deep = folder
  for (let level = 0; level < 20; level++) {
    deep = path.join(deep, `文件夹-${level}`)
    await mkdir(deep)
  }
}

async function plantLinks(folder: string): Promise<void> {
  await mkdir(folder)
  for (const length of [1, 59, 60, 61, 150, 1000]) await symlink('t'.repeat(length), path.join(folder, `${length}`))
  await symlink('../../../etc/passwd', path.join(folder, 'up'))
  await symlink(Buffer.from([0x2f, 0xff, 0xfe]), path.join(folder, 'bytes'))
  await writeFile(path.join(folder, 'first'), 'one content')
  for (let n = 0; n < 5; n++) await link(path.join(folder, 'first'), path.join(folder, `hard-${n}`))
}

async function plantSpecial(folder: string): Promise<void> {
  await mkdir(folder)
  const make = (name: string, ...args: readonly string[]) => tool('mknod', [path.join(folder, name), ...args])
  await make('pipe', 'p')
  await make('null', 'c', '1', '3')
  await make('wide', 'c', '500', '70000')
  await make('disk', 'b', '259', '1')
  const server = net.createServer().listen(path.join(folder, 's'))
  await new Promise((resolve) => server.once('listening', resolve))
  // The socket's name goes when the server closes: another keeps it.
  await link(path.join(folder, 's'), path.join(folder, 'socket'))
  await new Promise((resolve) => server.close(resolve))
}

async function plantFacts(folder: string): Promise<void> {
  await mkdir(folder)
  const file = async (name: string): Promise<string> => {
    await writeFile(path.join(folder, name), name)
    return path.join(folder, name)
  }
  await chmod(await file('set-uid'), 0o6755)
  await chmod(await file('no-one'), 0)
  await chown(await file('far-owner'), 1_000_000, 3_000_000_000)
  await utimes(await file('old'), -1_000_000.25, -2_000_000.5)
  await utimes(await file('far'), 3_000_000_000, 4_500_000_000)
  await tool('touch', ['-d', '2001-02-03 04:05:06.123456789', await file('nanoseconds')])
  await symlink('nowhere', path.join(folder, 'dated-link'))
  await lutimes(path.join(folder, 'dated-link'), 1_000_000_000, 1_000_000_001)
  await mkdir(path.join(folder, 'sticky'))
  await chmod(path.join(folder, 'sticky'), 0o1777)
}

async function plantContents(folder: string, chance: Chance): Promise<void> {
  await mkdir(folder)
  for (const size of [0, 1, 59, 60, 61, 100, 150, 511, 1023, 1024, 1025, 4095, 4096, 4097, 70_000, 3 * MiB + 7]) {
    await writeFile(path.join(folder, `size-${size}`), chance.bytes(size))
  }
  await plantHoles(path.join(folder, 'holes'), chance)
  await plantFragments(folder, chance)
  await plantReserved(path.join(folder, 'reserved'), chance)
}

/** Space that was never written, before and behind the end; file systems without it get a file like any other. */
async function plantReserved(file: string, chance: Chance): Promise<void> {
  await using handle = await open(file, 'w')
  await handle.write(chance.bytes(5000), 0, 5000, 0)
  const reserve = (...args: readonly string[]) =>
    tool('fallocate', [...args, file]).catch(() => handle.truncate(2 * MiB))
  await reserve('-l', String(2 * MiB))
  await reserve('-n', '-l', String(3 * MiB))
  await handle.write(chance.bytes(5000), 0, 5000, 1_500_000)
}

async function plantHoles(file: string, chance: Chance): Promise<void> {
  await using handle = await open(file, 'w')
  for (const offset of [3 * KiB, 64 * KiB, 5 * MiB + 1, 20 * MiB])
    await handle.write(chance.bytes(3000), 0, 3000, offset)
  await handle.truncate(21 * MiB)
}

/** Two files that grow by turns, each synced, so that neither lies in one piece; then holes in one of them. */
async function plantFragments(folder: string, chance: Chance): Promise<void> {
  await using even = await open(path.join(folder, 'fragments-0'), 'w')
  await using odd = await open(path.join(folder, 'fragments-1'), 'w')
  for (let n = 0; n < 100; n++) {
    for (const handle of [even, odd]) {
      await handle.write(chance.bytes(8 * KiB), 0, 8 * KiB, n * 16 * KiB)
      await handle.datasync()
    }
  }
}
