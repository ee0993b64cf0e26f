import { stat } from 'node:fs/promises'
import { Failure } from '../../../../shared/failure.ts'
import { type ImageSnapshot, readQcow2Facts } from './qcow2-facts.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'

/** Tables of the images that hold internal snapshots, each read once; undefined for an image that cannot be read. */
export type ImageTables = ReadonlyMap<string, readonly ImageSnapshot[] | undefined>

export async function readTables(records: readonly SnapshotRecord[]): Promise<ImageTables> {
  const images = records.flatMap(({ disks }) => disks.flatMap(internalImage))
  const read = [...new Set(images)].map(async (path) => [path, await readTable(path)] as const)
  return new Map(await Promise.all(read))
}

/** The image that holds the disk's part of an internal snapshot; none for other snapshots. */
export function internalImage({ location, image }: SnapshotRecord['disks'][number]): readonly string[] {
  return location === 'internal' && image !== undefined ? [image] : []
}

/** An image's own list of snapshots; undefined when the image cannot be read. */
export async function readTable(path: string): Promise<readonly ImageSnapshot[] | undefined> {
  try {
    return (await readQcow2Facts(path)).snapshots
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/**
 * What a snapshot takes: the memory inside an image, or the files of its own. The clusters that an internal one keeps of its
 * disk cannot be told without reading the whole image, so one without memory has no size.
 */
export async function sizeOf(record: SnapshotRecord, tables: ImageTables): Promise<number | undefined> {
  const inside = record.disks
    .flatMap(internalImage)
    .flatMap((path) => tables.get(path)?.find(({ name }) => name === record.name)?.stateBytes ?? 0)
  const files = [record.memoryPath, ...record.disks.map(({ overlay }) => overlay)].filter((path) => path !== undefined)
  const sizes = await Promise.all(files.map(allocatedBytes))
  const sum = [...inside, ...sizes].reduce((total, bytes) => total + bytes, 0)
  return sum === 0 ? undefined : sum
}

/** On the host's file system (stat counts blocks of 512 bytes); 0 for a file that is not there or not on this host. */
async function allocatedBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined)
  return found?.isFile() ? found.blocks * 512 : 0
}
