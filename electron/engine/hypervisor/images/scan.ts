import type { Stats } from 'node:fs'
import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { Failure } from '../../../../shared/failure.ts'
import type { DiskFormat, HostId, MachineId } from '../../../../shared/machine.ts'
import { sentence } from '../../../../shared/sentences.ts'
import { uuidV5 } from '../uuid.ts'

/** An image of a folder. Its format comes from its ending only: what a guest wrote into it must not decide. */
export type ImageFile = {
  /** The disk's name: the file's name without ending. */
  readonly name: string
  readonly path: string
  readonly format: DiskFormat
  /** Why the file must not be opened at all, in one sentence. */
  readonly problem: string | undefined
}

export type FolderMachine = { readonly id: MachineId; readonly name: string; readonly images: readonly ImageFile[] }

const formats: Readonly<Record<string, DiskFormat>> = {
  '.raw': 'raw',
  '.img': 'raw',
  '.qcow2': 'qcow2',
  '.vmdk': 'vmdk',
  '.vhdx': 'vhdx',
  '.vdi': 'vdi',
}

/**
 * The machines of a folder, by name: every image beside its ending, every sub-folder that holds images. Where two entries
 * would have one name (`web.raw`, `web.qcow2`, `web/`), all of them are listed by their full names and none takes over the
 * identity that one of them had alone. Hidden entries, `*.partial`, devices, pipes and sockets are passed over.
 * Fails with `host-unreachable` when the folder cannot be read.
 */
export async function scanFolder(
  folder: string,
  hostId: HostId,
  signal: AbortSignal,
): Promise<readonly FolderMachine[]> {
  const found = await Promise.all((await namesIn(folder)).map((name) => entryOf(folder, name)))
  signal.throwIfAborted()
  const entries = found.filter((entry) => entry !== undefined)
  const machines = entries.map((entry) => {
    const alone = entries.filter(({ name }) => name === entry.name).length === 1
    // No file name holds a slash, so that the two kinds of identity never meet.
    const id = uuidV5(hostId, alone ? entry.name : `/${entry.fullName}`)
    return { id, name: alone ? entry.name : entry.fullName, images: entry.images }
  })
  return machines.toSorted(byName)
}

type Entry = { readonly name: string; readonly fullName: string; readonly images: readonly ImageFile[] }

type FileName = { readonly text: string; readonly wellFormed: boolean }

async function namesIn(folder: string): Promise<readonly FileName[]> {
  try {
    const names = await readdir(folder, { encoding: 'buffer' })
    const texts = names.map((bytes) => ({
      text: bytes.toString(),
      wellFormed: Buffer.from(bytes.toString()).equals(bytes),
    }))
    return texts.filter(({ text }) => !text.startsWith('.') && !text.endsWith('.partial'))
  } catch (thrown) {
    throw new Failure('host-unreachable', `${folder} cannot be read: ${String(thrown)}`, { cause: thrown })
  }
}

async function entryOf(folder: string, file: FileName): Promise<Entry | undefined> {
  const image = await imageOf(folder, folder, file)
  if (image !== undefined) return { name: image.name, fullName: file.text, images: [image] }
  const inner = path.join(folder, file.text)
  const found = await look(folder, inner)
  if (!found?.stats?.isDirectory()) return undefined
  const images = found.outside ? [outsideFolder(file.text, inner)] : await imagesIn(folder, inner)
  return images.length === 0 ? undefined : { name: file.text, fullName: `${file.text}/`, images }
}

async function imagesIn(root: string, folder: string): Promise<readonly ImageFile[]> {
  const names = await namesIn(folder).catch(() => [])
  const found = await Promise.all(names.map((name) => imageOf(root, folder, name)))
  const images = found.filter((image) => image !== undefined)
  const named = images.map((image) => {
    const alone = images.filter(({ name }) => name === image.name).length === 1
    return alone ? image : { ...image, name: path.basename(image.path) }
  })
  return named.toSorted(byName)
}

/** Undefined for everything that is not named as an image or is no regular file. */
async function imageOf(root: string, folder: string, file: FileName): Promise<ImageFile | undefined> {
  const { name, ext } = path.parse(file.text)
  const format = formats[ext.toLowerCase()]
  if (format === undefined) return undefined
  const image = { name, format, path: path.join(folder, file.text), problem: undefined }
  if (!file.wellFormed) return { ...image, problem: sentence('image-name-broken') }
  const found = await look(root, image.path)
  if (found === undefined || found.stats?.isDirectory()) return undefined
  if (found.outside) return { ...image, problem: sentence('image-links-out') }
  if (found.stats === undefined) return { ...image, problem: sentence('image-links-nowhere') }
  return found.stats.isFile() ? image : undefined
}

type Look = { readonly outside: boolean; readonly stats: Stats | undefined }

/** What lies behind a name, links followed; `outside` when it does not lie in `root`. Undefined when there is no such name. */
async function look(root: string, file: string): Promise<Look | undefined> {
  const own = await lstat(file).catch(() => undefined)
  if (!own?.isSymbolicLink()) return own && { outside: false, stats: own }
  const target = await realpath(file).catch(() => undefined)
  if (target === undefined) return { outside: false, stats: undefined }
  const outside = !target.startsWith(path.join(await realpath(root), path.sep))
  return { outside, stats: await stat(file).catch(() => undefined) }
}

function outsideFolder(name: string, inner: string): ImageFile {
  return { name, path: inner, format: 'raw', problem: sentence('folder-links-out') }
}

/** By code units, so that the order does not depend on a language. */
function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  if (a.name === b.name) return 0
  return a.name < b.name ? -1 : 1
}
