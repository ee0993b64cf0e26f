import { mkdir, utimes, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { cachedDisk } from '../../disk/cached-disk.ts'
import type { ReadableDisk } from '../../disk/disk.ts'
import { openRawFile } from '../../disk/raw-image.ts'
import { tool } from '../mounted.rig.ts'
import type { TruthOptions } from '../truth.rig.ts'

/** What FAT has no place for; its seconds are even. */
export const fatTruth: TruthOptions = {
  untold: ['mode', 'owner', 'changedAt', 'accessedAt', 'links', 'device'],
  timeGrainNs: 2_000_000_000n,
}

export const longest = 'n'.repeat(251)

/** Names and sizes that matter: empty, exactly a cluster, Chinese, 255 letters, small and capital letters, deep. */
export async function plant(folder: string, many = 300): Promise<void> {
  const deep = path.join(folder, 'a', 'b.c', '深い', 'd')
  await mkdir(deep, { recursive: true })
  const files: Record<string, Buffer> = {
    'empty.bin': Buffer.alloc(0),
    'EXACT.BIN': pattern(32 * 1024, 1),
    'over.bin': pattern(32 * 1024 + 1, 2),
    'Read Me First (long).text': pattern(3000, 3),
    '报告 2026 年度.pdf': pattern(70_000, 4),
    'lower.txt': pattern(11, 5),
    'UPPER.TXT': pattern(12, 6),
    'MiXeD.TxT': pattern(13, 7),
    [`${longest}.txt`]: pattern(500, 8),
    '.hidden': pattern(9, 9),
    'many.dots.in.it': pattern(10, 10),
  }
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes)
  await writeFile(path.join(deep, 'größe.dat'), pattern(400_000, 11))
  await mkdir(path.join(folder, 'many'))
  for (let at = 0; at < many; at++) await writeFile(path.join(folder, 'many', `File number ${at}.txt`), `${at}`)
  for (const [at, name] of Object.keys(files).entries()) {
    await utimes(path.join(folder, name), 1_000_000_000, 1_000_000_000 + at * 86_400 * 30)
  }
}

function pattern(lengthBytes: number, seed: number): Buffer {
  const bytes = Buffer.alloc(lengthBytes)
  for (let at = 0; at < lengthBytes; at++) bytes[at] = (at * 31 + (at >> 8) * 17 + seed) & 0xff
  return bytes
}

/** By Debian's `mtools`, which take local time for what FAT has: here UTC. */
export async function mtool(program: string, image: string, args: readonly string[]): Promise<string> {
  return await tool('env', ['TZ=UTC', 'LC_ALL=C.UTF-8', 'MTOOLS_SKIP_CHECK=1', program, '-i', image, ...args])
}

export async function rawDisk(image: string): Promise<ReadableDisk> {
  return cachedDisk(await openRawFile(image, async () => []))
}

/** A small generator with a seed, for damage that can be made again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
