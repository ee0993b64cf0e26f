import path from 'node:path'
import { MiB } from '../../../../shared/units.ts'
import type { Extent } from '../../disk/extents.ts'
import { openImage } from '../../disk/image.ts'
import { tracedDisk } from '../damage.rig.ts'
import type { FileSystem } from '../guest.ts'
import { mounted, scratchFolder, sparseFile, tool } from '../mounted.rig.ts'
import { assertTruth } from '../truth.rig.ts'
import { openExt } from './ext.ts'

export type Planted = AsyncDisposable & {
  readonly file: string
  /** `onRead` is told of every range of the image that the reader reads. */
  open(signal: AbortSignal, onRead?: (range: Extent) => void): Promise<FileSystem>
  /** Holds what is read against what the kernel shows of the image, or of a copy of it that the kernel may mend. */
  compare(fileSystem: FileSystem, atLeast: number, signal: AbortSignal): Promise<void>
}

export type PlantOptions = {
  readonly sizeBytes?: number
  readonly mountOptions?: readonly string[]
  /** The image as it lies there while it is mounted, as a backup sees it; else as unmounting leaves it. */
  readonly whileMounted?: boolean
  readonly beforeMount?: (file: string) => Promise<unknown>
}

/** A volume made by mke2fs with the label 标签, mounted, and filled; what `fill` gives is held until the image is taken. */
export async function planted(
  mkfs: readonly string[],
  fill: (folder: string) => Promise<unknown>,
  { sizeBytes = 200 * MiB, mountOptions = [], whileMounted = false, beforeMount }: PlantOptions = {},
): Promise<Planted> {
  await using started = new AsyncDisposableStack()
  const { folder } = started.use(await scratchFolder('ext'))
  const [made, copy, point] = ['made', 'copy', 'mount'].map((name) => path.join(folder, name)) as [
    string,
    string,
    string,
  ]
  await sparseFile(made, sizeBytes)
  await tool('mke2fs', ['-q', '-F', '-L', '标签', ...mkfs, made])
  await beforeMount?.(made)
  {
    await using mount = await mounted(made, point, { options: mountOptions })
    await using held = new AsyncDisposableStack()
    const filled = await fill(mount.folder)
    if (isDisposable(filled)) held.use(filled)
    if (whileMounted) await copySparse(made, copy)
  }
  const file = whileMounted ? copy : made
  const owned = started.move()
  return {
    file,
    async open(signal, onRead = () => {}) {
      return await openExt(tracedDisk(owned.use(await openImage(file, 'raw', {}, signal)), onRead), signal)
    },
    async compare(fileSystem, atLeast, signal) {
      const mended = path.join(folder, 'mended')
      if (whileMounted) await copySparse(copy, mended)
      const [image, access] = whileMounted ? [mended, 'rw'] : [file, 'ro']
      await using mount = await mounted(image, point, { options: [access, 'noatime'] })
      await assertTruth(fileSystem, mount.folder, { atLeast }, signal)
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function copySparse(from: string, to: string): Promise<void> {
  await tool('cp', ['--sparse=always', from, to])
}

function isDisposable(value: unknown): value is AsyncDisposable {
  return typeof value === 'object' && value !== null && Symbol.asyncDispose in value
}
