import { virsh } from './virsh.ts'

/** Stops and forgets a domain with its checkpoints, snapshots and NVRAM. Does nothing when it is not there. */
export async function removeDomain(uuid: string): Promise<void> {
  await virsh('destroy', uuid).catch(() => undefined)
  if (!(await virsh('list', '--all', '--uuid')).includes(uuid)) return
  await virsh('undefine', uuid, '--nvram', '--checkpoints-metadata', '--snapshots-metadata', '--managed-save')
}
