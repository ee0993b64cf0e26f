import type { RestoreTarget } from '../../shared/contract.ts'
import type { DiskFormat, Machine } from '../../shared/machine.ts'
import { visible } from '../text/visible.ts'

/** Everything the restore dialog may hold, for all three targets at once: changing one's mind loses nothing typed. */
export type RestoreForm = {
  readonly kind: RestoreTarget['kind']
  readonly name: string
  readonly hostId: string | undefined
  readonly storage: string
  readonly folder: string
  readonly format: DiskFormat
  /** Absent: all disks. */
  readonly disk: string | undefined
  /** The name of the machine, typed to confirm that its disks will be overwritten. */
  readonly confirmation: string
}

/** Answers what to ask of the engine, or nothing while something is missing. `machine` is the one to overwrite. */
export function targetOf(form: RestoreForm, machine: Machine | undefined): RestoreTarget | undefined {
  switch (form.kind) {
    case 'new-machine': {
      const name = form.name.trim()
      if (name === '' || form.hostId === undefined) return undefined
      const storage = form.storage.trim()
      return { kind: 'new-machine', name, hostId: form.hostId, ...(storage === '' ? {} : { storage }) }
    }
    case 'images': {
      const folder = form.folder.trim()
      if (folder === '') return undefined
      const { format, disk } = form
      return { kind: 'images', folder, format, ...(disk === undefined ? {} : { disk }) }
    }
    case 'in-place':
      return mayOverwrite(form, machine) ? { kind: 'in-place' } : undefined
  }
}

/** A name with marks that no keyboard has is typed as it is shown. */
function mayOverwrite(form: RestoreForm, machine: Machine | undefined): boolean {
  if (machine?.state !== 'off') return false
  return form.confirmation === machine.name || form.confirmation === visible(machine.name)
}
