import type { FileHandle } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import { openRegular } from '../../disk/regular-file.ts'

/** Source of all offsets here: QEMU's docs/interop/qcow2.txt, from "Header" to "Bitmap directory". */
const magic = 0x514649fb
const headBytes = 104
const extensionIds = { end: 0, backingFormat: 0xe2792aca, bitmaps: 0x23852875 } as const
/** QEMU's own limit. */
const maxSnapshots = 65_536
/** Names have at most 255 bytes in QEMU, ids a few digits. */
const usualEntryBytes = 512
const entryHeadBytes = 40
/** QEMU's own limit of a bitmap directory is 64 MiB; no image of ours has a thousandth of that. */
const maxDirectoryBytes = 1 << 20
const bitmapHeadBytes = 24

/** An entry of an image's own table, whoever made it. */
export type ImageSnapshot = {
  /** QEMU's number for it. */
  readonly id: string
  readonly name: string
  /** What the guest had in its memory; 0 where it was off, and in all disks but one. */
  readonly stateBytes: number
}

export type Qcow2Facts = {
  readonly snapshots: readonly ImageSnapshot[]
  /** What lies below, where the header names its format too: libvirt follows no other. */
  readonly backing: { readonly path: string; readonly format: string } | undefined
  /** Names of all persistent bitmaps, whole or not. */
  readonly bitmaps: ReadonlySet<string>
}

/**
 * What a qcow2 image says of its snapshots and of the image below it, read while QEMU may be writing: a table caught in the
 * middle of a change ends early. Fails with `disk-unreadable`, or `disk-unsupported` for what is no qcow2 image.
 */
export async function readQcow2Facts(path: string): Promise<Qcow2Facts> {
  const handle = await openRegular(path)
  try {
    const head = await readAt(handle, 0, headBytes)
    if (head.length < headBytes || head.readUInt32BE(0) !== magic)
      throw new Failure('disk-unsupported', `${path} is not a qcow2 image`)
    const extensions = await readExtensions(handle, head)
    return {
      snapshots: await readTable(handle, head),
      backing: await readBacking(handle, head, extensions.get(extensionIds.backingFormat)),
      bitmaps: await readBitmapNames(handle, extensions.get(extensionIds.bitmaps)),
    }
  } finally {
    await handle.close()
  }
}

async function readTable(handle: FileHandle, head: Buffer): Promise<readonly ImageSnapshot[]> {
  const count = Math.min(head.readUInt32BE(60), maxSnapshots)
  if (count === 0) return []
  const table = await readAt(handle, Number(head.readBigUInt64BE(64)), count * usualEntryBytes)
  const found: ImageSnapshot[] = []
  for (let at = 0; found.length < count && at + entryHeadBytes <= table.length; ) {
    const idAt = at + entryHeadBytes + table.readUInt32BE(at + 36)
    const nameAt = idAt + table.readUInt16BE(at + 12)
    const end = nameAt + table.readUInt16BE(at + 14)
    if (end > table.length) break
    const id = table.toString('utf8', idAt, nameAt)
    found.push({ id, name: table.toString('utf8', nameAt, end), stateBytes: stateBytesOf(table, at) })
    at += Math.ceil((end - at) / 8) * 8
  }
  return found
}

/** The first 8 bytes of the extra data replace the 32-bit size where they are there. */
function stateBytesOf(table: Buffer, at: number): number {
  const hasExtra = table.readUInt32BE(at + 36) >= 8 && at + entryHeadBytes + 8 <= table.length
  return hasExtra ? Number(table.readBigUInt64BE(at + entryHeadBytes)) : table.readUInt32BE(at + 32)
}

async function readBacking(
  handle: FileHandle,
  head: Buffer,
  format: Buffer | undefined,
): Promise<Qcow2Facts['backing']> {
  const lengthBytes = head.readUInt32BE(16)
  if (format === undefined || head.readBigUInt64BE(8) === 0n || lengthBytes === 0 || lengthBytes > 1023)
    return undefined
  const path = (await readAt(handle, Number(head.readBigUInt64BE(8)), lengthBytes)).toString('utf8')
  return { path, format: format.toString('utf8') }
}

async function readExtensions(handle: FileHandle, head: Buffer): Promise<ReadonlyMap<number, Buffer>> {
  const start = head.readUInt32BE(4) === 2 ? 72 : head.readUInt32BE(100)
  const area = await readAt(handle, start, 4096)
  const found = new Map<number, Buffer>()
  for (let at = 0; at + 8 <= area.length; ) {
    const [id, lengthBytes] = [area.readUInt32BE(at), area.readUInt32BE(at + 4)]
    if (id === extensionIds.end) break
    found.set(id, area.subarray(at + 8, at + 8 + lengthBytes))
    at += 8 + Math.ceil(lengthBytes / 8) * 8
  }
  return found
}

async function readBitmapNames(handle: FileHandle, extension: Buffer | undefined): Promise<ReadonlySet<string>> {
  const names = new Set<string>()
  if (extension === undefined || extension.length < 24) return names
  const lengthBytes = Math.min(Number(extension.readBigUInt64BE(8)), maxDirectoryBytes)
  const directory = await readAt(handle, Number(extension.readBigUInt64BE(16)), lengthBytes)
  for (let at = 0; at + bitmapHeadBytes <= directory.length; ) {
    const nameAt = at + bitmapHeadBytes + directory.readUInt32BE(at + 20)
    const end = nameAt + directory.readUInt16BE(at + 18)
    names.add(directory.toString('utf8', nameAt, end))
    at += Math.ceil((end - at) / 8) * 8
  }
  return names
}

/** Fewer bytes where the file ends before. */
async function readAt(handle: FileHandle, offset: number, lengthBytes: number): Promise<Buffer> {
  const { size } = await handle.stat()
  const bytes = Buffer.alloc(Math.max(0, Math.min(lengthBytes, size - offset)))
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, offset).catch((thrown: unknown) => {
    throw new Failure('disk-unreadable', String(thrown), { cause: thrown })
  })
  return bytes.subarray(0, bytesRead)
}
