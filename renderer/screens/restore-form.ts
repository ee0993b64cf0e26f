import type { RestoreTarget } from '../../shared/contract.ts'
import type { DiskFormat, Host, Machine } from '../../shared/machine.ts'
import { visible } from '../text/visible.ts'

/** Everything the restore wizard may hold, for all three targets at once: changing one's mind loses nothing typed. */
export type RestoreForm = {
  readonly kind: RestoreTarget['kind']
  readonly name: string
  readonly hostId: string | undefined
  readonly storage: string
  readonly start: boolean
  readonly folder: string
  readonly format: DiskFormat
  /** Absent: the whole machine. */
  readonly disks: readonly string[] | undefined
  /** Take a point of the machine as it is before it is overwritten. */
  readonly undoFirst: boolean
  /** The name of the machine, typed to confirm that its disks will be overwritten. */
  readonly confirmation: string
}

/** A new machine where that can be: it harms nothing. It goes to the original's host if that can take it. */
export function firstForm(name: string, hosts: readonly Host[], machine: Machine | undefined): RestoreForm {
  const host = hosts.find(({ id }) => id === machine?.hostId) ?? hosts[0]
  return {
    kind: host === undefined ? 'images' : 'new-machine',
    name,
    hostId: host?.id,
    storage: '',
    start: false,
    folder: '',
    format: 'qcow2',
    disks: undefined,
    undoFirst: true,
    confirmation: '',
  }
}

/** Hosts on which a machine can be made. */
export function makingHosts(hosts: readonly Host[]): readonly Host[] {
  return hosts.filter(({ address, state }) => address.kind === 'libvirt' && state === 'connected')
}

/** `wanted`, or with the first number behind it that no machine of that host has: `web-restored-2`. */
export function freeName(wanted: string, hostId: string | undefined, machines: readonly Machine[]): string {
  const taken = new Set(machines.filter((machine) => machine.hostId === hostId).map(({ name }) => name))
  if (!taken.has(wanted)) return wanted
  let number = 2
  while (taken.has(`${wanted}-${number}`)) number++
  return `${wanted}-${number}`
}

/** A new machine is made of all disks: with chosen ones image files are meant until something else is said. */
export function kindOf({ kind, disks }: RestoreForm): RestoreTarget['kind'] {
  return kind === 'new-machine' && disks !== undefined ? 'images' : kind
}

/** Answers what to ask of the engine, or nothing while something is missing. */
export function targetOf(form: RestoreForm): RestoreTarget | undefined {
  if (form.disks?.length === 0) return undefined
  const chosen = form.disks === undefined ? {} : { disks: [...form.disks] }
  switch (kindOf(form)) {
    case 'new-machine':
      return newMachineOf(form)
    case 'images': {
      const folder = form.folder.trim()
      return folder === '' ? undefined : { kind: 'images', folder, format: form.format, ...chosen }
    }
    case 'in-place':
      return { kind: 'in-place', ...chosen, ...(form.undoFirst ? {} : { withoutUndo: true }) }
  }
}

function newMachineOf(form: RestoreForm): RestoreTarget | undefined {
  const name = form.name.trim()
  if (name === '' || form.hostId === undefined) return undefined
  const storage = form.storage.trim()
  return {
    kind: 'new-machine',
    name,
    hostId: form.hostId,
    ...(storage === '' ? {} : { storage }),
    ...(form.start ? { start: true } : {}),
  }
}

/**
 * Nothing is overwritten before the very name was typed; other targets need no confirmation. A name with marks that no
 * keyboard has is typed as it is shown.
 */
export function isConfirmed(form: RestoreForm, machineName: string): boolean {
  if (kindOf(form) !== 'in-place') return true
  return form.confirmation === machineName || form.confirmation === visible(machineName)
}
