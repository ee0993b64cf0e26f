import { stat } from 'node:fs/promises'
import path from 'node:path'
import type { ReadableDisk } from '../../disk/disk.ts'
import { openRawFile } from '../../disk/raw-image.ts'
import { tool } from '../mounted.rig.ts'
import { type FoundVolume, findVolumes } from './volumes.ts'

/** The volumes on image files, each named as its file without ending. Files are opened for each read only. */
export async function volumesOn(images: readonly string[], signal: AbortSignal): Promise<readonly FoundVolume[]> {
  const disks = []
  for (const image of images) disks.push({ name: path.parse(image).name, disk: await imageDisk(image) })
  return await findVolumes(disks, signal)
}

async function imageDisk(image: string): Promise<ReadableDisk> {
  const { size: sizeBytes } = await stat(image)
  return {
    sizeBytes,
    async read(offset, into, signal) {
      await using disk = await openRawFile(image, async () => [])
      await disk.read(offset, into, signal)
    },
    allocated: async () => [{ start: 0, end: sizeBytes }],
    async [Symbol.asyncDispose]() {},
  }
}

/** `losetup` for the time of `work`. */
export async function withLoops<T>(
  images: readonly string[],
  options: readonly string[],
  work: (loops: readonly string[]) => Promise<T>,
): Promise<T> {
  const loops: string[] = []
  try {
    for (const image of images) loops.push((await tool('losetup', ['--find', '--show', ...options, image])).trim())
    return await work(loops)
  } finally {
    for (const loop of loops) await tool('losetup', ['--detach', loop])
  }
}

/** One LVM command on these loops and no other device, without the kernel's device mapper, which a test machine may lack. */
export async function lvm(loops: readonly string[], args: readonly string[]): Promise<string> {
  const devices = loops.flatMap((loop) => ['--devices', loop])
  const [command = '', ...more] = args
  return await tool('env', [
    'LVM_SUPPRESS_FD_WARNINGS=1',
    'lvm',
    command,
    '--yes',
    '--driverloaded',
    'n',
    ...devices,
    ...more,
  ])
}
