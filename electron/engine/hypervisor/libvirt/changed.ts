import { type Extents, union } from '../../disk/extents.ts'
import type { NbdDisk } from '../../disk/nbd/client.ts'
import type { Base } from './plan.ts'

/** What the bitmap names, and all that lies past the end that the disk had at the base: a bitmap need not cover growth. */
export async function changedSince(base: Base, disk: NbdDisk, context: string, signal: AbortSignal): Promise<Extents> {
  return union([...(await disk.dirty(context, signal)), { start: base.sizeBytes, end: disk.sizeBytes }])
}
