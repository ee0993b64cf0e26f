import { Failure, type FailureCode, isAbort } from '../../../../shared/failure.ts'
import { sentence } from '../../../../shared/sentences.ts'
import { imageInfo } from '../../disk/image.ts'
import type { HostMachine } from '../hypervisor.ts'
import type { FolderMachine, ImageFile } from './scan.ts'

/** What an image's header says without anything being opened on its behalf. */
export type Inspected =
  | { readonly kind: 'usable'; readonly sizeBytes: number }
  | { readonly kind: 'refused'; readonly code: FailureCode; readonly problem: string }

export async function inspect(image: ImageFile, signal: AbortSignal): Promise<Inspected> {
  if (image.problem !== undefined) return { kind: 'refused', code: 'disk-hostile', problem: image.problem }
  try {
    const { sizeBytes } = await imageInfo(image.path, image.format, signal)
    if (sizeBytes > 0) return { kind: 'usable', sizeBytes }
    return { kind: 'refused', code: 'disk-unsupported', problem: sentence('image-empty') }
  } catch (thrown) {
    if (isAbort(thrown)) throw thrown
    if (thrown instanceof Failure)
      return { kind: 'refused', code: thrown.code, problem: sentence('image-refused', { message: thrown.message }) }
    return {
      kind: 'refused',
      code: 'disk-unreadable',
      problem: sentence('image-unreadable', { message: String(thrown) }),
    }
  }
}

/** Nothing runs from a folder. */
export async function listed(machine: FolderMachine, signal: AbortSignal): Promise<HostMachine> {
  const disks = machine.images.map(async (image) => {
    const { name, format, path } = image
    const inspected = await inspect(image, signal)
    return inspected.kind === 'usable'
      ? { name, format, path, sizeBytes: inspected.sizeBytes }
      : { name, format, path, problem: inspected.problem }
  })
  const { id, name } = machine
  const standing = { state: 'off', transient: false, snapshotRefusal: 'host-without-snapshots' } as const
  return { id, name, ...standing, snapshots: [], disks: await Promise.all(disks) }
}
