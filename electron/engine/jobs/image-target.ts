import { lstat, mkdir, open, rm, rmdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { DiskFormat } from '../../../shared/machine.ts'
import { syncFolder } from '../base/durable-file.ts'
import { appear, partialName, removeLeftovers } from '../base/partial.ts'
import type { WritableDisk } from '../disk/disk.ts'
import { createImage } from '../disk/image.ts'
import { asTargetFailure } from '../disk/raw-image.ts'
import { fileNameOf } from './file-name.ts'

type Wanted = { readonly name: string; readonly sizeBytes: number; readonly format: DiskFormat }

type Image = { readonly name: string; readonly disk: WritableDisk; readonly partial: string; readonly path: string }

/**
 * Image files that come to exist under their names only when `finish` resolves; disposing before that leaves nothing. What a
 * death left is hidden, and goes when the next images are made in the folder.
 */
export type ImageTarget = AsyncDisposable & {
  readonly disks: readonly Image[]
  /** Answers the paths. */
  finish(signal: AbortSignal): Promise<readonly string[]>
}

/** `<machine>-<disk>.<format>` in `folder`, which is made when it is missing. Fails with `target-exists` before anything is written. */
export async function createImages(
  folder: string,
  machineName: string,
  wanted: readonly Wanted[],
  signal: AbortSignal,
): Promise<ImageTarget> {
  const made = await makeFolder(folder)
  await removeLeftovers(folder).catch(failed)
  const images: Image[] = []
  const removePartials = async (): Promise<void> => {
    for (const image of images) await image.disk[Symbol.asyncDispose]()
    for (const image of images) await rm(image.partial, { force: true })
    // Refused unless it is empty: then this restore made it for nothing.
    if (made) await rmdir(folder).catch(() => undefined)
  }
  try {
    for (const each of wanted) images.push(await createOne(folder, machineName, each, signal))
  } catch (thrown) {
    await removePartials()
    throw thrown
  }
  return {
    disks: images,
    async finish(finishSignal) {
      for (const image of images) await image.disk.flush(finishSignal)
      for (const image of images) await image.disk[Symbol.asyncDispose]()
      // Closing an image may write its metadata once more.
      for (const image of images) await syncFile(image.partial).catch(failed)
      await appearAll(images)
      syncFolder(folder)
      return images.map((image) => image.path)
    },
    [Symbol.asyncDispose]: removePartials,
  }
}

/** Where a disk of a machine comes to lie. */
export function imagePath(folder: string, machineName: string, wanted: Pick<Wanted, 'name' | 'format'>): string {
  return path.join(folder, `${fileNameOf(`${machineName}-${wanted.name}`)}.${wanted.format}`)
}

async function createOne(folder: string, machineName: string, wanted: Wanted, signal: AbortSignal): Promise<Image> {
  const file = imagePath(folder, machineName, wanted)
  if (await isTaken(file)) throw new Failure('target-exists', `${file} exists already`)
  const partial = path.join(folder, partialName())
  try {
    const disk = await createImage(partial, wanted.format, wanted.sizeBytes, signal)
    return { name: wanted.name, disk, partial, path: file }
  } catch (thrown) {
    await rm(partial, { force: true })
    throw thrown
  }
}

/** All of them or none: half a machine's disks would be taken for the machine. */
async function appearAll(images: readonly Image[]): Promise<void> {
  const seen: string[] = []
  try {
    for (const image of images) {
      await appear(image.partial, image.path).catch(failed)
      seen.push(image.path)
    }
  } catch (thrown) {
    for (const file of seen) await rm(file, { force: true })
    throw thrown
  }
}

function failed(thrown: unknown): never {
  throw asTargetFailure(thrown)
}

async function syncFile(file: string): Promise<void> {
  await using handle = await open(file, 'r+')
  await handle.sync()
}

/** Answers whether there was none. */
async function makeFolder(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => undefined)
  if (found?.isDirectory() === false) throw new Failure('target-failed', `${folder} is not a folder`)
  return (await mkdir(folder, { recursive: true }).catch(failed)) !== undefined
}

/** True also for a link that leads nowhere: nothing that exists is replaced. */
export async function isTaken(file: string): Promise<boolean> {
  return (await lstat(file).catch(() => undefined)) !== undefined
}
