import type { DayResult } from '../../shared/history.ts'
import type { Bottleneck, Run } from '../../shared/job.ts'
import type { Host, Machine, SnapshotRefusal } from '../../shared/machine.ts'
import type { Obstacle } from '../../shared/plan.ts'
import type { Cause, Consistency, How, Method } from '../../shared/point.ts'
import type { ProtectionReason, ProtectionState } from '../../shared/protection.ts'
import type { Repository } from '../../shared/repository.ts'
import type { KeepReason } from '../../shared/retention.ts'

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
  readonly protection: Readonly<Record<ProtectionState, string>>
  readonly protectionReason: Readonly<Record<ProtectionReason, string>>
  readonly dayResult: Readonly<Record<DayResult, string>>
  readonly keepReason: Readonly<Record<KeepReason, string>>
  readonly obstacle: Readonly<Record<Obstacle, string>>
  readonly snapshotRefusal: Readonly<Record<SnapshotRefusal, string>>
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
  runKind: {
    backup: 'Backup',
    restore: 'Restore',
    verify: 'Verify',
    copy: 'Copy points',
    mend: 'Mend',
    retention: 'Retention',
    sweep: 'Clean up',
    lock: 'Check locks',
    files: 'Restore files',
    index: 'File index',
    'snapshot-create': 'Snapshot',
    'snapshot-revert': 'Revert to snapshot',
    'snapshot-delete': 'Delete snapshot',
  },
  runState: {
    queued: 'Queued',
    running: 'Running',
    cancelling: 'Cancelling',
    done: 'Done',
    failed: 'Failed',
    cancelled: 'Cancelled',
  },
  bottleneck: { source: 'source', processing: 'processing', repository: 'repository', target: 'target' },
  protection: { unprotected: 'Unprotected', 'at-risk': 'At risk', protected: 'Protected' },
  protectionReason: {
    'never-backed-up': 'It has no point yet.',
    'nothing-can-be-read': 'None of its disks can be backed up.',
    'points-unreachable': 'No repository that holds its points is open.',
    'too-old': 'Its newest point is older than the loss you accept.',
    'last-failed': 'Its last backup failed.',
    'disk-left-out': 'A disk is missing from its newest point.',
    'newest-damaged': 'Its newest point is damaged.',
    'no-policy': 'No policy backs it up by itself.',
    fresh: 'Its newest point is as fresh as you want it.',
  },
  dayResult: { none: 'No backup', good: 'Good', warning: 'Good, with a warning', failed: 'Failed' },
  keepReason: {
    pinned: 'pinned',
    label: 'labelled',
    minimum: 'one of the fewest to keep',
    last: 'one of the newest',
    hourly: 'newest of its hour',
    daily: 'newest of its day',
    weekly: 'newest of its week',
    monthly: 'newest of its month',
    yearly: 'newest of its year',
    everything: 'everything is kept',
  },
  obstacle: {
    'machine-running': 'The machine is running. Shut it down first.',
    'machine-gone': 'The machine is on none of the connected hosts.',
    'machine-busy': 'Another run is at work on this machine.',
    'name-taken': 'A machine of this name exists on the host.',
    'host-unreachable': 'The host cannot be reached.',
    'folder-unusable': 'The folder cannot be written to.',
    'files-exist': 'Files of these names exist in the folder; nothing is ever overwritten there.',
    'no-space': 'There is not enough free space.',
    'size-differs': 'A disk has another size now than in the point.',
    'repository-not-open': 'The repository is not open.',
    'no-disk-left': 'No disk is left to read.',
  },
  snapshotRefusal: {
    'external-parent': 'Later states rest on the files of this snapshot; deleting it would destroy them.',
    'external-revert': 'This host’s libvirt cannot go back to a snapshot that lies in files of its own.',
    'mixed-chain':
      'Snapshots inside the image and in files of their own are mixed here; going on could lose one of them.',
    'chain-too-deep': 'The chain of overlays is so long that the machine might not start again.',
    'format-without-snapshots': 'A disk has a format that cannot hold snapshots.',
    firmware: 'The machine’s UEFI firmware cannot be kept in a snapshot by this host’s libvirt.',
    'machine-busy': 'A backup or another job is at work on this machine.',
    'memory-needs-running': 'Memory can be kept only while the machine runs.',
    'host-too-old': 'This host’s libvirt is too old for it.',
    'host-without-snapshots': 'An image folder has no snapshots.',
    'machine-transient': 'The host forgets this machine, and its snapshots with it, as soon as it stops.',
    'foreign-checkpoint': 'Another backup program has checkpoints on this machine, which would become worthless.',
    'name-ambiguous':
      'The image holds another snapshot that goes by this name or number, and the wrong one might be taken.',
  },
}
