import { Failure } from '../../../../shared/failure.ts'
import { refuse } from './snapshot-act.ts'
import { internalImage, readTable } from './snapshot-size.ts'
import type { SnapshotRecord } from './snapshot-xml.ts'

/**
 * QEMU looks for a snapshot by its own number for it before it looks for the name: asked for a snapshot named "2" it takes
 * the second one made (tried on QEMU 7.2: the machine came back with the content of the other). Of two that have the same
 * name it takes the first. Such names of internal snapshots are refused; an image that cannot be read is left to QEMU.
 */
export async function refuseAmbiguous({ name, disks }: SnapshotRecord): Promise<void> {
  for (const path of disks.flatMap(internalImage)) {
    const alike = ((await readTable(path)) ?? []).filter((each) => each.name === name || each.id === name)
    if (alike.length > 1)
      throw refuse('name-ambiguous', `${path} holds ${alike.length} snapshots that QEMU finds under ${name}.`)
  }
}

/** libvirt would end the machine before it learns from QEMU that there is nothing to go back to. Fails with `snapshot-not-found`. */
export async function needInImages({ name, disks }: SnapshotRecord): Promise<void> {
  for (const path of disks.flatMap(internalImage)) {
    const table = await readTable(path)
    if (table !== undefined && !table.some((each) => each.name === name))
      throw new Failure('snapshot-not-found', `${path} holds no snapshot ${name}, though libvirt has it in its list`)
  }
}
