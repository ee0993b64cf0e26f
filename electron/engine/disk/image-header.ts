import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../../../shared/failure.ts'
import type { DiskFormat } from '../../../shared/machine.ts'
import type { HeaderSource, ImageInfo } from './headers/header.ts'
import { parseQcow2 } from './headers/qcow2.ts'
import { parseVdi } from './headers/vdi.ts'
import { parseVhdx } from './headers/vhdx.ts'
import { parseVmdk } from './headers/vmdk.ts'
import { openRegular } from './regular-file.ts'

export type { ImageInfo }

/** One image of a chain as a trusted source tells it (the domain XML), never as the image does. */
export type ImageLink = { readonly path: string; readonly format: DiskFormat }

/** Beyond every file system and every format's own limit that QEMU can serve; sums of offsets stay exact numbers. */
const maxImageBytes = 2 ** 50

/**
 * Reads an image's header in the format that the caller names; nothing is probed. Fails with `disk-hostile` when the image
 * refers to another file, with `disk-unsupported` when it is not of that format or of a variant that is not served, and with
 * `disk-unreadable` when the file cannot be read.
 */
export async function readImageHeader(link: ImageLink, backingAllowed: boolean): Promise<ImageInfo> {
  const handle = await openRegular(link.path)
  try {
    const info = await parse(await sourceOf(link.path, handle), link.format, backingAllowed)
    if (info.sizeBytes <= maxImageBytes) return info
    throw new Failure('disk-unsupported', `${info.sizeBytes} bytes are more than a disk can have`)
  } catch (thrown) {
    if (thrown instanceof Failure) throw new Failure(thrown.code, `${link.path}: ${thrown.message}`, { cause: thrown })
    throw thrown
  } finally {
    await handle.close()
  }
}

async function parse(source: HeaderSource, format: DiskFormat, backingAllowed: boolean): Promise<ImageInfo> {
  switch (format) {
    case 'raw':
      return { sizeBytes: source.sizeBytes, rewritable: true }
    case 'qcow2':
      return await parseQcow2(source, backingAllowed)
    case 'vmdk':
      return await parseVmdk(source)
    case 'vhdx':
      return await parseVhdx(source)
    case 'vdi':
      return await parseVdi(source)
  }
}

async function sourceOf(path: string, handle: FileHandle): Promise<HeaderSource> {
  const { size } = await handle.stat()
  return {
    sizeBytes: size,
    async read(offset, lengthBytes) {
      const bytes = Buffer.alloc(Math.max(0, Math.min(lengthBytes, size - offset)))
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset).catch((thrown: unknown) => {
        throw new Failure('disk-unreadable', String(thrown), { cause: thrown })
      })
      if (bytesRead < bytes.length) throw new Failure('disk-unreadable', `${path} shrank while it was read`)
      return bytes
    },
  }
}
