import type { Bottleneck, Run } from '../../shared/job.ts'
import type { Host, Machine } from '../../shared/machine.ts'
import type { Cause, Consistency, How, Method } from '../../shared/point.ts'
import type { Repository } from '../../shared/repository.ts'

/** A short word for a badge and a sentence for whoever hovers or asks. */
export type Word = { readonly word: string; readonly meaning: string }

/** A text for every value of every closed list in the contract: a value without one does not compile. */
export type Facts = {
  readonly method: Readonly<Record<Method, Word>>
  readonly how: Readonly<Record<How, Word>>
  readonly cause: Readonly<Record<Cause, string>>
  readonly consistency: Readonly<Record<Consistency, Word>>
  readonly machineState: Readonly<Record<Machine['state'] | 'gone', string>>
  readonly hostState: Readonly<Record<Host['state'], string>>
  readonly hostKind: Readonly<Record<Host['address']['kind'], string>>
  readonly repositoryState: Readonly<Record<Repository['state'], string>>
  readonly runKind: Readonly<Record<Run['kind'], string>>
  readonly runState: Readonly<Record<Run['state'], string>>
  readonly bottleneck: Readonly<Record<Bottleneck, string>>
}

export const factsEn: Facts = {
  method: {
    full: {
      word: 'Full',
      meaning: 'Reads every allocated block. Blocks that are already stored are not stored again.',
    },
    incremental: {
      word: 'Incremental',
      meaning: 'Reads what changed since the last point. The first point reads everything.',
    },
    differential: { word: 'Differential', meaning: 'Reads what changed since the last full point.' },
  },
  how: {
    full: { word: 'read in full', meaning: 'Every allocated block was read.' },
    bitmap: { word: 'changed blocks', meaning: 'Only the blocks that the hypervisor had marked as changed were read.' },
    compare: {
      word: 'compared',
      meaning: 'Everything was read and compared with what was stored; only differences were sent.',
    },
  },
  cause: {
    'bitmap-usable': 'The hypervisor’s record of changed blocks was complete.',
    'first-point': 'This is the machine’s first point in this repository.',
    'asked-full': 'A full backup was asked for.',
    'bitmap-broken': 'The record of changed blocks was damaged or incomplete, as after a crash of the hypervisor.',
    'checkpoint-missing': 'The checkpoint of the last point is no longer on the host.',
    'checkpoint-forked':
      'The machine went back to a snapshot since the last point, so the record of changes does not fit.',
    'base-point-missing': 'The point this one would build on is no longer in the repository.',
    'disk-added': 'The disk is new since the last point.',
    'format-without-bitmaps': 'Disks of this format cannot record changes; qcow2 can.',
    'qcow2-version-2': 'qcow2 of version 2 cannot record changes; “qemu-img amend -o compat=1.1” mends that.',
    'image-folder': 'Images in a folder have no hypervisor that records changes.',
    'machine-off': 'The machine was off; nothing recorded changes.',
    'machine-transient': 'The host forgets this machine when it stops, and its record of changes with it.',
    'size-shrunk': 'The disk is smaller than at the last point.',
  },
  consistency: {
    crash: { word: 'crash-consistent', meaning: 'As after a power cut: the guest was not asked to quiesce.' },
    'file-system': { word: 'file systems quiet', meaning: 'The guest agent froze the file systems for a moment.' },
    off: { word: 'machine off', meaning: 'The machine was switched off.' },
  },
  machineState: { running: 'Running', paused: 'Paused', off: 'Off', other: 'Other', gone: 'On no host' },
  hostState: { connected: 'Connected', connecting: 'Connecting', unreachable: 'Unreachable' },
  hostKind: { libvirt: 'libvirt', images: 'Image folder' },
  repositoryState: { open: 'Open', locked: 'Locked', unreachable: 'Unreachable' },
  runKind: { backup: 'Backup', restore: 'Restore', verify: 'Verify' },
  runState: {
    queued: 'Queued',
    running: 'Running',
    cancelling: 'Cancelling',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  bottleneck: { source: 'source', processing: 'processing', repository: 'repository', target: 'target' },
}
