import { open, rm } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../shared/failure.ts'
import type { DiskFormat } from '../../../shared/machine.ts'
import { RunError, run } from '../base/run.ts'
import type { WritableDisk } from './disk.ts'
import { type Extents, union } from './extents.ts'
import { type ImageInfo, type ImageLink, readImageHeader } from './image-header.ts'
import { serveImage } from './image-server.ts'
import type { NbdDisk } from './nbd/client.ts'
import { asTargetFailure, createRawFile, openRawFile } from './raw-image.ts'

export type { ImageInfo, ImageLink }

export type ImageOptions = {
  /** Without it, writes fail. */
  readonly writable?: boolean
  /** Images below the one to open, down to the base, from a source that can be trusted. By default a backing file is refused. */
  readonly backing?: readonly ImageLink[]
  /** A persistent qcow2 bitmap, offered as meta context `qemu:dirty-bitmap:NAME`. */
  readonly bitmap?: string
}

/**
 * Opens an image file as the disk it holds, in the format that the caller names. A raw image is read by its own file; all
 * else goes through a `qemu-nbd` child, as does writing to an existing raw image, for QEMU's locks and its holes.
 *
 * QEMU's locks refuse all that a running machine forbids, except reading a raw image: that goes past them.
 * Fails with `disk-hostile` (it refers to another file), `disk-unsupported` (not of this format, or a variant that is not
 * served), `disk-unreadable`, `machine-busy` (a running QEMU holds it), `tool-missing`.
 */
export function openImage(
  file: string,
  format: 'qcow2',
  options: ImageOptions & { readonly bitmap: string },
  signal: AbortSignal,
): Promise<NbdDisk>
export function openImage(
  file: string,
  format: DiskFormat,
  options: ImageOptions,
  signal: AbortSignal,
): Promise<WritableDisk>
export async function openImage(
  file: string,
  format: DiskFormat,
  options: ImageOptions,
  signal: AbortSignal,
): Promise<WritableDisk> {
  signal.throwIfAborted()
  const chain: readonly ImageLink[] = [{ path: file, format }, ...(options.backing ?? [])]
  const writable = options.writable ?? false
  const info = await checkLink({ path: file, format }, chain[1])
  for (const [index, link] of chain.entries()) if (index > 0) await checkLink(link, chain[index + 1])
  if (writable && !info.rewritable) throw new Failure('disk-unsupported', `${file} can only be read`)
  if (format !== 'raw') return await serveImage(chain, { writable, bitmap: options.bitmap }, signal)
  if (!writable) return await openRawFile(file, (asked) => rawAllocation(file, asked))
  return await serveImage(chain, { writable, bitmap: undefined, sizeBytes: info.sizeBytes }, signal)
}

/**
 * Makes an image that reads as zeroes and opens it for writing. Formats other than raw count in sectors: the disk may be up
 * to 511 bytes longer than asked. Fails with `target-exists` (whatever lies there), `no-space`, `target-failed`,
 * `tool-missing`; then nothing is left.
 */
export async function createImage(
  file: string,
  format: DiskFormat,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<WritableDisk> {
  signal.throwIfAborted()
  if (format === 'raw') return await createRawFile(file, sizeBytes, (asked) => rawAllocation(file, asked))
  await reserve(file)
  try {
    await makeImage(file, format, sizeBytes, signal)
    return endingAt(sizeBytes, await openImage(file, format, { writable: true }, signal))
  } catch (thrown) {
    await rm(file, { force: true })
    throw thrown
  }
}

/** What an image's header says, read by ourselves. Fails as `openImage` does for an image without trusted backing. */
export async function imageInfo(file: string, format: DiskFormat, signal: AbortSignal): Promise<ImageInfo> {
  signal.throwIfAborted()
  return await readImageHeader({ path: file, format }, false)
}

/** Given backing must be what the image wants too: QEMU would put it below one that stands alone without a word. */
async function checkLink(link: ImageLink, below: ImageLink | undefined): Promise<ImageInfo> {
  const info = await readImageHeader(link, below !== undefined)
  if (below === undefined || info.backingFile !== undefined) return info
  throw new Failure('disk-unsupported', `${link.path} stands alone, but is said to lie on ${below.path}`)
}

/**
 * Holes of a raw file. Node has no lseek; `qemu-nbd` tells them in a few milliseconds. Without it the whole file counts.
 */
async function rawAllocation(file: string, signal: AbortSignal): Promise<Extents> {
  const link: ImageLink = { path: file, format: 'raw' }
  const { sizeBytes } = await readImageHeader(link, false)
  try {
    await using disk = await serveImage([link], { writable: false, bitmap: undefined, sizeBytes }, signal)
    return await disk.allocated(signal)
  } catch (thrown) {
    if (!(thrown instanceof Failure) || thrown.code !== 'tool-missing') throw thrown
    return union([{ start: 0, end: sizeBytes }])
  }
}

/** Not every format can write part of a sector: what ends at the asked size is filled up with the zeroes behind it. */
function endingAt(sizeBytes: number, disk: WritableDisk): WritableDisk {
  if (disk.sizeBytes === sizeBytes) return disk
  return {
    ...disk,
    async write(offset, bytes, signal) {
      if (offset + bytes.length !== sizeBytes) return await disk.write(offset, bytes, signal)
      const whole = new Uint8Array(disk.sizeBytes - offset)
      whole.set(bytes)
      await disk.write(offset, whole, signal)
    },
  }
}

async function reserve(file: string): Promise<void> {
  try {
    await (await open(file, 'wx', 0o600)).close()
  } catch (thrown) {
    throw asTargetFailure(thrown)
  }
}

const variants: Readonly<Record<Exclude<DiskFormat, 'raw'>, string>> = {
  qcow2: 'compat=1.1',
  vmdk: 'subformat=monolithicSparse',
  vhdx: 'subformat=dynamic',
  vdi: 'static=off',
}

async function makeImage(
  file: string,
  format: Exclude<DiskFormat, 'raw'>,
  sizeBytes: number,
  signal: AbortSignal,
): Promise<void> {
  const args = ['create', '-q', '-f', format, '-o', variants[format], '--', path.resolve(file), String(sizeBytes)]
  try {
    await run('qemu-img', args, {}, signal)
  } catch (thrown) {
    if (!(thrown instanceof RunError)) throw thrown
    const full = /No space left|quota exceeded/i.test(thrown.stderr)
    throw new Failure(full ? 'no-space' : 'target-failed', thrown.message, { cause: thrown })
  }
}
