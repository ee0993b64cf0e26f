import { link, mkdir, open, symlink, truncate, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import { KiB, MiB } from '../../../../shared/units.ts'
import { openImage } from '../../disk/image.ts'
import { chanceFrom } from '../../proof/chance.ts'
import type { FileSystem } from '../guest.ts'
import { mounted, scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { openNtfs } from './ntfs.ts'

export const signal: AbortSignal = new AbortController().signal

const mountOptions = ['streams_interface=xattr', 'compression', 'efs_raw', 'hide_dot_files']

/** An NTFS image of mkntfs, filled through ntfs-3g; it goes with its folder. */
export type Volume = AsyncDisposable & {
  readonly image: string
  /** Mounts it while `work` runs. */
  mount(work: (folder: string) => Promise<void>, options?: readonly string[]): Promise<void>
  /** Opens it by the reader while `work` runs. */
  read(work: (fileSystem: FileSystem) => Promise<void>): Promise<void>
  /** XORs bytes of the image. */
  flip(...offsets: readonly number[]): Promise<void>
}

export async function ntfsVolume(sizeBytes: number, ...args: readonly string[]): Promise<Volume> {
  const scratch = await scratchFolder('ntfs')
  const image = path.join(scratch.folder, 'image')
  await sparseFile(image, sizeBytes)
  await tool('mkntfs', ['-q', '-F', '-f', ...args, image])
  return {
    image,
    async mount(work, options = mountOptions) {
      await using at = await mounted(image, path.join(scratch.folder, 'mount'), { type: 'ntfs-3g', options })
      await work(at.folder)
    },
    async read(work) {
      await using disk = await openImage(image, 'raw', {}, signal)
      await using fileSystem = await openNtfs(disk, signal)
      await work(fileSystem)
    },
    async flip(...offsets) {
      await using handle = await open(image, 'r+')
      for (const offset of offsets) {
        const byte = Buffer.alloc(1)
        await handle.read(byte, 0, 1, offset)
        await handle.write(Buffer.of(byte.readUInt8() ^ 0x55), 0, 1, offset)
      }
    },
    [Symbol.asyncDispose]: () => scratch[Symbol.asyncDispose](),
  }
}

/** Something of everything that ntfs-3g can write. */
export async function fillVolume(folder: string, isCompressed: boolean, many = 600): Promise<void> {
  const chance = chanceFrom(7)
  const at = (...names: readonly string[]): string => path.join(folder, ...names)
  await mkdir(at('tree', 'deeper', '中文目录'), { recursive: true })
  await writeFile(at('tree', 'empty'), '')
  await writeFile(at('tree', 'resident'), 'a few bytes')
  await writeFile(at('tree', 'random'), chance.bytes(300_001))
  await link(at('tree', 'random'), at('tree', 'deeper', 'same'))
  await symlink('../random', at('tree', 'deeper', 'link'))
  await symlink('/etc/绝对', at('absolute'))
  await writeFile(at('tree', 'deeper', '中文目录', '长'.repeat(255)), 'long')
  await writeFile(at('tree', 'Ünïcode 𝄞 name'), 'both planes')
  await sparse(at('sparse'), 50 * MiB, 40 * MiB)
  await mkdir(at('many'))
  for (let i = 0; i < many; i++) await writeFile(at('many', `file ${i}`), chance.bytes(i * 3))
  await tool('mknod', [at('terminal'), 'c', '5', '1'])
  await tool('mknod', [at('disk'), 'b', '8', '300'])
  if (isCompressed) await fillCompressed(at('packed'))
}

async function fillCompressed(folder: string): Promise<void> {
  const chance = chanceFrom(11)
  await mkdir(folder)
  await tool('setfattr', ['-n', 'system.ntfs_attrib_be', '-v', '0x00000800', folder])
  const numbers = Array.from({ length: 60_000 }, (_, i) => i).join('\n')
  await writeFile(path.join(folder, 'text'), numbers)
  await writeFile(path.join(folder, 'random'), chance.bytes(200_000))
  await writeFile(path.join(folder, 'zeroes'), Buffer.alloc(500_000))
  await writeFile(
    path.join(folder, 'mixed'),
    Buffer.concat([chance.bytes(70_000), Buffer.from(numbers), chance.bytes(99)]),
  )
  await sparse(path.join(folder, 'holes'), 2 * MiB, MiB + 77)
}

async function sparse(file: string, sizeBytes: number, dataAt: number): Promise<void> {
  await writeFile(file, '')
  await truncate(file, sizeBytes)
  await using handle = await open(file, 'r+')
  await handle.write(Buffer.from('not a hole '.repeat(5000)), 0, 55_000, dataAt)
}

/**
 * Files that lie in pieces of 4 KiB all over a full volume, the master file table among them: two files are written in turns until
 * nothing is left, and one is given back.
 */
export async function fragment(folder: string, files: number): Promise<void> {
  const kept = path.join(folder, 'in pieces')
  const given = path.join(folder, 'given back')
  await writeInTurns(kept, given)
  await tool('rm', [given])
  await mkdir(path.join(folder, 'small'))
  for (let i = 0; i < files; i++) await writeFile(path.join(folder, 'small', `${i}`), `content of ${i}`)
}

async function writeInTurns(...files: readonly string[]): Promise<void> {
  const handles = await Promise.all(files.map((file) => open(file, 'w')))
  try {
    for (let piece = 0; ; piece++) {
      for (const handle of handles) await handle.write(Buffer.alloc(4 * KiB, piece % 251), 0, 4 * KiB, piece * 4 * KiB)
    }
  } catch (thrown) {
    if (!(thrown instanceof Error) || !('code' in thrown) || thrown.code !== 'ENOSPC') throw thrown
  } finally {
    for (const handle of handles) await handle.close()
  }
}

/** The entry at a path; a test that asks for what is not there fails. */
export async function entryAt(fileSystem: FileSystem, ...names: readonly string[]) {
  let ref = fileSystem.root
  let found: Awaited<ReturnType<FileSystem['find']>>
  for (const name of names) {
    found = await fileSystem.find(ref, name, signal)
    if (found === undefined) throw new Error(`${name} was not found`)
    ref = found.ref
  }
  if (found?.facts === undefined) throw new Error(`${names.join('/')} cannot be read: ${found?.problem}`)
  return { ...found, facts: found.facts }
}

/** All bytes of a file or of one of its streams. */
export async function contentOf(fileSystem: FileSystem, ref: string, stream?: string): Promise<Buffer> {
  await using disk = await fileSystem.open(ref, stream, signal)
  const bytes = Buffer.alloc(disk.sizeBytes)
  await disk.read(0, bytes, signal)
  return bytes
}

export async function namesIn(fileSystem: FileSystem, ref: string): Promise<readonly string[]> {
  const names: string[] = []
  for await (const batch of fileSystem.list(ref, signal)) names.push(...batch.map(({ name }) => name))
  return names
}

/** The code of the failure with which `work` ends. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const thrown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (thrown instanceof Failure) return thrown.code
  throw new Error('nothing failed that was foreseen', { cause: thrown })
}
