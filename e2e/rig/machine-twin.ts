import { cut, union } from '../../electron/engine/disk/extents.ts'
import type { NewMachine, RestoreSession } from '../../electron/engine/hypervisor/hypervisor.ts'
import { never, type TakenPoint } from './protect.ts'

/** Writes a point's disks into those of a restore, as the restore job would. */
export async function fill(session: Pick<RestoreSession, 'disks'>, point: TakenPoint): Promise<void> {
  for (const { name, disk } of session.disks) {
    const image = point.images.get(name)
    if (image === undefined) throw new Error(`The point has no disk ${name}`)
    for (const { start, end } of cut(union([{ start: 0, end: image.length }]), 1 << 20))
      await disk.write(start, image.subarray(start, end), never)
  }
}

/** A machine to be made from a point under another name. */
export function machineFrom(
  point: TakenPoint,
  name: string,
  definition: string | undefined,
  storage: string,
): NewMachine {
  const disks = point.disks.map((disk) => ({ ...disk, format: 'qcow2' as const }))
  return { name, definition, attachments: [], disks, storage }
}
